"""What the field app is made of: its page, the static files it needs without a network, the words of its scripts."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.web.offline import OUTBOX, OfflineApp
from liandong.web.templatetags._words import SCRIPT_TEXTS

APP: Final = OfflineApp(
    name="field",
    pages=("/field/",),
    shell=(
        "vendor/bootstrap@5.3.9/bootstrap.min.css",
        "vendor/bootstrap-icons@1.13.2/icons.svg",
        "web/tokens.css",
        "web/shell.css",
        "web/parts.css",
        "web/logo.svg",
        "web/app-icon.svg",
        "web/clock.js",
        "web/texts.js",
        "web/kept.js",
        *OUTBOX,
        "workbench/field.css",
        "workbench/field.js",
        "workbench/field-forms.js",
        "workbench/field-parts.js",
        "workbench/field-photos.js",
        "workbench/field-state.js",
        "workbench/field-views.js",
    ),
    outbox="field",
)

_OWN: Final[dict[str, str | Promise]] = {
    "field.offline": _("离线"),
    "field.online": pgettext_lazy("network", "在线"),
    "field.waiting": _("{count} 条待发"),
    "field.refused": _("{count} 条待处理"),
    "field.all_sent": _("全部已送达 {time}"),
    "field.nothing": _("没有待发内容"),
    "field.sending": _("正在发送…"),
    "field.as_of": _("{time} 的数据"),
    "field.signed_out": _("登录已失效，未发送的内容仍保存在手机上。"),
    "field.no_rights": _("您现在没有外勤权限，手机上的任务已清除。"),
    "field.other": _("手机上还有另一个账号的 {count} 条内容，由该账号登录后发送。"),
    "field.not_kept": _("这个浏览器不能保存内容（例如无痕窗口、空间已满），请联网后在普通窗口办理。"),
    "field.no_worker": _("这个浏览器不支持离线打开，请保持联网。"),
    "field.kept": _("已保存，联网后自动发送。"),
    "field.sent": _("已送达：{label}"),
    "field.was_refused": _("没有办成：{label}"),
    "field.state.waiting": _("待发送"),
    "field.state.sending": _("正在发送"),
    "field.state.held": _("等前一步办成"),
    "field.state.refused": _("没有办成"),
    "field.state.sign_in": _("等待登录"),
    "field.state.other": _("等待原账号登录"),
    "field.state.retry": _("第 {tries} 次发送未成，稍后自动重试"),
    "field.made": _("{time} 办理"),
    "field.sent_at": _("{time} 送达"),
    "field.no_answer": _("服务器没有说明原因（{status}）。"),
    "field.happened": _("其间发生：{what}"),
    "field.drop": _("确定不再提交？填写的内容和照片将从手机上删除。"),
    "field.locating": _("正在定位…"),
    "field.located": _("已定位，误差约 {metres} 米"),
    "field.not_located": _("没有取得位置，可以不带位置提交。"),
    "field.not_located_report": _("没有取得位置，请选择所在区域。"),
    "field.class_needed": _("请选择类别。"),
    "field.photo.bad": _("“{name}”不是可用的照片，请重新拍摄。"),
    "field.photo.remove": _("删除照片 {number}"),
    "field.photo.needed": _("请先拍摄{what}照片。"),
    "field.before": _("处置前"),
    "field.after": _("处置后"),
    "field.pair": _("处置前、处置后"),
    "field.pending": _("已办，待送达"),
    "field.empty": _("没有待办任务"),
    "field.report": _("上报问题"),
    "field.solve": _("上报并当场解决"),
    "field.step.receive": _("签收"),
    "field.step.contact": _("先行联系"),
    "field.step.arrive": _("到场"),
    "field.step.hand_in": _("处置反馈"),
    "field.step.return": _("退单"),
    "field.step.advise": _("劝阻"),
    "field.step.assist": _("配合"),
    "field.step.solve_on_spot": _("自行处置"),
    "field.step.check": _("核查"),
    "field.step.spot_check": _("抽查"),
}

TEXTS: Final = {**SCRIPT_TEXTS, **_OWN}
"""The words the app's scripts say, by key; those that every page has come with them."""
