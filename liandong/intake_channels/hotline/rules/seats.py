"""Extensions and who sits at them."""

from __future__ import annotations

import re
from typing import Final

from liandong.kernel.refusal import Refusal, marked

EXTENSION: Final = re.compile(r"[0-9A-Za-z*#_-]{1,20}")


class ExtensionUnclear(Refusal):
    """What was typed is no extension."""

    status = 422
    says = marked("“%(extension)s”不是分机号。")
    remedy = marked("分机号由数字、字母、*、#、- 组成，最多 20 位，与交换机上的写法一致。")


class SeatTaken(Refusal):
    """Somebody else sits at that extension."""

    status = 409
    says = marked("分机 %(extension)s 现由%(who)s使用。")
    remedy = marked("请对方先签出，或请值班长释放该分机。")
