"""What the scripts of the map say, in the reader's language; handed over by the page."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: Final[dict[str, str | Promise]] = {
    "failed": _("地图加载失败，其他功能不受影响。"),
    "net": _("连接不上服务器，刚才的操作没有完成。请检查网络后重试。"),
    "signed_out": _("登录已失效，内容仍在页面上。请在新标签页重新登录，再回来提交。"),
    "too_large": _("文件超过 {most} MB，没有上传。请先简化边界，或分成几个文件导入。"),
    "too_much": _("粘贴的图形过大。请先简化边界，或用“导入”提交文件。"),
    "broken": _("服务器没有给出可读的回答（代码 {status}），刚才的操作没有保存。请稍后重试。"),
    "busy": _("正在处理……"),
    "no_area": _("请先选定一个区域：在地图上点选，或输入编码。"),
    "no_such_area": _("没有编码或名称为“{text}”的区域。请从列表中选择。"),
    "no_line": _("请先画出切线：在地图上点两下以上，双击结束；也可以用“从正中切开”。"),
    "no_outline": _("请先在地图上画出边界，或粘贴 GeoJSON。"),
    "two_areas": _("请至少选两个相邻的区域。"),
    "bad_json": _("粘贴的内容不是 GeoJSON 图形（Polygon 或 MultiPolygon）。"),
    "bad_points": _("请填写起点和终点的经纬度（十进制度数）。"),
    "line_drawn": _("切线已画好。可拖动顶点调整，再按“分割”。"),
    "outline_drawn": _("边界已画好。可拖动顶点调整，再保存。"),
    "point_added": _("已加第 {count} 点"),
    "dropped": _("已清除画的图形。"),
    "chosen": _("已选 {name}（{code}）"),
    "unchosen": _("已取消选择 {name}"),
    "outside_plan": _("{name}不在本方案的调整范围内。"),
    "nothing_here": _("这里没有区域。"),
    "editing": _("拖动顶点修改 {name} 的边界；按住 Alt 点顶点可删除。"),
    "remove": _("移出"),
}


def script_words() -> dict[str, str]:
    """Every word of the scripts, translated."""
    return {key: str(words) for key, words in _WORDS.items()}
