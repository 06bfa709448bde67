"""How anything is refused: by a name, with a sentence that says why and one that says what to do.

A refusal carries Chinese source texts and values; `liandong.web.refusals` turns them into the reader's language.
"""

from __future__ import annotations

import re
from typing import ClassVar

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def marked(text: str) -> str:
    """Return `text` unchanged; marks it for translation where gettext may not be imported."""
    return text


class Refusal(Exception):
    """Something was asked that must not be done. Subclasses say what, why and what to do instead."""

    status: ClassVar[int] = 400
    says: ClassVar[str] = marked("请求无法处理。")
    remedy: ClassVar[str] = ""

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.says % values if values else self.says)

    @property
    def code(self) -> str:
        """The refusal's name in lower-case words, stable for programs: `IllegalStep` is `illegal_step`."""
        return code_of(type(self))


def code_of(kind: type[Refusal]) -> str:
    """The name of a kind of refusal, as programs read it."""
    return _CAPITAL.sub("_", kind.__name__).lower()
