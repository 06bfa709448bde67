// Recovery codes: print them, or keep them as a text file. Nothing leaves the browser.
document.querySelector('[data-print]')?.addEventListener('click', () => window.print());

for (const link of document.querySelectorAll('a[data-codes]')) {
  const codes = [...document.getElementById(link.dataset.codes).querySelectorAll('code')].map((code) => code.textContent);
  link.href = URL.createObjectURL(new Blob([codes.join('\n') + '\n'], { type: 'text/plain' }));
}
