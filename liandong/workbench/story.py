"""The timeline in words: one telling per kind of event, with the names of people, units and areas put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from liandong.cases.queries import kind_word
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.evidence import DOUBT_WORDS, Doubt
from liandong.cases.rules.force import force_word
from liandong.cases.rules.words import CLOCK_WORDS, CLOSING_WORDS, ClockKind, Closing
from liandong.people.queries import staff_by_key
from liandong.web.names import aside, listed, name_of
from liandong.web.templatetags.ui import step_word
from liandong.workbench.files import purpose_word
from liandong.workbench.law_story import LAW_TELLERS
from liandong.workbench.neighbour_words import TELLINGS
from liandong.workbench.publicity_words import PUBLICITY
from liandong.workbench.rows import area_path, channel_word, class_name, unit_name
from liandong.workbench.telling import Data, Facts, Part, Teller, facts_of_pairs

if TYPE_CHECKING:
    from liandong.timeline.models import Entry


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the timeline as `ui/timeline.html` shows it."""

    actor: str
    unit: str
    at: datetime
    step: str = ""
    label: str = ""
    icon: str = ""
    tone: str = ""
    text: str = ""
    facts: Facts = field(default_factory=list)


def tell(entries: Iterable[Entry], book: Rulebook, *, hidden: str = "") -> list[Told]:
    """Return what happened, newest first; people are asked for in one statement, units not at all.

    :param hidden: whose acts are told as the reporter's, without a name
    """
    known = list(entries)
    people = staff_by_key({key for entry in known for key in (entry.actor, entry.data.get("enforcer", "")) if key})
    if hidden:
        people[hidden] = (_("报告人"), "")
    return [_told(entry, people, book) for entry in reversed(known)]


def sentence(told: Told) -> str:
    """One entry as one sentence, for the note that says what changed meanwhile."""
    word = told.label or step_word(told.step).label
    who = told.actor + aside(told.unit) if told.unit else told.actor
    return f"{told.at.strftime('%H:%M:%S')} {who}{_('：')}{word}"


def _told(entry: Entry, people: Mapping[str, tuple[str, str]], book: Rulebook) -> Told:
    name, unit = people.get(entry.actor, (_platform(entry.actor), ""))
    part = TELLERS.get(entry.event, _unknown)(entry.data, book)
    return Told(
        actor=name,
        unit=unit_name(unit, book),
        at=entry.at.astimezone(book.map.calendar.zone),
        step=part.step,
        label=part.label or ("" if part.step else entry.event),
        icon=part.icon,
        tone=part.tone,
        text=part.text,
        facts=[*part.facts, *_enforced_by(entry, people)],
    )


def _enforced_by(entry: Entry, people: Mapping[str, tuple[str, str]]) -> Facts:
    """Who enforced, where that was a colleague of whoever took the step."""
    key = entry.data.get("enforcer", "")
    return [(_("执法人员"), people.get(key, (key, ""))[0])] if key and key != entry.actor else []


def _platform(key: str) -> str:
    kind, _slash, name = key.partition("/")
    if kind == "citizen":
        return _("市民端")
    return _("平台（%(name)s）") % {"name": name} if kind == "platform" else key


def _reported(data: Data, book: Rulebook) -> Part:
    # Of the staff's own reports it is what their phone called it, which tells nobody anything.
    outside = "" if data["channel"] == "staff" else data.get("external_id", "")
    facts = facts_of_pairs(
        (_("来源"), channel_word(data["channel"])),
        (_("类别"), class_name(data["class_code"], book)),
        (_("地址"), data.get("address", "")),
        (_("建议单位"), unit_name(data.get("suggested_unit", ""), book)),
        (_("外部编号"), outside),
    )
    return Part("report", facts=facts)


def _accepted(data: Data, book: Rulebook) -> Part:
    changed = data.get("class_code", "")
    return Part("accept", facts=facts_of_pairs((_("改为类别"), class_name(changed, book) if changed else "")))


def _filed(data: Data, book: Rulebook) -> Part:
    condition = book.conditions_of(data["class_code"]).get(data["condition"])
    facts = facts_of_pairs(
        (_("类别"), class_name(data["class_code"], book)), (_("立案条件"), name_of(condition) if condition else "")
    )
    return Part("file", facts=facts)


def _dispatched(data: Data, book: Rulebook) -> Part:
    helpers = listed(unit_name(code, book) for code in data.get("assisting", ()))
    facts = facts_of_pairs(
        (_("主办单位"), unit_name(data["unit"], book)),
        (_("协办单位"), helpers),
        (_("依据"), _(data["why"]) if data.get("why") else ""),
        (_("先期指挥权委托号"), data.get("commanded_by")),
    )
    return Part("dispatch", text=data.get("note", ""), facts=facts)


def _received(data: Data, book: Rulebook) -> Part:
    return Part("receive", facts=facts_of_pairs((_("单位"), unit_name(data["unit"], book))))


