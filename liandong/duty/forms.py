"""Forms of the duty pages. They read what was typed; what is right is decided below."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liandong.duty.feeds import shift_word
from liandong.duty.models import BriefingKind, Duty
from liandong.duty.operations import PlanFacts
from liandong.duty.operations.rosters import LONGEST_TURN
from liandong.duty.rules.rotation import EVERY_DAY, Shift, TurnBy
from liandong.duty.rules.wording import LONGEST_NAME, MOST_SHIFTS, SHIFT_WORDS

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"


def day_field(label: Any) -> forms.DateField:
    """A field for a day that a roster may name."""
    return forms.DateField(
        label=label, widget=DATE, validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    )


def moment(label: Any) -> forms.DateTimeField:
    """A field for a local date and time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMAT)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[MOMENT_FORMAT])


class PlanForm(forms.Form):
    """Name, duty, turn and days of a roster; its shifts and its line of people are rows beside it."""

    name = forms.CharField(label=_("名称"), max_length=40)
    duty = forms.ChoiceField(label=_("值班事项"), choices=Duty.choices)
    since_on = day_field(_("自何日起"))
    anchor = day_field(_("轮换起点（当日由第一位开始）"))
    by = forms.ChoiceField(label=_("轮换方式"), choices=[("day", _("按天轮换")), ("watch", _("按班轮换"))])
    every = forms.IntegerField(label=_("每轮天数或班数"), min_value=1, max_value=LONGEST_TURN, initial=1)
    needs_confirmation = forms.BooleanField(label=_("换班须编排人确认"), required=False)

    def facts(self, data: QueryDict) -> PlanFacts:
        """What the planner says, rows included.

        :raises ShiftsUnclear: a shift row cannot be read
        """
        given = self.cleaned_data
        return PlanFacts(
            tuple(shifts_in(data)),
            turns_in(data),
            given["anchor"],
            given["since_on"],
            given["every"],
            TurnBy(given["by"]),
        )


def shifts_in(data: QueryDict) -> list[Shift]:
    """The shift rows that bear a name, in their order; the usual names are kept as codes, so that they translate.

    :raises ValidationError: a row has a name but no hours
    """
    codes = {shift_word(code): code for code in SHIFT_WORDS}
    found = []
    for row in range(MOST_SHIFTS):
        name = data.get(f"shift{row}_name", "").strip()
        if not name:
            continue
        starts, ends = _time(data.get(f"shift{row}_starts", "")), _time(data.get(f"shift{row}_ends", ""))
        if starts is None or ends is None:
            raise ValidationError(_("班次“%(name)s”缺少起止时间。"), params={"name": name})
        days = {int(day) for day in data.getlist(f"shift{row}_days") if day in tuple("0123456")}
        found.append(Shift(codes.get(name, name[:LONGEST_NAME]), starts, ends, frozenset(days) or EVERY_DAY))
    return sorted(found, key=lambda shift: shift.starts)


def turns_in(data: QueryDict) -> tuple[int, ...]:
    """The people with a place in line, by that place: fields `turn<id>` hold it, empty for those who have none."""
    placed = []
    for name, value in data.items():
        person = name.removeprefix("turn")
        if name.startswith("turn") and is_id(person) and isinstance(value, str):
            placed += [(float(place), int(person)) for place in value.replace("，", ",").split(",") if _number(place)]
    return tuple(person for _place, person in sorted(placed))


class SwapForm(forms.Form):
    """Which colleague is asked, what is given back, and a word with it. Choices are handed in."""

    other = forms.ChoiceField(label=_("请谁接这一班"))
    back = forms.ChoiceField(label=_("换对方的哪一班"), required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class CoverForm(forms.Form):
    """Who takes one watch, and why. Choices are handed in."""

    person = forms.ChoiceField(label=_("由谁顶班"))
    reason = forms.CharField(label=_("原因"), max_length=200, required=False)


class AbsenceForm(forms.Form):
    """From when until when."""

    since_at = moment(_("从"))
    until_at = moment(_("到"))

    def __init__(self, data: Any = None, *, zone: ZoneInfo, **more: Any) -> None:
        self.zone = zone
        super().__init__(data, **more)

    def clean(self) -> dict[str, Any]:
        """Read the times as the district's clocks show them."""
        given = super().clean() or {}
        for name in ("since_at", "until_at"):
            if isinstance(given.get(name), datetime):
                given[name] = given[name].replace(tzinfo=self.zone)
        return given


class AwayForm(AbsenceForm):
    """Who of a roster's people is away, for its planner. Choices are handed in."""

    person = forms.ChoiceField(label=_("请假人员"))
    field_order = ("person", "since_at", "until_at")


class EndForm(forms.Form):
    """The last day of a roster."""

    until_on = day_field(_("最后一天"))


class BriefingForm(forms.Form):
    """One briefing or review."""

    unit = forms.ChoiceField(label=_("单位"))
    kind = forms.ChoiceField(label=_("类型"), choices=BriefingKind.choices, widget=forms.RadioSelect)
    day = day_field(_("日期"))
    shift = forms.CharField(label=_("班次"), max_length=12, required=False)
    points = forms.CharField(label=_("要点"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


class HandoverForm(forms.Form):
    """Unit, duty and the general note of a handover; notes per item are rows beside it."""

    unit = forms.ChoiceField(label=_("单位"))
    duty = forms.ChoiceField(label=_("值班事项"), choices=Duty.choices)
    note = forms.CharField(
        label=_("总体情况"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class PageForm(forms.Form):
    """One version of a handbook page."""

    slug = forms.CharField(label=_("网址名"), max_length=60, help_text=_("小写字母、数字与连字符，例如 shift-rules"))
    title = forms.CharField(label=_("标题"), max_length=80)
    title_en = forms.CharField(label=_("英文标题"), max_length=120, required=False)
    audience = forms.MultipleChoiceField(label=_("必读岗位"), required=False, widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(label=_("正文（Markdown）"), widget=forms.Textarea(attrs={"rows": 18}), max_length=100_000)


class TrainingForm(forms.Form):
    """A training that was held; who took part are rows beside it."""

    title = forms.CharField(label=_("培训名称"), max_length=80)
    held_on = day_field(_("日期"))
    hours = forms.DecimalField(label=_("学时"), min_value=0, max_digits=4, decimal_places=1)


class CorrectionForm(TrainingForm):
    """A training as it should have been put on record, and why it was not."""

    reason = forms.CharField(
        label=_("更正原因"),
        max_length=200,
        help_text=_("原来的记录保留在旁，标明已更正。谁都没有参加，表示这次培训登记错了。"),
    )


def attended_in(data: QueryDict) -> dict[int, bool | None]:
    """Who took part and whether they passed: fields `person<id>` hold `took`, `passed` or `failed`."""
    words = {"took": None, "passed": True, "failed": False}
    found = {}
    for name, value in data.items():
        person = name.removeprefix("person")
        if name.startswith("person") and is_id(person) and isinstance(value, str) and value in words:
            found[int(person)] = words[value]
    return found


def day_in(text: str) -> date | None:
    """A day as addresses write it, within the years that rosters are kept for."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None


def slot_in(text: str) -> tuple[date, str] | None:
    """An occurrence as forms write it: `2026-03-02~day`."""
    day, _tilde, shift = text.partition("~")
    found = day_in(day)
    return (found, shift) if found and shift else None


def _time(text: str) -> time | None:
    try:
        # Hours are those of the district's clocks: an offset that comes with them says nothing.
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def is_id(text: str) -> bool:
    """Whether a text is a number that a row may have."""
    return text.isascii() and text.isdecimal() and len(text) < 12


def _number(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False
