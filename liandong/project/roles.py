"""Who may do what, and how far it reaches: the one table of permission (`CASE.md` §2, §3).

An act that ends in `@district` or `@town` is allowed only on cases run at that level. Reach: everywhere, the post's
area, cases the post's unit holds, or one's own reports. Golden file: `tests/golden/permissions.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from liandong.cases.rules.workflow import STEPS
from liandong.kernel.refusal import marked
from liandong.people.rules.scope import Reach, Role

_EVERYWHERE, _AREA, _UNIT, _OWN = Reach.EVERYWHERE, Reach.AREA, Reach.UNIT, Reach.OWN


def _role(**reaches: str) -> Role:
    """Return a role from words per reach; whoever may report always sees their own reports."""
    acts = {
        (word if "." in word else f"cases.{word}", Reach(reach))
        for reach, words in reaches.items()
        for word in words.split()
    }
    if any(act == "cases.report" for act, _reach in acts):
        acts.add(("cases.view", _OWN))
    return Role(frozenset(acts))


_ALWAYS = "report"
_STAFF = f"{_ALWAYS} duty.view"
_ROSTER = "duty.roster duty.brief duty.train"
_HANDLER = "receive return contact arrive warn raise_force ask_for_force hand_in add_photo reveal_reporter"
_TASKS = "receive arrive hand_in add_photo"
_ALL_STEPS = (
    "view report accept refuse answer file decline dispatch receive return contact arrive warn raise_force"
    " ask_for_force hand_in check call_back send_back close close_special reopen solve_on_spot place add_photo"
    " reveal_reporter"
)

ROLES: Final[Mapping[str, Role]] = {
    "operator": _role(
        everywhere=_STAFF,
        area="view place add_photo reveal_reporter accept@district refuse@district answer@district file@district"
        " decline@district call_back@district send_back@district close@district reopen@district reopen@town",
    ),
    "dispatcher": _role(everywhere=_STAFF, area="view place add_photo dispatch@district"),
    "supervisor": _role(
        everywhere=_STAFF,
        area="view place add_photo reveal_reporter accept@district refuse@district file@district decline@district"
        " dispatch@district dispatch@town send_back@district send_back@town close@district close@town"
        " close_special@district close_special@town reopen@district reopen@town"
        f" people.see_access people.cover cases.set_matrix {_ROSTER}",
    ),
    "town": _role(
        everywhere=_STAFF,
        area="view place@town add_photo accept@town refuse@town answer@town file@town decline@town dispatch@town"
        " check@town call_back@town send_back@town close@town reveal_reporter@town"
        f" people.see_access people.cover {_ROSTER}",
        unit=f"view {_HANDLER}",
    ),
    "department": _role(everywhere=_STAFF, unit=f"view {_HANDLER} people.delegate {_ROSTER}"),
    "bureau": _role(everywhere=_STAFF, unit=f"view {_HANDLER}"),
    "station": _role(
        everywhere=_STAFF,
        unit=f"view {_HANDLER} {_ROSTER}",
        area="people.cover",
        own="solve_on_spot@town add_photo",
    ),
    "grid": _role(everywhere=_STAFF, unit=f"view {_HANDLER}", own="solve_on_spot@town add_photo"),
    "patrol": _role(everywhere=_STAFF, unit=f"view {_HANDLER}", own="solve_on_spot@town add_photo"),
    "assistant": _role(everywhere=_STAFF, unit=f"view {_TASKS}", own="solve_on_spot@town add_photo"),
    "volunteer": _role(everywhere=_ALWAYS, unit=f"view {_TASKS}"),
    "verifier": _role(everywhere=_STAFF, area="view add_photo check send_back"),
    "assessor": _role(everywhere=_STAFF, area="view"),
    "commander": _role(everywhere=_STAFF, area="view"),
    "mediator": _role(everywhere=_STAFF),
    "leader": _role(everywhere=_STAFF, area="view"),
    "auditor": _role(everywhere=_STAFF, area="view people.see_access"),
    "admin": _role(
        everywhere=f"{_STAFF} areas.load",
        area="view areas.redraw cases.set_matrix people.organise people.grant people.cover people.delegate"
        f" people.manage_accounts people.issue_key people.see_access duty.handbook {_ROSTER}",
    ),
    "integrator": _role(everywhere="duty.view", area=_ALL_STEPS),
    "citizen": _role(everywhere=_ALWAYS),
    "platform": _role(
        everywhere=f"{_ALL_STEPS} load_history areas.load areas.redraw cases.set_matrix people.organise people.grant"
        " people.manage_accounts people.issue_key duty.roster duty.brief duty.train duty.handbook"
    ),
}

ACT_WORDS: Final[Mapping[str, str]] = {
    **{step.act: step.word for step in STEPS.values()},
    "cases.view": marked("查看案件"),
    "cases.place": marked("标定位置"),
    "cases.add_photo": marked("上传照片"),
    "cases.reveal_reporter": marked("查看报告人"),
    "cases.close_special": marked("特殊结案"),
    "cases.load_history": marked("导入历史案件"),
    "areas.load": marked("载入区数据"),
    "areas.redraw": marked("调整区划"),
    "cases.set_matrix": marked("维护责任矩阵"),
    "people.organise": marked("维护机构与岗位"),
    "people.grant": marked("授予与撤销权限"),
    "people.cover": marked("安排 AB 岗代班"),
    "people.delegate": marked("委托先期指挥权"),
    "people.manage_accounts": marked("管理账号"),
    "people.issue_key": marked("发放接口密钥"),
    "people.see_access": marked("查看权限去向"),
    "duty.view": marked("查看值班表"),
    "duty.roster": marked("编排值班"),
    "duty.brief": marked("勤前提示与收岗讲评"),
    "duty.train": marked("登记培训"),
    "duty.handbook": marked("编写手册"),
}

ROLE_WORDS: Final[Mapping[str, str]] = {
    "operator": marked("接线员"),
    "dispatcher": marked("派遣员"),
    "supervisor": marked("值班长"),
    "town": marked("街镇分中心"),
    "department": marked("委办局处置员"),
    "bureau": marked("科室处置员"),
    "station": marked("居村工作站"),
    "grid": marked("网格长"),
    "patrol": marked("巡查队员"),
    "assistant": marked("协管员"),
    "volunteer": marked("志愿者与外包人员"),
    "verifier": marked("核查员"),
    "assessor": marked("考核员"),
    "commander": marked("指挥长"),
    "mediator": marked("调解员"),
    "leader": marked("领导"),
    "auditor": marked("审计"),
    "admin": marked("管理员"),
    "integrator": marked("接口账号"),
    "citizen": marked("市民"),
    "platform": marked("平台"),
}
