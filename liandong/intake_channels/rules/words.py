"""The codes of what passes through a channel, both ways, and their words."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from liandong.kernel.refusal import marked


class Kind(StrEnum):
    """What a message that comes in is: an order, something later about one, or word about what we sent."""

    ORDER = "order"
    URGE = "urge"
    NOTE = "note"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    REPLY = "reply"
    RECEIPT = "receipt"


class Fate(StrEnum):
    """What became of a message that came in. `waiting`: what it is about has not come yet."""

    TAKEN = "taken"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    WAITING = "waiting"


class Tell(StrEnum):
    """What a message that goes out is."""

    RECEIPT = "receipt"
    PROGRESS = "progress"
    ANSWER = "answer"
    RETURN = "return"
    EXTENSION = "extension"
    HAND_OVER = "hand_over"


class Table(StrEnum):
    """The tables by which the codes of a channel become ours; `words` holds nature, urgency and identity.

    `places` says where something stands that sends no place: degrees in WGS-84, `121.405 31.010`, or an area's code.
    """

    CLASSES = "classes"
    AREAS = "areas"
    UNITS = "units"
    WORDS = "words"
    PLACES = "places"


class FileState(StrEnum):
    """How far a file of matters is: looked at, being taken row by row, taken."""

    DRAFT = "draft"
    TAKING = "taking"
    DONE = "done"


ANY: Final = "*"
"""The row of a table that holds for whatever has none of its own."""

KIND_WORDS: Final = {
    Kind.ORDER: marked("工单"),
    Kind.URGE: marked("催办"),
    Kind.NOTE: marked("补充"),
    Kind.CHANGE: marked("工单更正"),
    Kind.WITHDRAW: marked("撤诉"),
    Kind.REPLY: marked("来文答复"),
    Kind.RECEIPT: marked("回执"),
}

FATE_WORDS: Final = {
    Fate.TAKEN: marked("已接收"),
    Fate.DUPLICATE: marked("重复"),
    Fate.REFUSED: marked("已拒收"),
    Fate.WAITING: marked("等待原工单"),
}

TELL_WORDS: Final = {
    Tell.RECEIPT: marked("接收回执"),
    Tell.PROGRESS: marked("办理进度"),
    Tell.ANSWER: marked("办结答复"),
    Tell.RETURN: marked("退单"),
    Tell.EXTENSION: marked("延期"),
    Tell.HAND_OVER: marked("移交"),
}

TABLE_WORDS: Final = {
    Table.CLASSES: marked("事项分类"),
    Table.AREAS: marked("区划代码"),
    Table.UNITS: marked("单位代码"),
    Table.WORDS: marked("取值用语"),
    Table.PLACES: marked("固定位置"),
}