def _returned(data: Data, book: Rulebook) -> Part:
    facts = facts_of_pairs(
        (_("退单单位"), unit_name(data["unit"], book)),
        (_("建议改派"), unit_name(data.get("proposed_unit", ""), book)),
        (_("第几次"), data.get("times", 1)),
    )
    return Part("return", text=data["reason"], facts=facts)


def _contacted(data: Data, _book: Rulebook) -> Part:
    return Part(
        "contact",
        text=data.get("outcome", ""),
        facts=[(_("结果"), _("已联系上") if data["reached"] else _("未联系上"))],
    )


def _arrived(data: Data, book: Rulebook) -> Part:
    lon, lat = data.get("lon"), data.get("lat")
    facts = facts_of_pairs(
        (_("位置"), f"{lon:.6f}, {lat:.6f}" if lon is not None and lat is not None else ""),
        (_("执法主体"), unit_name(data.get("answers_for", ""), book)),
    )
    return Part("arrive", facts=facts)


def _warned(data: Data, book: Rulebook) -> Part:
    facts = facts_of_pairs(
        (_("单位"), unit_name(data["unit"], book)),
        (_("地点或事由"), data["matter"]),
        (_("结果"), data.get("outcome", "")),
    )
    return Part("warn", text=data["said"], facts=facts)


def _force_raised(data: Data, book: Rulebook) -> Part:
    facts = facts_of_pairs(
        (_("处置方式"), f"{_(force_word(data['before']))} → {_(force_word(data['to']))}"),
        (_("单位"), unit_name(data["unit"], book)),
        (_("执法主体"), unit_name(data.get("answers_for", ""), book)),
    )
    return Part("raise_force", text=data["reason"], facts=facts)


def _force_asked(data: Data, book: Rulebook) -> Part:
    facts = facts_of_pairs(
        (_("处置方式"), f"{_(force_word(data['before']))} → {_(force_word(data['to']))}"),
        (_("单位"), unit_name(data["unit"], book)),
    )
    return Part("ask_for_force", text=data["reason"], facts=facts)


def _handed_in(data: Data, book: Rulebook) -> Part:
    facts = facts_of_pairs(
        (_("单位"), unit_name(data["unit"], book)),
        (_("给报告人的答复"), data.get("answer", "")),
        (_("照片"), len(data.get("photos", ())) or ""),
        (_("处置方式"), _(force_word(data["force"])) if data.get("force") else ""),
        (_("执法主体"), unit_name(data.get("answers_for", ""), book)),
    )
    return Part("hand_in", text=data["result"], facts=facts)


def _checked(data: Data, _book: Rulebook) -> Part:
    return Part("check", text=data.get("note", ""), facts=[(_("结果"), _("合格") if data["ok"] else _("不合格"))])


def _called_back(data: Data, _book: Rulebook) -> Part:
    solved = {True: _("已解决"), False: _("未解决"), None: ""}[data.get("solved")]
    facts = facts_of_pairs(
        (_("结果"), _("已接通") if data["reached"] else _("未接通")),
        (_("报告人认为"), solved),
        (_("满意度"), data.get("satisfaction")),
        (_("第几次"), data["attempt"]),
    )
    return Part("call_back", text=data.get("words", ""), facts=facts)


def _sent_back(data: Data, book: Rulebook) -> Part:
    moved = data.get("moved_seconds", 0)
    facts = facts_of_pairs(
        (_("单位"), unit_name(data["unit"], book)),
        (_("第几次"), data.get("times", 1)),
        (_("处置时限顺延（核查占用）"), _("%(minutes)s 分钟") % {"minutes": round(moved / 60)} if moved else ""),
    )
    return Part("send_back", text=data["reason"], facts=facts)


def _closed(data: Data, _book: Rulebook) -> Part:
    levels = {"district": _("区级"), "town": _("街镇"), "station": _("居村"), "grid": _("网格")}
    facts = facts_of_pairs(
        (_("结案方式"), _(CLOSING_WORDS[Closing(data["closing"])])),
        (_("解决层级"), levels.get(data["level"], data["level"])),
    )
    return Part("close", text=data.get("reason", ""), facts=facts)


def _solved(data: Data, book: Rulebook) -> Part:
    spot = _("是") if data.get("to_be_checked") else ""
    facts = facts_of_pairs((_("单位"), unit_name(data["unit"], book)), (_("抽中复核"), spot))
    return Part("solve_on_spot", text=data["result"], facts=facts)


def _placed(data: Data, book: Rulebook) -> Part:
    facts = facts_of_pairs(
        (_("网格"), area_path(data["area"], book)),
        (_("地址"), data.get("address", "")),
        (_("建议单位"), unit_name(data.get("suggested_unit", ""), book)),
    )
    return Part(label=_("标定位置"), icon="geo-alt", tone="blue", facts=facts)


