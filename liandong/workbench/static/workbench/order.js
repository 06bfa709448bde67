// The print page of work orders: one button that opens the browser's own dialogue.
document.querySelector('[data-print]')?.addEventListener('click', () => window.print());
