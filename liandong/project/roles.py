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
        acts.update((f"cases.{word}", _OWN) for word in ("view", *_REPORTERS_OWN.split()))
    return Role(frozenset(acts))


_ALWAYS = "report"
_REPORTERS_OWN = "urge add_note withdraw rate dispute keep_confidential"
_STAFF = f"{_ALWAYS} duty.view"
_ROSTER = "duty.roster duty.brief duty.train"
_HOTLINE = "hotline.take_calls hotline.hand_over hotline.see_figures hotline.reveal_caller"
_HANDLER = (
    "receive return contact arrive warn raise_force ask_for_force hand_in add_photo reveal_reporter"
    " request_extension reply_supervision pass_out"
)
_ANSWERS = "publishing.answer"
_PUBLISHES = "publishing.moderate publishing.write_news"
_HANDS_DOWN = "hand_down take_back"
_TASKS = "receive arrive hand_in add_photo"
_SENDS = "dispatch transfer take_back merge unmerge split"
_DECISIONS = (
    "arbitrate excuse_assistant grant_extension refuse_extension suspend resume lift_overdue void refuse_dispute"
)
"""What a supervisor decides in person: no interface does it for them."""
_INTERFACE_STEPS = " ".join(code for code in STEPS if code not in ("report", *_DECISIONS.split())) + (
    " view report close_special place add_photo reveal_reporter"
)
_ALL_STEPS = " ".join(code for code in STEPS if code != "report") + (
    " view report anonymise close_special place add_photo reveal_reporter remind find_by_phone"
)


def _at(levels: str, acts: str) -> str:
    """Acts on cases run at these levels only."""
    return " ".join(f"{act}@{level}" for act in acts.split() for level in levels.split())


ROLES: Final[Mapping[str, Role]] = {
    "operator": _role(
        everywhere=_STAFF,
        area=f"view place add_photo reveal_reporter find_by_phone join recur channels.hand_over {_REPORTERS_OWN}"
        f" {_at('district town', 'reopen')} "
        + _at(
            "district",
            "accept refuse answer file decline dispatch_by_phone file_afterwards change_class call_back send_back close"
            " remind reply_supervision",
        )
        + f" {_HOTLINE}",
    ),
    "dispatcher": _role(
        everywhere=_STAFF,
        area="view place add_photo keep_problems livemap.watch"
        f" {_at('district', f'{_SENDS} dispatch_by_phone remind reply_supervision')}"
        f" {_at('district town', 'accept_coordination decline_coordination')}",
    ),
    "supervisor": _role(
        everywhere=_STAFF,
        area="view place add_photo reveal_reporter find_by_phone join recur keep_problems set_replies see_evidence"
        f" dismiss_flag {_REPORTERS_OWN}"
        f" {_at('district', 'accept refuse file decline dispatch_by_phone file_afterwards')} "
        + _at(
            "district town",
            f"{_SENDS} arbitrate excuse_assistant accept_coordination decline_coordination grant_extension"
            " refuse_extension suspend resume supervise lift_overdue send_back close close_special reopen"
            " refuse_dispute void remind change_class check spot_check redraw reply_supervision",
        )
        + " people.see_access people.cover cases.set_matrix notify.see_delivery notify.retry_message"
        f" livemap.watch channels.see channels.keep channels.hand_over channels.upload {_ROSTER} {_PUBLISHES}"
        f" {_HOTLINE} hotline.write_article hotline.free_seat",
        unit=_ANSWERS,
    ),
    "town": _role(
        everywhere=_STAFF,
        area="view add_photo keep_problems "
        + _at(
            "town",
            "remind find_by_phone join recur see_evidence place accept verify_report refuse answer file decline"
            " dispatch_by_phone file_afterwards check spot_check call_back send_back close reveal_reporter"
            " grant_extension refuse_extension change_class supervise reply_supervision"
            f" {_SENDS} {_REPORTERS_OWN}",
        )
        + f" people.see_access people.cover publishing.write_news livemap.watch {_ROSTER}",
        unit=f"view {_HANDLER} {_HANDS_DOWN} request_coordination follow_up {_ANSWERS}",
    ),
    "department": _role(everywhere=_STAFF, unit=f"view {_HANDLER} {_HANDS_DOWN} people.delegate {_ROSTER} {_ANSWERS}"),
    "bureau": _role(everywhere=_STAFF, unit=f"view {_HANDLER} {_ANSWERS}"),
    "station": _role(
        everywhere=_STAFF,
        unit=f"view {_HANDLER} {_HANDS_DOWN} advise assist follow_up {_ROSTER} {_ANSWERS}",
        area="people.cover",
        own="solve_on_spot@town add_photo",
    ),
    "grid": _role(everywhere=_STAFF, unit=f"view {_HANDLER}", own="solve_on_spot@town add_photo"),
    "patrol": _role(everywhere=_STAFF, unit=f"view {_HANDLER} verify_report", own="solve_on_spot@town add_photo"),
    "assistant": _role(everywhere=_STAFF, unit=f"view {_TASKS}", own="solve_on_spot@town add_photo"),
    "volunteer": _role(everywhere=_ALWAYS, unit=f"view {_TASKS}"),
    "verifier": _role(everywhere=_STAFF, area="view add_photo check spot_check send_back verify_report see_evidence"),
    "assessor": _role(everywhere=_STAFF, area="view hotline.see_figures livemap.watch"),
    "commander": _role(everywhere=_STAFF, area="view livemap.watch"),
    "mediator": _role(everywhere=_STAFF),
    "leader": _role(everywhere=_STAFF, area="view supervise hotline.see_figures livemap.watch"),
    "auditor": _role(
        everywhere=_STAFF,
        area="view see_evidence people.see_access notify.see_delivery channels.see hotline.see_figures"
        " exchange.see_webhooks livemap.watch",
    ),
    "admin": _role(
        everywhere=f"{_STAFF} areas.load",
        area="view anonymise set_replies areas.redraw areas.keep_tiles cases.set_matrix people.organise people.grant"
        " people.cover people.delegate people.manage_accounts people.issue_key people.see_access duty.handbook"
        f" {_ROSTER} {_PUBLISHES} notify.write_template notify.see_delivery notify.retry_message"
        " channels.see channels.keep hotline.see_figures hotline.write_article hotline.free_seat"
        " exchange.see_webhooks exchange.keep_webhooks livemap.watch",
    ),
    "integrator": _role(
        everywhere="duty.view",
        area=f"{_INTERFACE_STEPS} join recur remind find_by_phone keep_problems exchange.subscribe channels.upload",
    ),
    "citizen": _role(everywhere=_ALWAYS),
    "citizen_app": _role(everywhere=f"{_ALWAYS} view add_photo join {_REPORTERS_OWN}"),
    "platform": _role(
        everywhere=f"{_ALL_STEPS} spot_check redraw load_history areas.load areas.redraw cases.set_matrix"
        " people.organise people.grant people.manage_accounts people.issue_key duty.roster duty.brief duty.train"
        " duty.handbook join recur keep_problems set_replies"
        f" notify.write_template notify.see_delivery notify.retry_message {_PUBLISHES} {_ANSWERS}"
        " publishing.count_figures channels.take channels.see channels.keep channels.hand_over channels.upload"
        " hotline.write_article"
        " exchange.see_webhooks exchange.keep_webhooks"
    ),
}

