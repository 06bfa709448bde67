"""Forms of the map editor. They read fields; what may be drawn is decided by the operations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.areas.models import AreaLevel, OverlayLayer
from liandong.areas.rules.tiling import DEEPEST, TileCrs, TileKind
from liandong.kernel.datum import Datum

LONGEST_TITLE = 80
LEVELS = [(AreaLevel.TOWN, _("街镇")), (AreaLevel.COMMUNITY, _("居村")), (AreaLevel.GRID, _("网格"))]
DATUMS = [(datum.value, datum.value) for datum in Datum]


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """A day, picked from the browser's own calendar."""
    return forms.DateField(label=label, required=required, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class DayForm(forms.Form):
    """Which day's map to show."""

    day = day_field(_("日期"), required=False)


class RedrawingForm(forms.Form):
    """A new plan: what it is called, from which day it holds, and within which area it draws."""

    title = forms.CharField(label=_("方案名称"), max_length=LONGEST_TITLE)
    effective_on = day_field(_("生效日期"))
    area = forms.ChoiceField(label=_("调整范围"))

    def __init__(self, *args: Any, areas: Iterable[tuple[str, str]], **details: Any) -> None:
        super().__init__(*args, **details)
        choices = list(areas)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) == 1:
            field.widget = forms.HiddenInput()
            field.initial = choices[0][0]


class MoveForm(forms.Form):
    """Another title or another day for a plan that is still a draft."""

    title = forms.CharField(label=_("方案名称"), max_length=LONGEST_TITLE)
    effective_on = day_field(_("生效日期"))


class ImportForm(forms.Form):
    """Outlines from a file: each becomes a step of the plan."""

    file = forms.FileField(label=_("GeoJSON 文件"))
    datum = forms.ChoiceField(label=_("坐标系"), required=False, choices=[("", _("按文件所写或自动识别")), *DATUMS])
    neighbours = forms.BooleanField(label=_("相邻网格的边界随之调整"), required=False)


class OverlayForm(forms.Form):
    """A road or patrol grid to lay over the areas; its outline is drawn on the map."""

    layer = forms.ChoiceField(label=_("图层"), choices=OverlayLayer.choices)
    code = forms.CharField(label=_("编号"), max_length=24)
    name = forms.CharField(label=_("名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    area = forms.CharField(label=_("所属区域代码"), max_length=15)
    since_on = day_field(_("生效日期"))
    outline = forms.JSONField(label=_("图形"), widget=forms.HiddenInput())


class OverlayImportForm(forms.Form):
    """Road and patrol grids from a file; what a feature says of itself goes before what is chosen here."""

    file = forms.FileField(label=_("GeoJSON 文件"))
    datum = forms.ChoiceField(label=_("坐标系"), required=False, choices=[("", _("按文件所写或自动识别")), *DATUMS])
    layer = forms.ChoiceField(label=_("图层"), choices=OverlayLayer.choices)
    since_on = day_field(_("生效日期"))
    area = forms.CharField(label=_("所属区域代码"), max_length=15, required=False)


class OverlayEndForm(forms.Form):
    """The last day of an overlay."""

    until_on = day_field(_("最后一天"))


class TileForm(forms.Form):
    """A map from elsewhere. Its token is written here and never read again."""

    name = forms.CharField(label=_("名称"), max_length=60)
    kind = forms.ChoiceField(label=_("服务类型"), choices=[(kind.value, kind.value) for kind in TileKind])
    template = forms.CharField(
        label=_("地址模板"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("行列级写作 {x}、{y}、{z}，密钥写作 {token}，不要直接写进地址。"),
    )
    token = forms.CharField(
        label=_("密钥"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("加密保存，不再显示；修改时留空表示不变，换了来源须重填。"),
    )
    crs = forms.ChoiceField(
        label=_("坐标系"),
        choices=[(crs.value, crs.value) for crs in TileCrs],
        help_text=_("天地图 c 系列为 EPSG:4490，w 系列为 EPSG:3857；互联网地图多为 GCJ-02。"),
    )
    min_zoom = forms.IntegerField(label=_("最小级别"), min_value=0, max_value=DEEPEST)
    max_zoom = forms.IntegerField(label=_("最大级别"), min_value=0, max_value=DEEPEST)
    attribution = forms.CharField(label=_("来源说明"), max_length=120, required=False, help_text=_("印在地图右下角"))
    review_no = forms.CharField(
        label=_("审图号"), max_length=60, required=False, help_text=_("公开展示的地图须有审图号，印在地图右下角")
    )
    is_labels = forms.BooleanField(label=_("仅为注记，叠在其他地图源之上"), required=False)
