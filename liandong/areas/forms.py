"""Forms of the map editor. They read fields; what may be drawn is decided by the operations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.areas.models import AreaLevel, OverlayLayer
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


class OverlayEndForm(forms.Form):
    """The last day of an overlay."""

    until_on = day_field(_("最后一天"))
