"""The menu: each page of the desk with the acts that reveal it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from liandong.cases.rulebook import rulebook_for
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, role_word
from liandong.web.names import name_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the desk; shown to whoever may do one of `acts` anywhere.

    Pages of daily work stand in the menu. Those with an `about` stand as cards on the page 管理 instead.
    """

    view: str
    word: str
    icon: str
    acts: tuple[str, ...]
    about: str = ""


MENU: Final[tuple[Entry, ...]] = (
    Entry("workbench:home", marked("工作台"), "house", ()),
    Entry("workbench:intake", marked("受理登记"), "headset", ("cases.accept",)),
    Entry(
        "hotline:articles",
        marked("知识库"),
        "journal-text",
        ("hotline.take_calls", "hotline.write_article"),
        marked("答复咨询用的知识：版本、有效期、可直接插入的答复片段"),
    ),
    Entry(
        "hotline:figures",
        marked("话务"),
        "telephone-inbound",
        ("hotline.see_figures",),
        marked("15 秒接通率与放弃率，按小时和日期；分机、未接来电、转交回执、交换机接入情况"),
    ),
    Entry("workbench:dispatch", marked("派遣调度"), "send", ("cases.dispatch",)),
    Entry("workbench:inbox", marked("待办案件"), "inbox", ("cases.receive",)),
    Entry(
        "workbench:asked",
        marked("待答复事项"),
        "question-circle",
        (
            "cases.accept_coordination",
            "cases.grant_extension",
            "cases.arbitrate",
            "cases.refuse_dispute",
            "cases.follow_up",
        ),
    ),
    Entry("workbench:staff_report", marked("上报问题"), "megaphone", ("cases.solve_on_spot",)),
    Entry("field:page", marked("外勤"), "phone", ("cases.solve_on_spot",)),
    Entry(
        "workbench:verify",
        marked("核查回访"),
        "clipboard-check",
        ("cases.check", "cases.call_back", "cases.verify_report"),
    ),
    Entry("workbench:late", marked("超时督办"), "alarm", ("cases.dispatch", "cases.close_special", "cases.check")),
    Entry("workbench:cases", marked("全部案件"), "list-ul", ("cases.view",)),
    Entry(
        "livemap:map", marked("一张图"), "globe2", ("cases.receive", "cases.dispatch", "cases.accept", "livemap.watch")
    ),
    Entry(
        "livemap:wall",
        marked("指挥大屏"),
        "display",
        ("livemap.watch",),
        marked("一张图和七块面板：上报办结、街镇超时、层级、热点、三率、值班；手机上看今日运行"),
    ),
    Entry("workbench:problems", marked("问题"), "flag", ("cases.keep_problems",)),
    Entry(
        "publishing:index",
        marked("公开与互动"),
        "megaphone",
        ("publishing.moderate", "publishing.answer", "publishing.write_news"),
    ),
    Entry("duty:today", marked("值班"), "calendar-event", ("duty.view",)),
    Entry(
        "areas:overview",
        marked("区划地图"),
        "map",
        ("duty.view",),
        marked("某一天的街镇、居村、网格边界；分割合并网格的方案，拓扑检查，导入导出"),
    ),
    Entry(
        "areas:sources",
        marked("地图源"),
        "layers",
        ("areas.keep_tiles",),
        marked("天地图或本地地图服务的瓦片，垫在本区自己的底图位置；没有也不影响使用"),
    ),
    Entry(
        "organisation",
        marked("机构人员"),
        "diagram-3",
        ("people.organise", "people.see_access"),
        marked("单位、岗位、借调与离岗；用表格导入"),
    ),
    Entry(
        "workbench:matrix",
        marked("责任矩阵"),
        "card-checklist",
        ("cases.set_matrix", "cases.accept", "cases.dispatch", "people.see_access"),
        marked("什么事在哪里由谁负责：按日期生效的版本，缺口与重叠，草案试算"),
    ),
    Entry(
        "workbench:replies",
        marked("答复模板"),
        "chat-left-text",
        ("cases.set_replies",),
        marked("按类别和环节准备的答复、理由与回访用语，各版本可查"),
    ),
    Entry(
        "workbench:access",
        marked("权限"),
        "person-lock",
        ("people.see_access", "people.grant", "people.cover"),
        marked("谁能做什么，为什么；授权与代班"),
    ),
    Entry(
        "workbench:delegations",
        marked("先期指挥权"),
        "send-check",
        ("people.delegate", "people.see_access", "cases.dispatch"),
        marked("委办局委托街镇直接指挥其派驻力量"),
    ),
    Entry(
        "notify:templates",
        marked("消息模板"),
        "chat-left-text",
        ("notify.write_template",),
        marked("什么事通知谁、怎么写：逐版留痕，用真实案件预览"),
    ),
    Entry(
        "notify:delivery",
        marked("消息发送情况"),
        "send-check",
        ("notify.see_delivery",),
        marked("各渠道每天的条数与费用，失败与原因，人工重发"),
    ),
    Entry(
        "channels:overview",
        marked("渠道"),
        "broadcast",
        ("channels.see",),
        marked("12345、110、数字城管、综治、邮箱、设备告警等渠道的来文去文：接收、重复、拒收与原因，对照表，重放"),
    ),
    Entry(
        "channels:files",
        marked("批量导入"),
        "file-earmark-text",
        ("channels.upload",),
        marked("用表格或 CSV 一次登记多件事项：先预览，再导入，有误的行退回"),
    ),
    Entry(
        "channels:instructions",
        marked("领导批示"),
        "pencil",
        ("cases.supervise",),
        marked("把领导批示登记为新案或落到已有案件，限期回复"),
    ),
    Entry(
        "exchange:webhooks",
        marked("接口与推送"),
        "broadcast",
        ("exchange.see_webhooks",),
        marked("向其他系统推送事件：投递记录、重投、停用；密钥的调用上限"),
    ),
    Entry(
        "accounts",
        marked("账号"),
        "person-badge",
        ("people.manage_accounts",),
        marked("开户、停用、密码与动态口令、登录会话、接口密钥"),
    ),
)

