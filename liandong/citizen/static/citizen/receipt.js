// The link of a new report: copied by one tap where the browser lets us.
const button = document.querySelector('[data-copy]');

if (button && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = button.dataset.copied;
  });
}
