"""Tags of the pages for everybody: the menu, and the few signs drawn on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import template
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

SIGNS: Final = "citizen/signs.svg"
MENU: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("/report/", _("我要反映")),
    ("/track/", _("查进度")),
    ("/map/", _("地图")),
    ("/figures/", _("公开数据")),
    ("/questions/", _("问答")),
    ("/news/", _("资讯")),
)
TEXTS: Final[dict[str, str | Promise]] = {
    "map.failed": _("地图加载失败，其他功能不受影响。"),
    "map.picked": _("已选定位置：东经 {lon}，北纬 {lat}"),
    "place.asking": _("正在定位…"),
    "place.found": _("已取得位置，误差约 {metres} 米。"),
    "place.picked": _("已在地图上选定位置。"),
    "place.denied": _("没有取得位置。请写地址，或在地图上选。"),
    "place.far": _("选的位置离您现在的位置约 {kilometres} 公里。是这里吗？"),
    "photo.unfit": _("“{name}”不是可用的照片，没有加入。"),
    "photo.most": _("一次最多 {most} 张照片。"),
    "photo.drop": _("去掉第 {number} 张"),
    "photo.alt": _("已选照片 {number}"),
    "voice.start": _("说给我们听（最长 60 秒）"),
    "voice.stop": _("停止，已录 {seconds} 秒"),
    "voice.denied": _("不能使用麦克风。请用文字说明。"),
    "send.sending": _("正在提交…"),
    "send.kept": _("已存在本机，联网后自动送出。可以关闭页面。"),
    "send.failed": _("连接不上服务器，没有提交。内容还在页面上，请稍后再试。"),
    "send.refused": _("没有被收下，请看上方的说明，修改后再送。"),
    "queue.waiting": _("等待送出"),
    "queue.sending": _("正在送出"),
    "queue.mend": _("修改"),
    "queue.drop": _("删除"),
    "draft.kept": _("草稿已存在本机。"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the menu, and whether the reader is in it."""

    address: str
    label: str | Promise
    is_here: bool


@register.inclusion_tag("citizen/menu.html", takes_context=True)
def citizen_menu(context: template.Context) -> dict[str, Any]:
    """Draw the menu; the entry whose page, or one below it, is open is marked."""
    request = context.get("request")
    path = request.path if request is not None else ""
    return {"menu": [Entry(address, label, path.startswith(address)) for address, label in MENU]}


@register.simple_tag
def sign(name: str) -> SafeString:
    """Draw a sign of `static/citizen/signs.svg`, as decoration beside its word."""
    return format_html('<svg class="ci-sign" aria-hidden="true"><use href="{}#{}"></use></svg>', static(SIGNS), name)


@register.simple_tag
def citizen_texts() -> SafeString:
    """Hand the scripts of these pages, and the map's, their words in the reader's language."""
    return json_script({key: str(words) for key, words in TEXTS.items()}, "ld-texts")