def _fell_due(data: Data, book: Rulebook) -> Part:
    due = datetime.fromisoformat(data["due_at"]).astimezone(book.map.calendar.zone)
    facts = facts_of_pairs(
        (_("时限"), _(CLOCK_WORDS[ClockKind(data["clock"])])),
        (_("应于"), due.strftime("%Y-%m-%d %H:%M:%S")),
        (_("责任单位"), unit_name(data.get("unit", ""), book)),
    )
    return Part(label=_("超过时限"), icon="alarm", tone="red", facts=facts)


def _photo(data: Data, _book: Rulebook) -> Part:
    return Part(label=_("上传照片"), icon="camera", tone="grey", facts=[(_("用途"), purpose_word(data["purpose"]))])


def _attached(data: Data, _book: Rulebook) -> Part:
    facts = [(_("用途"), purpose_word(data["purpose"])), (_("类型"), _(kind_word(data["kind"])))]
    return Part(label=_("上传附件"), icon="upload", tone="grey", facts=facts)


def _quarantined(data: Data, _book: Rulebook) -> Part:
    facts = [(_("病毒"), data["signature"]), (_("用途"), purpose_word(data["purpose"]))]
    return Part(label=_("附件查出病毒，已隔离"), icon="exclamation-triangle", tone="red", facts=facts)


def _flagged(data: Data, _book: Rulebook) -> Part:
    reasons = listed(_(DOUBT_WORDS[Doubt(reason)]) for reason in data["reasons"])
    return Part(label=_("处置照片存疑"), icon="exclamation-triangle", tone="amber", facts=[(_("原因"), reasons)])


def _flag_dismissed(data: Data, _book: Rulebook) -> Part:
    facts = [(_("原因"), _(DOUBT_WORDS[Doubt(data["reason"])]))]
    return Part(label=_("解除存疑"), icon="check-circle", tone="grey", text=data["why"], facts=facts)


def _revealed(data: Data, _book: Rulebook) -> Part:
    return Part(label=_("查看报告人信息"), icon="eye", tone="amber", text=data["purpose"])


def _claimed(data: Data, book: Rulebook) -> Part:
    when = _("无法推算：手机时钟被调整过")
    if data.get("claimed_at"):
        when = datetime.fromisoformat(data["claimed_at"]).astimezone(book.map.calendar.zone).strftime("%m-%d %H:%M:%S")
    facts = facts_of_pairs((_("环节"), step_word(data["step"]).label), (_("办理时间（手机自报）"), when))
    return Part(label=_("离线办理，此时送达"), icon="phone", tone="grey", facts=facts)


def _answered(data: Data, _book: Rulebook) -> Part:
    return Part("answer", text=data["answer"], facts=facts_of_pairs((_("引用知识"), data.get("article", ""))))


def _with_reason(step: str, name: str) -> Teller:
    return lambda data, _book: Part(step, text=data.get(name, ""))


def _unknown(_data: Data, _book: Rulebook) -> Part:
    return Part()


TELLERS: Final[dict[str, Teller]] = {
    **LAW_TELLERS,
    **TELLINGS,
    **PUBLICITY,
    "CaseRemindedOf": lambda data, book: Part(label=_("催办提醒"), icon="bell", text=data.get("note", "")),
    "CaseFoundByPhone": lambda data, book: Part(label=_("按电话查找"), icon="telephone", text=data["purpose"]),
    "CaseReported": _reported,
    "CaseAccepted": _accepted,
    "CaseRefused": _with_reason("refuse", "reason"),
    "CaseAnswered": _answered,
    "CaseFiled": _filed,
    "CaseDeclined": _with_reason("decline", "reason"),
    "CaseDispatched": _dispatched,
    "CaseReceived": _received,
    "CaseReturned": _returned,
    "CaseContacted": _contacted,
    "CaseArrived": _arrived,
    "CaseWarned": _warned,
    "CaseForceRaised": _force_raised,
    "CaseForceAsked": _force_asked,
    "CaseHandedIn": _handed_in,
    "CaseChecked": _checked,
    "CaseCalledBack": _called_back,
    "CaseSentBack": _sent_back,
    "CaseClosed": _closed,
    "CaseReopened": _with_reason("reopen", "reason"),
    "CaseSolvedOnSpot": _solved,
    "CasePlaced": _placed,
    "ClockFellDue": _fell_due,
    "PhotoAdded": _photo,
    "ActClaimed": _claimed,
    "FileAttached": _attached,
    "FileQuarantined": _quarantined,
    "EvidenceFlagged": _flagged,
    "EvidenceFlagDismissed": _flag_dismissed,
    "ReporterRevealed": _revealed,
    "ReporterKeptConfidential": lambda data, book: Part(label=_("为报告人保密"), icon="person-lock", tone="amber"),
}
