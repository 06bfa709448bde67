// What every page loads. Each module registers itself; none needs another page's markup to be present.
import './shell.js';
import './toast.js';
import './live.js';
import './keyboard.js';
import './clock.js';
import './pick.js';
import './map.js';
