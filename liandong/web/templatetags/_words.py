"""What the codes of the law of the case are called on screen, with icon and tone.

A stage is called by what it waits for, as in the lists people work from; what has happened is its second word.

Tones are the classes `ld-tone-…` of `web/tokens.css`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Word:
    """A code on screen: label, icon name, tone, and more to say where a pointer rests."""

    label: str | Promise
    icon: str
    tone: str
    more: str | Promise = ""


STAGES: dict[str, Word] = {
    "reported": Word(_("待受理"), "inbox", "violet", _("已上报")),
    "accepted": Word(_("待立案"), "person-check", "indigo", _("已受理")),
    "verified": Word(_("已核实"), "patch-check", "indigo", _("待立案")),
    "refused": Word(_("不予受理"), "slash-circle", "grey"),
    "answered": Word(_("已答复"), "chat-left-text", "green"),
    "filed": Word(_("待派遣"), "folder-plus", "blue", _("已立案")),
    "declined": Word(_("不予立案"), "folder-x", "grey"),
    "dispatched": Word(_("待签收"), "send", "orange", _("已派遣")),
    "received": Word(_("已签收"), "send-check", "teal", _("待到场或处置")),
    "on_scene": Word(_("处置中"), "pin-map", "teal", _("已到场")),
    "handled": Word(_("待核查"), "tools", "olive", _("已处置")),
    "closed": Word(_("已结案"), "check-circle", "green"),
    "merged": Word(_("已并案"), "union", "blue", _("随主案办理")),
    "withdrawn": Word(_("已撤诉"), "x-circle", "grey"),
    "void": Word(_("已作废"), "slash-circle", "grey"),
}

STEPS: dict[str, Word] = {
    "report": Word(_("上报"), "megaphone", "violet"),
    "accept": Word(_("受理"), "person-check", "indigo"),
    "refuse": Word(pgettext_lazy("step", "不予受理"), "slash-circle", "grey"),
    "answer": Word(_("即时答复"), "chat-left-text", "green"),
    "file": Word(_("立案"), "folder-plus", "blue"),
    "decline": Word(pgettext_lazy("step", "不予立案"), "folder-x", "grey"),
    "dispatch": Word(_("派遣"), "send", "orange"),
    "receive": Word(_("签收"), "send-check", "teal"),
    "return": Word(_("退单"), "arrow-return-left", "red"),
    "contact": Word(_("先行联系"), "telephone-outbound", "teal"),
    "arrive": Word(_("到场"), "pin-map", "teal"),
    "warn": Word(_("劝诫谈话"), "chat-left-text", "amber"),
    "raise_force": Word(_("升级处置方式"), "shield-check", "orange"),
    "ask_for_force": Word(_("请求升级力量"), "shield-check", "red"),
    "hand_in": Word(_("处置反馈"), "tools", "olive"),
    "check": Word(_("核查"), "clipboard-check", "olive"),
    "call_back": Word(_("回访"), "telephone", "olive"),
    "send_back": Word(_("返工"), "arrow-counterclockwise", "red"),
    "close": Word(_("结案"), "check-circle", "green"),
    "reopen": Word(_("重开"), "arrow-repeat", "red"),
    "solve_on_spot": Word(_("自行处置"), "check2-circle", "green"),
    "verify_report": Word(_("核实"), "patch-check", "indigo"),
    "dispatch_by_phone": Word(_("电话派遣"), "telephone-outbound", "red"),
    "file_afterwards": Word(_("补立案"), "folder-plus", "blue"),
    "hand_down": Word(_("下派"), "diagram-3", "orange"),
    "change_class": Word(_("改类"), "pencil", "blue"),
    "transfer": Word(_("转派"), "arrow-left-right", "orange"),
    "take_back": Word(_("收回"), "arrow-return-left", "amber"),
    "arbitrate": Word(_("裁定"), "signpost-split", "red"),
    "request_coordination": Word(_("上报协调"), "upload", "amber"),
    "accept_coordination": Word(_("同意协调"), "person-check", "green"),
    "decline_coordination": Word(_("退回协调"), "arrow-return-left", "red"),
    "excuse_assistant": Word(_("免等协办"), "dash-lg", "amber"),
    "request_extension": Word(_("申请延期"), "hourglass", "amber"),
    "grant_extension": Word(_("同意延期"), "hourglass-split", "green"),
    "refuse_extension": Word(_("不同意延期"), "x-circle", "red"),
    "suspend": Word(_("挂账"), "pause-circle", "amber"),
    "resume": Word(_("恢复办理"), "arrow-repeat", "green"),
    "supervise": Word(_("督办"), "exclamation-octagon", "red"),
    "reply_supervision": Word(_("回复督办"), "chat-left-text", "teal"),
    "lift_overdue": Word(_("解除超时标记"), "stopwatch", "grey"),
    "pass_out": Word(_("外协"), "link-45deg", "teal"),
    "advise": Word(_("劝阻"), "chat-left-text", "amber"),
    "assist": Word(_("配合"), "people", "teal"),
    "follow_up": Word(_("善后跟踪"), "house-check", "olive"),
    "merge": Word(_("并案"), "union", "blue"),
    "unmerge": Word(_("撤销并案"), "union", "grey"),
    "split": Word(_("拆分"), "scissors", "blue"),
    "urge": Word(_("催办"), "bell", "amber"),
    "add_note": Word(_("补充"), "pencil", "blue"),
    "withdraw": Word(_("撤诉"), "x-circle", "grey"),
    "rate": Word(_("评价"), "patch-check", "green"),
    "dispute": Word(_("申诉"), "flag", "red"),
    "refuse_dispute": Word(_("驳回申诉"), "slash-circle", "grey"),
    "void": Word(_("作废"), "slash-circle", "grey"),
}

CLOCKS: dict[str, str | Promise] = {
    "accept": _("受理"),
    "file": _("立案"),
    "dispatch": _("派遣"),
    "receive": _("签收"),
    "contact": _("先行联系"),
    "arrive": _("到场"),
    "handle": _("处置"),
    "check": _("核查"),
    "call_back": _("回访"),
    "verify": _("核实"),
    "hop": _("承办"),
    "coordination": _("协调答复"),
    "supervision": _("督办回复"),
}

FORCES: dict[str, Word] = {
    "service": Word(_("服务"), "person-walking", "green", _("以服务方式处置")),
    "management": Word(_("管理"), "card-checklist", "blue", _("以管理方式处置")),
    "enforcement": Word(_("执法"), "shield-check", "orange", _("以执法方式处置")),
}

LEVELS: dict[str, Word] = {
    "success": Word(_("完成"), "check-circle", "green"),
    "info": Word(_("提示"), "info-circle", "blue"),
    "warning": Word(_("注意"), "exclamation-triangle", "amber"),
    "error": Word(_("未完成"), "x-octagon", "red"),
}

SCRIPT_TEXTS: dict[str, str | Promise] = {
    "live.on": _("实时"),
    "live.connecting": _("正在连接"),
    "live.off": _("已断开"),
    "live.off.hint": _("与服务器的连接已断开，页面不再自动更新；正在重新连接。"),
    "live.rights": _("您的权限或代班刚刚有变化，列表已按新的权限更新。"),
    "clock.left": _("剩 {span}"),
    "clock.late": _("超时 {span}"),
    "span.days": _("{days} 天 {hours} 小时"),
    "span.hours": _("{hours} 小时 {minutes} 分"),
    "span.minutes": _("{minutes} 分"),
    "span.seconds": _("{seconds} 秒"),
    "pick.none": _("没有匹配的选项"),
    "pick.failed": _("查找失败，请稍后再试"),
    "pick.count": _("{count} 个选项，用上下键选择"),
    "net.failed": _("连接不上服务器，刚才的操作没有完成。请检查网络后重试。"),
    "net.signed_out": _("登录已失效，内容仍在页面上。请在新标签页重新登录，再回来提交。"),
    "net.timeout": _("服务器没有按时回应，刚才的操作可能没有完成。请刷新页面查看后再试。"),
    "toast.close": _("关闭"),
    "file.stop": _("取消上传"),
    "file.waiting": _("连接中断，正在重试"),
    "file.sent": _("附件已上传。"),
    "view.previous": _("上一张"),
    "view.next": _("下一张"),
    "map.basemap": _("底图"),
    "map.own": _("本区底图"),
    "map.review_no": _("审图号：{number}"),
    "map.tiles_failed": _("地图源没有回应，已换回本区底图。"),
    "map.failed": _("地图加载失败，其他功能不受影响。"),
    "map.picked": _("已选定位置：东经 {lon}，北纬 {lat}"),
}