CARDS: Final = Entry("workbench:manage", marked("管理"), "gear", ())


def menu(request: HttpRequest) -> dict[str, Any]:
    """Context for every page: the menu of whoever is signed in, and who that is."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"menu": [], "cards": [], "me": None}
    lines = {entry: line for entry in MENU if (line := _line(entry, actor, request.path))}
    cards = [line for entry, line in lines.items() if entry.about]
    shown = [line for entry, line in lines.items() if not entry.about]
    if len(cards) == 1:
        # A page with a single card on it is a detour.
        shown += cards
    elif cards and (to_cards := _line(CARDS, actor, request.path)):
        shown.append({**to_cards, "active": to_cards["active"] or any(card["active"] for card in cards)})
    return {"menu": shown, "cards": cards, "me": _me(actor)}


def _line(entry: Entry, actor: Actor, path: str) -> dict[str, Any] | None:
    if entry.acts and not any(actor.may(act) for act in entry.acts):
        return None
    try:
        url = reverse(entry.view)
    except NoReverseMatch:
        return None
    active = path == url or (url != reverse("workbench:home") and path.startswith(url))
    about = gettext(entry.about) if entry.about else ""
    return {"url": url, "label": gettext(entry.word), "icon": entry.icon, "active": active, "about": about}


def _me(actor: Actor) -> dict[str, str]:
    if not actor.posts:
        return {"name": actor.name, "role": "", "unit": "", "area": ""}
    post = actor.posts[0]
    try:
        unit = name_of(rulebook_for(post.area[:6]).unit(post.unit))
    except Refusal:
        unit = post.unit
    return {"name": actor.name, "role": gettext(role_word(post.role)), "unit": unit, "area": post.area}