ACT_WORDS: Final[Mapping[str, str]] = {
    **{step.act: step.word for step in STEPS.values()},
    "cases.view": marked("查看案件"),
    "cases.place": marked("标定位置"),
    "cases.add_photo": marked("上传照片"),
    "cases.reveal_reporter": marked("查看报告人"),
    "cases.see_evidence": marked("查看照片原件与存疑"),
    "cases.dismiss_flag": marked("解除存疑"),
    "cases.close_special": marked("特殊结案"),
    "cases.remind": marked("催办提醒"),
    "cases.find_by_phone": marked("按电话查找"),
    "cases.keep_confidential": marked("为报告人保密"),
    "cases.anonymise": marked("清除报告人信息"),
    "cases.spot_check": marked("抽查"),
    "cases.redraw": marked("重新抽取核查员"),
    "cases.load_history": marked("导入历史案件"),
    "cases.join": marked("并入重复反映"),
    "cases.recur": marked("登记回潮"),
    "cases.keep_problems": marked("维护问题"),
    "cases.set_replies": marked("维护答复模板"),
    "areas.load": marked("载入区数据"),
    "areas.redraw": marked("调整区划"),
    "areas.keep_tiles": marked("维护地图源"),
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
    "notify.write_template": marked("编写消息模板"),
    "notify.see_delivery": marked("查看消息发送情况"),
    "notify.retry_message": marked("重发消息"),
    "publishing.moderate": marked("审核公开内容"),
    "publishing.answer": marked("答复网友提问"),
    "publishing.write_news": marked("发布资讯与预警"),
    "publishing.count_figures": marked("统计公开数据"),
    "channels.take": marked("接收渠道来文"),
    "channels.see": marked("查看渠道情况"),
    "channels.keep": marked("维护渠道：重放、对照表、重发"),
    "channels.hand_over": marked("移交案件"),
    "channels.upload": marked("批量导入事项"),
    "hotline.take_calls": marked("接听热线"),
    "hotline.hand_over": marked("转交 110/119/120"),
    "hotline.see_figures": marked("查看话务情况"),
    "hotline.reveal_caller": marked("查看未接来电号码"),
    "hotline.write_article": marked("编写知识"),
    "hotline.free_seat": marked("释放分机"),
    "livemap.watch": marked("查看指挥大屏"),
    "exchange.subscribe": marked("接收推送"),
    "exchange.keep_webhooks": marked("维护推送"),
    "exchange.see_webhooks": marked("查看推送情况"),
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
    "citizen_app": marked("市民端"),
    "platform": marked("平台"),
}
