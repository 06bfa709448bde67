"""The usual words for each refusal: what, why, what to do. Views that know better hand in their own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refused request is told."""

    what: str | Promise
    why: str | Promise
    to_do: str | Promise
    icon: str = "exclamation-octagon"
    tone: str = "red"


USUAL: dict[int, Refusal] = {
    400: Refusal(
        _("这个请求看不懂"),
        _("提交的内容不完整，或者格式不对。"),
        _("返回上一页，检查填写的内容后再提交。"),
        "exclamation-triangle",
        "amber",
    ),
    403: Refusal(
        _("您没有做这件事的权限"),
        _("您当前的岗位不包含这项操作，或者页面停留太久、安全校验已失效。"),
        _("刷新页面后再试；确实需要这项权限时，请联系管理员。"),
        "lock",
        "amber",
    ),
    404: Refusal(
        _("没有找到"),
        _("地址不对，内容已经移走，或者不在您可以查看的范围内。"),
        _("核对案件编号或地址，或者从左侧菜单重新进入。"),
        "search",
        "grey",
    ),
    405: Refusal(
        _("这个地址不能这样使用"),
        _("请求的方式与这个地址不符。"),
        _("从页面上的按钮或链接进入，不要直接改动地址。"),
        "exclamation-triangle",
        "amber",
    ),
    409: Refusal(
        _("内容刚刚被别人改动过"),
        _("您打开页面之后，有人先办了一步。您的操作没有执行。"),
        _("查看最新情况，再决定要不要继续。"),
        "people",
        "amber",
    ),
    413: Refusal(
        _("提交的内容太大"),
        _("文字或附件超过了允许的大小。"),
        _("缩短文字或压缩附件后再提交。"),
        "exclamation-triangle",
        "amber",
    ),
    422: Refusal(
        _("填写的内容有误"),
        _("有一项或几项内容不符合要求。"),
        _("按提示改正后再提交。"),
        "exclamation-triangle",
        "amber",
    ),
    429: Refusal(
        _("操作太频繁"),
        _("短时间内的请求太多。"),
        _("稍等片刻再试。"),
        "hourglass-split",
        "amber",
    ),
    500: Refusal(
        _("系统出错了"),
        _("服务器遇到意外情况，刚才的操作没有完成，已保存的内容没有丢失。"),
        _("稍后再试；再次出现时，请把下面的编号告诉管理员。"),
    ),
    503: Refusal(
        _("系统暂时不可用"),
        _("数据库或服务正在恢复，刚才的操作没有完成，已保存的内容没有丢失。"),
        _("请等一两分钟再刷新，系统会自动恢复。"),
        "hourglass-split",
        "amber",
    ),
}


def refusal_for(status: int) -> Refusal:
    """Return the usual words of an HTTP status; an unlisted one speaks like its hundred."""
    return USUAL.get(status) or USUAL[500 if status >= 500 else 400]
