"""What the timeline of a case says of reports that joined it, of returns and of problems, and of hand-overs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.words import IDENTITY_WORDS, Identity
from liandong.workbench.rows import channel_word
from liandong.workbench.telling import Data, Part, Teller


def _joined(data: Data, _book: Rulebook) -> Part:
    facts = [
        (_("编号"), data["number"]),
        (_("来源"), channel_word(data["channel"])),
        (_("身份"), _(IDENTITY_WORDS[Identity(data["identity"])])),
        (_("反映人数"), str(data["reporters"])),
    ]
    return Part(label=_("并入重复反映"), icon="person-check", tone="blue", facts=facts)


def _revealed(data: Data, _book: Rulebook) -> Part:
    facts = [(_("编号"), data["number"])]
    return Part(label=_("查看并入反映人信息"), icon="eye", tone="amber", text=data["purpose"], facts=facts)


def _called(data: Data, _book: Rulebook) -> Part:
    solved = {True: _("已解决"), False: _("未解决"), None: ""}[data.get("solved")]
    facts = [
        (_("编号"), data["number"]),
        (_("结果"), _("已接通") if data["reached"] else _("未接通")),
        (_("报告人认为"), solved),
        (_("满意度"), str(data.get("satisfaction") or "")),
        (_("第几次"), str(data["attempt"])),
    ]
    shown = [(label, value) for label, value in facts if value]
    return Part(
        label=_("回访并入反映人"), icon="telephone-outbound", tone="blue", text=data.get("words", ""), facts=shown
    )


def _recurred(data: Data, _book: Rulebook) -> Part:
    facts = [(_("前案"), data["of"]), (_("结案至今（天）"), str(data["days"]))]
    return Part(label=_("登记回潮"), icon="arrow-repeat", tone="amber", facts=facts)


def _came_back(data: Data, _book: Rulebook) -> Part:
    facts = [(_("新案"), data["number"]), (_("结案至今（天）"), str(data["days"])), (_("第几次"), str(data["times"]))]
    return Part(label=_("本案问题回潮"), icon="arrow-repeat", tone="amber", facts=facts)


def _linked(data: Data, _book: Rulebook) -> Part:
    return Part(
        label=_("归入问题"),
        icon="flag",
        tone="blue",
        text=data.get("reason", ""),
        facts=[(_("所属问题"), data["title"])],
    )


def _unlinked(data: Data, _book: Rulebook) -> Part:
    return Part(
        label=_("移出问题"), icon="flag", tone="amber", text=data["reason"], facts=[(_("所属问题"), data["title"])]
    )


def _handed_over(data: Data, _book: Rulebook) -> Part:
    facts = [(_("移交给"), channel_word(data["channel"]))]
    return Part(label=_("移交"), icon="send", tone="blue", text=data["reason"], facts=facts)


def _receipted(data: Data, _book: Rulebook) -> Part:
    pairs = [(_("来自"), channel_word(data["channel"])), (_("对方编号"), data.get("outside_id", ""))]
    return Part(label=_("移交回执"), icon="check2-circle", tone="green", facts=[pair for pair in pairs if pair[1]])


def _instructed(data: Data, book: Rulebook) -> Part:
    due = datetime.fromisoformat(data["reply_due"]).astimezone(book.map.calendar.zone)
    facts = [(_("批示人"), data["leader"]), (_("回复期限"), due.strftime("%Y-%m-%d %H:%M"))]
    return Part(label=_("领导批示"), icon="pencil", tone="amber", facts=facts)


TELLINGS: Final[Mapping[str, Teller]] = {
    "ReporterJoined": _joined,
    "JoinedReporterRevealed": _revealed,
    "JoinedReporterCalledBack": _called,
    "CaseRecurred": _recurred,
    "CaseCameBack": _came_back,
    "CaseLinkedToProblem": _linked,
    "CaseUnlinkedFromProblem": _unlinked,
    "CaseHandedOver": _handed_over,
    "HandOverReceipted": _receipted,
    "LeaderInstructed": _instructed,
}
