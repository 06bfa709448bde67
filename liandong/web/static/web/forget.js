// On the sign-in page: nobody is signed in any more, so nothing of anybody's data stays in this browser.
import { forgetKept } from './kept.js';

forgetKept();
