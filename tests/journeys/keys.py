"""A keyboard that counts, and waits that are measured: what a case costs at a desk without a mouse.

A practised typist needs 0.28 s a key (keystroke-level model, Card, Moran and Newell 1980, average skilled typist 0.2 s,
plus a reserve); Chinese counts as the pinyin keys an input method asks for, three to a character.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final

from playwright.sync_api import Page

SECONDS_A_KEY: Final = 0.28
KEYS_A_CHARACTER: Final = 3
MOST_SECONDS: Final = 60
_HAN = re.compile(r"[\u3400-\u9fff]")


class Keys:
    """The keyboard of one page, with the seconds waited for what it shows."""

    def __init__(self, page: Page) -> None:
        self.keyboard = page.keyboard
        self.count = 0
        self.waited = 0.0

    def type(self, text: str) -> None:
        """Type a text."""
        self.count += sum(KEYS_A_CHARACTER if _HAN.match(letter) else 1 for letter in text)
        self.keyboard.type(text)

    def press(self, key: str) -> None:
        """Press a key, each modifier counted."""
        self.count += key.count("+") + 1
        self.keyboard.press(key)

    def until(self, shown: Callable[[], object]) -> float:
        """Wait for something, and return how many seconds that took."""
        began = time.monotonic()
        shown()
        took = time.monotonic() - began
        self.waited += took
        return took

    @property
    def seconds(self) -> float:
        """What all of it takes a practised typist."""
        return self.count * SECONDS_A_KEY + self.waited
