"""Where a reply is written: which field of which step holds the words the reporter reads or hears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from liandong.kernel.refusal import Refusal, marked

REPLY_FIELDS: Final[Mapping[str, str]] = {
    "hand_in": "answer",
    "answer": "answer",
    "refuse": "reason",
    "decline": "reason",
    "call_back": "words",
}
"""Step → field. The internal result of a hand-in is not among them: it is never what a citizen reads."""

ANSWERED_BY_OTHERS: Final = frozenset({"hand_in", "answer"})
"""Steps for which replies to earlier reporters are offered: those that answer a matter."""

FATES: Final = ("taken", "edited")
LONGEST_TEXT: Final = 2_000
LONGEST_TITLE: Final = 60


class NoReplyHere(Refusal):
    """A step that says nothing to a reporter."""

    status = 422
    says = marked("“%(step)s”不是可以套用答复的环节。")
    remedy = marked("可用的环节：%(known)s。")


class ReplyUnfinished(Refusal):
    """A template without title or text, or with too long ones."""

    status = 422
    says = marked("模板的名称和内容都要填写，名称最多 %(title)s 字，内容最多 %(text)s 字。")
    remedy = marked("请补全或缩短后重新保存。")


class ReplyForNoClass(Refusal):
    """A template for a class or subtree the catalogue does not have."""

    status = 422
    says = marked("目录中没有以“%(code)s”开头的类别。")
    remedy = marked("请填写类别代码或其开头；留空表示适用于所有类别。")


class ReplyTitleTaken(Refusal):
    """Another template of the class and step has that title."""

    status = 409
    says = marked("同一类别和环节下已有名为“%(title)s”的模板。")
    remedy = marked("请换一个名称，或修改已有的模板。")


class FateUnknown(Refusal):
    """Something became of an offered reply that is none of the known fates."""

    status = 422
    says = marked("“%(fate)s”不是答复建议的有效去向。")
    remedy = marked("有效取值：%(known)s。")


def reply_field(step: str) -> str:
    """The field in which a step says something to a reporter.

    :raises NoReplyHere: it says nothing
    """
    if step not in REPLY_FIELDS:
        raise NoReplyHere(step=step[:20], known="、".join(REPLY_FIELDS))
    return REPLY_FIELDS[step]


def prefixes_of(class_code: str) -> list[str]:
    """The class and every beginning of it, the longest first; the last, empty one stands for every class."""
    return [class_code[:size] for size in range(len(class_code), -1, -1)]
