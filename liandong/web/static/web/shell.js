// The frame: menus, theme, 关怀版, progress line, demo sign-in, sessions that ended.

const YEAR_S = 31536000;

function remember(name, value) {
  const secure = location.protocol === 'https:' ? ';secure' : '';
  document.cookie = `${name}=${value};path=/;max-age=${YEAR_S};samesite=lax${secure}`;
}

const CLICKS = {
  '[data-toggle-theme]': (button) => {
    const dark = document.documentElement.dataset.bsTheme !== 'dark';
    document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
    button.setAttribute('aria-pressed', dark);
    remember('ld_theme', dark ? 'dark' : 'light');
  },
  '[data-toggle-care]': (button) => {
    const on = document.documentElement.toggleAttribute('data-care');
    button.setAttribute('aria-pressed', on);
    remember('ld_care', on ? 'on' : 'off');
  },
  '[data-close]': (button) => button.closest('dialog')?.close(),
  '[data-demo-account]': (button) => {
    const form = document.getElementById('sign-in');
    form.elements.username.value = button.dataset.demoAccount;
    form.elements.password.value = button.dataset.demoPassword;
    form.querySelector('button').focus();
  },
};

document.addEventListener('click', (event) => {
  for (const [selector, act] of Object.entries(CLICKS)) {
    const target = event.target.closest(selector);
    if (target) act(target);
  }
  closeMenus(event.target.closest('.ld-menu'));
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('.ld-menu[open]');
  if (!open) return;
  open.open = false;
  open.querySelector('summary').focus();
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll('.ld-menu[open]')) if (menu !== except) menu.open = false;
}

// Progress line for what a person asked for, not for silent refreshes.
let running = 0;

function asked(event) {
  return event.detail?.ctx?.sourceEvent?.isTrusted;
}

function busy(change) {
  running = Math.max(0, running + change);
  document.body.classList.toggle('ld-busy', running > 0);
}

document.addEventListener('htmx:before:request', (event) => asked(event) && busy(1));
document.addEventListener('htmx:finally:request', (event) => asked(event) && busy(-1));

// A session that ended answers with the sign-in page: load it whole instead of putting it into a pane.
document.addEventListener('htmx:after:request', (event) => {
  const answer = event.detail.ctx.response?.raw;
  if (answer?.redirected && new URL(answer.url).pathname.endsWith('/sign-in/')) {
    event.preventDefault();
    location.reload();
  }
});

// A silent refresh that fails keeps what is on screen; the live sign tells that the page is not current.
document.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail;
  if (ctx?.response?.status >= 400 && ctx.request?.method === 'GET' && !asked(event)) event.preventDefault();
});
