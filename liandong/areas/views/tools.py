"""The tools of the editor, in the order of the bar above the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Tool:
    """One button: what it is called, what it does, and which key takes it up."""

    code: str
    word: str | Promise
    icon: str
    key: str
    about: str | Promise


TOOLS: Final[tuple[Tool, ...]] = (
    Tool("split", _("分割"), "scissors", "alt+1", _("画一条穿过网格的线，把它分成两块或几块。")),
    Tool("merge", _("合并"), "union", "alt+2", _("把两个以上相邻的网格并成一个。")),
    Tool("reshape", _("调整边界"), "bezier2", "alt+3", _("拖动顶点，修改一个区域的边界。")),
    Tool("add", _("新增"), "plus-lg", "alt+4", _("在空白处画出一个新的区域。")),
    Tool("rename", _("更名"), "pencil", "alt+5", _("给一个区域换名称，编码不变。")),
    Tool("end", _("撤销区域"), "x-octagon", "alt+6", _("从生效日起不再有这个区域。")),
    Tool(
        "overlay",
        _("叠加网格"),
        "layers",
        "alt+7",
        _("道路网格、巡查网格：盖在区划之上，不属于方案，从所填日期起生效。"),
    ),
    Tool("import", _("导入"), "upload", "alt+8", _("用 GeoJSON 文件里的边界修改或新增区域。")),
)
