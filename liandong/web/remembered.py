"""What a process remembers of slow-changing tables, and when it looks again."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Hashable
from typing import Any, ClassVar, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_LOOK_AGAIN_SECONDS = 2.0


class Remembered(Generic[Key, Value]):
    """A value per key, built by `read` and kept while `edition` stays the same.

    The edition is asked for at most every two seconds, so a change reaches every process within that time.
    """

    _all: ClassVar[weakref.WeakSet[Remembered[Any, Any]]] = weakref.WeakSet()

    def __init__(self, read: Callable[[Key], Value], edition: Callable[[Key], int]) -> None:
        self._read = read
        self._edition = edition
        self._kept: dict[Key, tuple[Value, int, float]] = {}
        self._lock = threading.Lock()
        self._all.add(self)

    def get(self, key: Key) -> Value:
        """Return the value, read anew when its edition has changed."""
        kept = self._kept.get(key)
        now = time.monotonic()
        if kept and now - kept[2] < _LOOK_AGAIN_SECONDS:
            return kept[0]
        with self._lock:
            kept = self._kept.get(key)
            if kept and now - kept[2] < _LOOK_AGAIN_SECONDS:
                return kept[0]
            edition = self._edition(key)
            value = kept[0] if kept and kept[1] == edition else self._read(key)
            self._kept[key] = (value, edition, time.monotonic())
            return value

    def forget(self) -> None:
        """Drop everything: the next question reads anew."""
        with self._lock:
            self._kept.clear()

    @classmethod
    def forget_all(cls) -> None:
        """Drop what every one of them keeps: where a change was taken back behind their backs, as between tests."""
        for one in list(cls._all):
            one.forget()
