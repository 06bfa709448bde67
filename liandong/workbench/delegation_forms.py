"""The form by which a department lets a town order its local force: units, matters, area, basis, time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liandong.cases.rulebook import Rulebook
from liandong.people.access import Actor
from liandong.people.operations import LONGEST_BASIS
from liandong.people.rules.scope import Thing
from liandong.web.names import name_of
from liandong.workbench.forms import pick

ALL_CLASSES = "*"
_HALF_A_YEAR = timedelta(days=182)


class DelegationForm(forms.Form):
    """What `delegate_command` asks. Only departments the reader may delegate for are offered."""

    department = forms.ChoiceField(label=_("委托单位（委办局）"))
    town = forms.ChoiceField(label=_("受托街镇"))
    groups = forms.MultipleChoiceField(label=_("委托事项（大类）"), required=False, widget=forms.CheckboxSelectMultiple)
    codes = forms.CharField(
        label=_("其他小类代码"), required=False, max_length=200, help_text=_("多个代码用空格分隔，例如 M09005 A0808。")
    )
    area = pick(_("区域"), "areas", placeholder=_("留空即为整个街镇"))
    basis = forms.CharField(
        label=_("依据"),
        max_length=LONGEST_BASIS,
        help_text=_("委托文件的名称和文号。"),
        widget=forms.Textarea({"rows": 2}),
    )
    since_on = forms.DateField(label=_("自"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    until_on = forms.DateField(label=_("至（含当日）"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: Mapping[str, Any] | None, *, book: Rulebook, actor: Actor, day: date) -> None:
        initial = {"since_on": day, "until_on": day + _HALF_A_YEAR}
        super().__init__(data, initial=initial, auto_id="delegate_%s")
        self._book = book
        majors = [kind for kind in book.classes.values() if not kind.parent and not kind.is_leaf]
        departments = _units(book, "department", day)
        self._offer("department", [(code, name) for code, name in departments if _may(actor, book, code)])
        self._offer("town", _units(book, "town", day))
        everything = (ALL_CLASSES, gettext("全部事项"))
        self._offer("groups", [everything, *((kind.code, f"{kind.code} {name_of(kind)}") for kind in majors)])

    def clean_codes(self) -> str:
        """Return the codes given, all of which the catalogue knows."""
        given = str(self.cleaned_data["codes"]).upper().split()
        unknown = [code for code in given if code not in self._book.classes]
        if unknown:
            raise forms.ValidationError(gettext("目录中没有：%(codes)s") % {"codes": " ".join(unknown)})
        return " ".join(given)

    def details(self) -> dict[str, Any]:
        """The arguments of the operation."""
        found = dict(self.cleaned_data)
        classes = [*found.pop("groups"), *found.pop("codes").split()]
        return {**found, "classes": classes}

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def may_delegate_somewhere(actor: Actor, book: Rulebook, day: date) -> bool:
    """Whether there is a department for which this person may delegate."""
    return any(_may(actor, book, code) for code, _name in _units(book, "department", day))


def _units(book: Rulebook, kind: str, day: date) -> list[tuple[str, str]]:
    units = (unit for unit in book.units.values() if unit.kind == kind and unit.holds_on(day))
    return [(unit.code, name_of(unit)) for unit in sorted(units, key=lambda unit: unit.code)]


def _may(actor: Actor, book: Rulebook, code: str) -> bool:
    return actor.may("people.delegate", Thing(area=book.units[code].area, units=frozenset({code})))
