"""Forms of the operator's desk: a new report, and what is done with one that came by another channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from liandong.cases.changes import Report
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.words import IDENTITY_WORDS, NATURE_WORDS, URGENCY_WORDS
from liandong.cases.sealing import Contact
from liandong.workbench.choices import LONGEST_ANSWER, conditions_of
from liandong.workbench.forms import pick
from liandong.workbench.rows import class_name

_BY_PHONE: Final = [("hotline", _("热线")), ("desk", _("中心登记"))]


class IntakeForm(forms.Form):
    """A report as an operator hears it, in the order in which callers tell it."""

    class_code = pick(_("类别"), "classes", placeholder=_("名称、代码或关键字"), required=True)
    condition = forms.ChoiceField(label=_("立案条件"), required=False)
    place = pick(_("地点"), "places", placeholder=_("道路、地标、居村或网格"))
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    area = forms.CharField(required=False, max_length=15, widget=forms.HiddenInput)
    address = forms.CharField(label=_("详细地址"), required=False, max_length=200)
    description = forms.CharField(
        label=_("问题描述"), max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 6})
    )
    name = forms.CharField(label=_("报告人"), required=False, max_length=40)
    phone = forms.CharField(
        label=_("电话"), required=False, max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    identity = forms.ChoiceField(label=_("身份"), required=False)
    nature = forms.ChoiceField(label=_("性质"), required=False)
    urgency = forms.ChoiceField(label=_("紧急程度"), required=False)
    channel = forms.ChoiceField(label=_("来源"), choices=_BY_PHONE, required=False)
    answer = forms.CharField(
        label=_("答复内容"), required=False, max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 2})
    )
    article = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    article_title = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, book: Rulebook, act: str = "") -> None:
        super().__init__(data)
        self.book, self.act = book, act
        chosen = str((data or {}).get("class_code") or "")
        self._offer("condition", conditions_of(chosen, book) if chosen in book.classes else [])
        self._offer("identity", [("", translated("自动")), *_words(IDENTITY_WORDS)])
        self._offer("nature", [("", translated("随类别")), *_words(NATURE_WORDS)])
        self._offer("urgency", [("", translated("随类别")), *_words(URGENCY_WORDS)])

    def clean(self) -> dict[str, Any]:
        """An answer needs words; a class must be one of the catalogue's."""
        found = super().clean() or {}
        if self.act == "answer" and not str(found.get("answer") or "").strip():
            self.add_error("answer", translated("即时答复必须填写答复内容。"))
        kind = self.book.classes.get(str(found.get("class_code") or ""))
        if found.get("class_code") and (kind is None or not kind.is_leaf):
            self.add_error("class_code", translated("请从列表中选择一个小类。"))
        return found

    def report(self, callers_number: str = "") -> Report:
        """What the operation takes. Without a choice, a caller who left a name or phone is named.

        `callers_number` is the phone where none was typed.
        """
        given = self.cleaned_data
        contact = Contact(name=given["name"].strip(), phone=given["phone"].strip() or callers_number)
        identity = given["identity"] or ("anonymous" if contact.is_empty else "named")
        return Report(
            class_code=given["class_code"],
            description=given["description"],
            channel=given["channel"] or "hotline",
            nature=given["nature"],
            urgency=given["urgency"],
            lon=given["lon"],
            lat=given["lat"],
            area=given["area"],
            address=given["address"],
            identity=identity,
            contact=Contact() if identity == "anonymous" else contact,
        )

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class StaffReportForm(forms.Form):
    """What somebody of the staff saw, and where."""

    class_code = pick(_("类别"), "classes", placeholder=_("名称、代码或关键字"), required=True)
    place = pick(_("地点"), "places", placeholder=_("道路、地标、居村或网格"), required=True)
    address = forms.CharField(label=_("详细地址"), required=False, max_length=200)
    description = forms.CharField(
        label=_("问题描述"), max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 4})
    )

    def report(self) -> Report:
        """What the operation takes. A place is a point, `lon,lat`, or the code of an area."""
        given = self.cleaned_data
        lon, lat = _point_in(given["place"])
        return Report(
            class_code=given["class_code"],
            description=given["description"],
            channel="staff",
            lon=lon,
            lat=lat,
            area="" if lon is not None else given["place"],
            address=given["address"] or (str(self.data.get("place_text", ""))[:200] if lon is not None else ""),
        )


class ReportForm(forms.Form):
    """A report from another channel: perhaps a better class, a condition, and words to the reporter."""

    class_code = pick(_("类别"), "classes", placeholder=_("名称、代码或关键字"))
    condition = forms.ChoiceField(label=_("立案条件"), required=False)
    words = forms.CharField(
        label=_("理由或答复"),
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不予受理、不予立案、即时答复时必填；报告人会看到。"),
    )
    article = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    article_title = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, book: Rulebook, class_code: str) -> None:
        super().__init__(data, auto_id="report_%s", initial={"class_code": class_code})
        chosen = str((data or {}).get("class_code") or class_code)
        field = self.fields["condition"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = conditions_of(chosen, book)
        widget: Any = self.fields["class_code"].widget
        widget.text = class_name(class_code, book)


def _point_in(place: str) -> tuple[float | None, float | None]:
    lon, comma, lat = place.partition(",")
    try:
        return (float(lon), float(lat)) if comma else (None, None)
    except ValueError:
        return None, None


def _words(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(str(code), translated(word)) for code, word in words.items()]
