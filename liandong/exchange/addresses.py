"""Where webhooks may go: out to the open, or to what this installation allows by name; never into the house by chance.

A receiver's address is written by whoever has a key, and we would send to it from inside. So it is `https`, and every
address its name stands for is a public one, unless its origin (`https://gis.example`, `http://10.1.2.3:8080`) stands in
`LIANDONG_WEBHOOK_ORIGINS`: an intranet needs that. How it is looked at: `liandong.web.outgoing`.
"""

from __future__ import annotations

from django.conf import settings

from liandong.kernel.refusal import Refusal, marked
from liandong.web.outgoing import LONGEST_URL, Target, UnfitUrl, addresses_of, is_public, lies_inside, parted

__all__ = [
    "LONGEST_URL",
    "Target",
    "WebhookUrlPlain",
    "WebhookUrlPrivate",
    "WebhookUrlUnfit",
    "addresses_of",
    "is_public",
    "target_of",
]


class WebhookUrlUnfit(Refusal):
    """An address that is no web address we could send to."""

    status = 422
    says = marked("接收地址不是可用的网址。")
    remedy = marked("请填写以 https:// 开头的完整网址，不含账号、密码和 # 之后的部分，最长 500 字符。")


class WebhookUrlPlain(Refusal):
    """An address that is not encrypted, and not allowed to be so."""

    status = 422
    says = marked("接收地址“%(origin)s”没有加密（http），不能使用。")
    remedy = marked("请使用 https；内网确需 http 的，请管理员把该来源写入 LIANDONG_WEBHOOK_ORIGINS。")


class WebhookUrlPrivate(Refusal):
    """An address inside the house, which nobody allowed by name."""

    status = 422
    says = marked("接收地址“%(origin)s”在内网，未经允许不能使用。")
    remedy = marked(
        "请管理员核对后把该来源写入 LIANDONG_WEBHOOK_ORIGINS，例如 https://gis.example 或 http://10.1.2.3:8080。"
    )


def target_of(url: str) -> Target:
    """Return where `url` leads.

    :raises WebhookUrlUnfit: it is no web address
    :raises WebhookUrlPlain: it is not encrypted, and not allowed by name
    :raises WebhookUrlPrivate: it names an address inside the house that is not allowed by name
    """
    try:
        found = parted(url, allowed=settings.LIANDONG_WEBHOOK_ORIGINS)
    except UnfitUrl:
        raise WebhookUrlUnfit from None
    if found.is_allowed:
        return found
    if found.scheme != "https":
        raise WebhookUrlPlain(origin=found.origin)
    if lies_inside(found):
        raise WebhookUrlPrivate(origin=found.origin)
    return found
