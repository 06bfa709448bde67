"""The timeline in words: what goes on between the levels, about time, between cases, and what reporters do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.drawing import DRAW_WORDS, DrawKind
from liandong.cases.rules.words import CLOCK_WORDS, PART_WORDS, ClockKind, Part
from liandong.web.names import listed, name_of
from liandong.workbench.law_forms import TIME_UNITS
from liandong.workbench.rows import class_name, unit_name
from liandong.workbench.telling import Data, Facts, Teller, facts_of_pairs
from liandong.workbench.telling import Part as Telling

_Build = Callable[[Data, Rulebook], Facts]


def _tell(step: str = "", text: str = "", facts: _Build | None = None, **more: str) -> Teller:
    """A telling of which `text` names the words quoted and `facts` builds the rest."""
    return lambda data, book: Telling(
        step, text=data.get(text, "") if text else "", facts=facts(data, book) if facts else [], **more
    )


def _unit(name: str = "unit") -> _Build:
    return lambda data, book: facts_of_pairs((_("单位"), unit_name(data.get(name, ""), book)))


def _verified(data: Data, _book: Rulebook) -> Facts:
    return [(_("核实结果"), _("属实") if data["is_true"] else _("不属实"))]


def _phoned(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("主办单位"), unit_name(data["unit"], book)),
        (_("接令人"), data["acknowledged_by"]),
        (_("协办单位"), listed(unit_name(code, book) for code in data.get("assisting", ()))),
    )


def _filed(data: Data, book: Rulebook) -> Facts:
    condition = book.conditions_of(data["class_code"]).get(data["condition"])
    return facts_of_pairs(
        (_("类别"), class_name(data["class_code"], book)), (_("立案条件"), name_of(condition) if condition else "")
    )


def _handed_down(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("下派单位"), unit_name(data["by_unit"], book)),
        (_("承接单位"), unit_name(data["unit"], book)),
        (_("职责"), _(PART_WORDS[Part(data["part"])])),
        (_("先期指挥权委托号"), data.get("commanded_by")),
    )


def _returned_up(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("退单单位"), unit_name(data["before"], book)),
        (_("退回给"), unit_name(data["unit"], book)),
        (_("建议改派"), unit_name(data.get("proposed_unit", ""), book)),
        (_("第几次"), data["times"]),
    )


def _moved_unit(data: Data, book: Rulebook) -> Facts:
    helpers = listed(unit_name(code, book) for code in data.get("assisting", ()))
    same = data.get("before") == data.get("unit")
    route = (
        "" if same else f"{unit_name(data['before'], book)} → {unit_name(data.get('unit', ''), book) or _('待派遣')}"
    )
    return facts_of_pairs((_("承办单位"), route), (_("增加协办"), helpers))


def _reclassified(data: Data, book: Rulebook) -> Facts:
    classes = f"{class_name(data['before'], book)} → {class_name(data['class_code'], book)}"
    condition = book.conditions_of(data["class_code"]).get(data["condition"])
    return facts_of_pairs((_("类别"), classes), (_("立案条件"), name_of(condition) if condition else ""))


def _ruled(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("裁定由其处置"), unit_name(data["unit"], book)), (_("现场勘查"), _("是") if data.get("on_site") else "")
    )


def _assistant_returned(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("退单单位"), unit_name(data["unit"], book)),
        (_("建议改派"), unit_name(data.get("proposed_unit", ""), book)),
    )


def _coordinated(data: Data, book: Rulebook) -> Facts:
    silent = _("逾期未答，视为同意（兜底）") if data.get("by_silence") else ""
    return facts_of_pairs((_("街镇"), unit_name(data["unit"], book)), (_("方式"), silent))


def _asked_time(data: Data, book: Rulebook) -> Facts:
    amount = f"{data['amount']} {TIME_UNITS[data['time_unit']]}"
    return facts_of_pairs((_("单位"), unit_name(data["unit"], book)), (_("延长"), amount))


def _given_time(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("单位"), unit_name(data["unit"], book)),
        (_("处置时限"), f"{_moment(data['before'], book)} → {_moment(data['after'], book)}"),
        (_("第几次"), data["times"]),
    )


def _clock_moved(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("时限"), _(CLOCK_WORDS[ClockKind(data["clock"])])),
        (_("期限"), f"{_moment(data['before'], book)} → {_moment(data['after'], book)}"),
        (_("原因"), _(data["why"])),
    )


def _resting(data: Data, _book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("等待"), data["awaited"]),
        (_("最迟恢复"), data.get("wake_on", "")),
        (_("下次复核"), data.get("next_on", "")),
    )


def _resumed(data: Data, _book: Rulebook) -> Facts:
    return facts_of_pairs((_("方式"), _("到期自动恢复") if data.get("is_woken") else ""))


def _reminded(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("时限"), _(CLOCK_WORDS[ClockKind(data["clock"])])),
        (_("应于"), _moment(data["due_at"], book)),
        (_("责任单位"), unit_name(data.get("unit", ""), book)),
    )


def _drawn(data: Data, _book: Rulebook) -> Facts:
    lots = data.get("lots", 0)
    told = _("%(lots)s 人中抽取一人") % {"lots": lots} if lots else _("无人可抽，向所有核查员开放")
    again = data.get("again_for", "")
    return facts_of_pairs(
        (_("抽取"), _(DRAW_WORDS[DrawKind(data["kind"])])),
        (_("结果"), told),
        (_("重抽原因"), _(again) if again else ""),
    )


def _spot_checked(data: Data, _book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("抽查"), _(DRAW_WORDS[DrawKind(data["kind"])])),
        (_("结果"), _("合格") if data["ok"] else _("不合格")),
        (_("后续"), _("案件重开") if data.get("reopens") else ""),
    )


def _supervised(data: Data, book: Rulebook) -> Facts:
    levels = {1: _("一级：责任单位值班人员"), 2: _("二级：单位负责人"), 3: _("三级：区领导")}
    clock = data.get("clock", "")
    return facts_of_pairs(
        (_("级别"), levels[data["level"]]),
        (_("责任单位"), unit_name(data.get("unit", ""), book)),
        (_("超时的时限"), _(CLOCK_WORDS[ClockKind(clock)]) if clock else ""),
        (_("回复期限"), _moment(data["reply_due"], book) if data.get("reply_due") else ""),
    )


def _lifted(data: Data, _book: Rulebook) -> Facts:
    return facts_of_pairs((_("时限"), listed(_(CLOCK_WORDS[ClockKind(kind)]) for kind in data["clocks"])))


def _number(name: str, label: Callable[[], str]) -> _Build:
    return lambda data, _book: facts_of_pairs((label(), data[name]))


def _split(data: Data, _book: Rulebook) -> Facts:
    return facts_of_pairs((_("拆分为"), "、".join(data["parts"])))


def _followed_main(data: Data, _book: Rulebook) -> Facts:
    return facts_of_pairs((_("主案"), data["main"]))


def _withdrawn(data: Data, _book: Rulebook) -> Facts:
    return facts_of_pairs((_("结果"), _("继续办理，不再回访") if data.get("goes_on") else _("案件终止")))


def _disputed(data: Data, _book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("第几次"), data["times"]), (_("结果"), _("案件重开") if data.get("reopens") else _("待值班长决定"))
    )


def _visited(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("单位"), unit_name(data["unit"], book)),
        (_("计划日期"), data["due_on"]),
        (_("结果"), _("问题反复，案件重开") if data.get("is_relapse") else _("未见反复")),
    )


def _passed_out(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs(
        (_("单位"), unit_name(data["unit"], book)),
        (_("外协单位"), data["firm"]),
        (_("链接有效至"), _moment(data["expires_at"], book)),
    )


def _firm(data: Data, _book: Rulebook) -> Facts:
    what = {"received": _("已接单"), "done": _("已完成")}
    return facts_of_pairs((_("外协单位"), data["firm"]), (_("进展"), what[data["what"]]))


def _advised(data: Data, book: Rulebook) -> Facts:
    return facts_of_pairs((_("单位"), unit_name(data["unit"], book)), (_("结果"), data.get("outcome", "")))


def _moment(text: str, book: Rulebook) -> str:
    return datetime.fromisoformat(text).astimezone(book.map.calendar.zone).strftime("%Y-%m-%d %H:%M")


def _note(data: Mapping[str, Any], _book: Rulebook) -> Telling:
    return Telling(label=_("补充内容（见“申请、督办与补充”）"), icon="pencil", tone="blue")


def _times(data: Data, _book: Rulebook) -> Facts:
    return facts_of_pairs((_("第几次"), data["times"]))


def _rating(data: Data, _book: Rulebook) -> Facts:
    return facts_of_pairs((_("评价"), data["rating"]))


def _labelled(label: Callable[[], str], icon: str, tone: str, text: str = "", facts: _Build | None = None) -> Teller:
    return lambda data, book: Telling(
        label=label(),
        icon=icon,
        tone=tone,
        text=data.get(text, "") if text else "",
        facts=facts(data, book) if facts else [],
    )


LAW_TELLERS: Final[dict[str, Teller]] = {
    "CaseVerified": _tell("verify_report", "note", _verified),
    "CaseDispatchedByPhone": _tell("dispatch_by_phone", "note", _phoned),
    "CaseFiledAfterwards": _tell("file_afterwards", facts=_filed),
    "CaseReclassified": _tell("change_class", "reason", _reclassified),
    "CaseHandedDown": _tell("hand_down", "note", _handed_down),
    "CaseReturnedUp": _tell("return", "reason", _returned_up),
    "CaseTransferred": _tell("transfer", "reason", _moved_unit),
    "CaseTakenBack": _tell("take_back", "reason", _moved_unit),
    "CaseArbitrated": _tell("arbitrate", "reason", _ruled),
    "AssistantHandedIn": _labelled(lambda: _("协办反馈"), "tools", "olive", "result", _unit()),
    "AssistantReturned": _labelled(lambda: _("协办退单"), "arrow-return-left", "red", "reason", _assistant_returned),
    "AssistantExcused": _tell("excuse_assistant", "reason", _unit()),
    "CheckDrawn": _labelled(lambda: _("随机抽取核查员"), "arrow-repeat", "blue", "", _drawn),
    "CaseSpotChecked": _labelled(lambda: _("抽查"), "clipboard-check", "olive", "note", _spot_checked),
    "CoordinationRequested": _tell("request_coordination", "reason", _unit()),
    "CoordinationAccepted": _tell("accept_coordination", "note", _coordinated),
    "CoordinationDeclined": _tell("decline_coordination", "reason", _unit()),
    "CasePassedOut": _tell("pass_out", "task", _passed_out),
    "FirmReported": _labelled(lambda: _("外协进展"), "people", "teal", "report", _firm),
    "CaseAdvised": _tell("advise", "advice", _advised),
    "CaseAssisted": _tell("assist", "help", _unit()),
    "CaseFollowedUp": _tell("follow_up", "finding", _visited),
    "ExtensionRequested": _tell("request_extension", "reason", _asked_time),
    "ExtensionGranted": _tell("grant_extension", "note", _given_time),
    "ExtensionRefused": _tell("refuse_extension", "reason", _unit()),
    "CaseSuspended": _tell("suspend", "reason", _resting),
    "CaseResumed": _tell("resume", "note", _resumed),
    "SuspensionReviewDue": _labelled(lambda: _("挂账每月复核"), "bell", "amber", facts=_resting),
    "ClockRemindedOf": _labelled(lambda: _("到期前提醒"), "bell", "amber", facts=_reminded),
    "ClockMoved": _labelled(lambda: _("期限重新计算"), "calendar-event", "blue", facts=_clock_moved),
    "CaseSupervised": _tell("supervise", "text", _supervised),
    "SupervisionReplied": _tell("reply_supervision", "reply", _unit()),
    "OverdueLifted": _tell("lift_overdue", "reason", _lifted),
    "CaseVoided": _tell("void", "reason"),
    "CaseMerged": _tell("merge", "reason", _number("into", lambda: _("主案"))),
    "CaseTookIn": _labelled(lambda: _("并入案件"), "union", "blue", facts=_number("number", lambda: _("案件"))),
    "CaseUnmerged": _tell("unmerge", "reason", _number("out_of", lambda: _("主案"))),
    "CaseLetGo": _labelled(lambda: _("并案撤销"), "union", "grey", facts=_number("number", lambda: _("案件"))),
    "MergedCaseFollowed": _labelled(lambda: _("随主案办理"), "union", "blue", facts=_followed_main),
    "CaseSplit": _tell("split", "reason", _split),
    "CaseUrged": _tell("urge", facts=_times),
    "NoteAdded": _note,
    "CaseWithdrawn": _tell("withdraw", facts=_withdrawn),
    "CaseRated": _tell("rate", "words", _rating),
    "CaseDisputed": _tell("dispute", "reason", _disputed),
    "DisputeRefused": _tell("refuse_dispute", "reason"),
}
