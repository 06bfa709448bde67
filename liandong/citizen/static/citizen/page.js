// What every page for everybody does beyond plain HTML: reads itself aloud, and lets the worker keep the pages.
// Each part is an extra; without it the page works as it stands.
import { beReady } from '../web/offline.js';

const button = document.querySelector('[data-aloud]');
const SPOKEN = 'h1, h2, h3, p, li, dt, dd, label, legend, summary, th, td, button';

// Read-aloud by the browser's own voice, with a stop that is always in sight.
if (button && 'speechSynthesis' in window) {
  const label = button.querySelector('span');
  const start = label.textContent;
  const show = (on) => {
    button.setAttribute('aria-pressed', on);
    label.textContent = on ? button.dataset.stop : start;
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-pressed') === 'true') {
      speechSynthesis.cancel();
      show(false);
      return;
    }
    const speech = new SpeechSynthesisUtterance(wordsOf(document.getElementById('main')));
    speech.lang = document.documentElement.lang === 'en' ? 'en' : 'zh-CN';
    speech.onend = () => show(false);
    speech.onerror = () => show(false);
    speechSynthesis.cancel();
    speechSynthesis.speak(speech);
    show(true);
  });
  window.addEventListener('pagehide', () => speechSynthesis.cancel());
}

// Each visible text once, in the order of the page: an element that holds another of the list leaves it to that one.
function wordsOf(root) {
  return [...root.querySelectorAll(SPOKEN)]
    .filter((element) => element.checkVisibility() && !element.querySelector(SPOKEN))
    .map((element) => element.textContent.replace(/\s+/g, ' ').trim())
    .filter(Boolean)
    .join('\n');
}

// The page a worker keeps was made before this reader chose the large type: the cookie tells.
document.documentElement.toggleAttribute('data-care', /(?:^|; )ld_care=on(?:;|$)/.test(document.cookie));

beReady('/worker.js', '/');
