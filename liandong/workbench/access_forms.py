"""Forms by which rights are given for a time, stand-ins arranged, and both ended. They read fields, decide nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from liandong.cases.rulebook import Rulebook
from liandong.people.access import Actor, role_word, roles
from liandong.people.rules.granting import COVERABLE, LONGEST_REASON, OF_THE_DISTRICT, UNGRANTABLE
from liandong.people.rules.scope import PostHeld
from liandong.workbench.forms import Words, pick
from liandong.workbench.rows import unit_name

_MINUTES: Final = "%Y-%m-%dT%H:%M"
DAYS_OF_A_GRANT: Final = 30
HOURS_OF_A_SHIFT: Final = 8


def moment(label: Words) -> forms.DateTimeField:
    """A day and a time of day, in the platform's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[_MINUTES, "%Y-%m-%dT%H:%M:%S"])


def why() -> forms.CharField:
    """The reason, which stays on the record."""
    return forms.CharField(label=_("理由"), max_length=LONGEST_REASON, help_text=_("记入日志，长期保留。"))


class GrantForm(forms.Form):
    """A role over an area for a time."""

    role = forms.ChoiceField(label=_("角色"))
    area = pick(_("区域"), "areas", placeholder=_("留空为全区"))
    unit = pick(_("单位"), "units", placeholder=_("只办本单位案件的角色必填"))
    since_at = moment(_("自"))
    until_at = moment(_("至（最长一年）"))
    reason = why()

    def __init__(self, data: Any = None, *, actor: Actor, book: Rulebook, at: datetime) -> None:
        day = timezone.localtime(at)
        initial = {"since_at": day, "until_at": day + timedelta(days=DAYS_OF_A_GRANT)}
        super().__init__(data, auto_id="grant_%s", initial=initial)
        self.book, self.day = book, book.day_of(at)
        whole = any(ground.is_of_the_centre for ground in actor.scope("people.grant").grounds)
        shut = UNGRANTABLE if whole else UNGRANTABLE | OF_THE_DISTRICT
        self._offer((code, _now(role_word(code))) for code in roles() if code not in shut)

    def _offer(self, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def clean_area(self) -> str:
        """The code of an area of today's map; the whole district where none is named."""
        code: str = self.cleaned_data["area"] or self.book.map.district.code
        if code != self.book.map.district.code and code not in self.book.map.areas_on(self.day):
            raise forms.ValidationError(_now("没有这个区域。请从列表中选择。"))
        return code


class CoverForm(forms.Form):
    """A colleague who stands in for a post of this person's."""

    post = forms.ChoiceField(label=_("岗位"))
    stand_in = pick(_("由谁代班"), "people", placeholder=_("姓名或账号"), required=True)
    since_at = moment(_("自"))
    until_at = moment(_("至"))
    for_leave = forms.BooleanField(
        label=_("请假、出差期间代班"), required=False, help_text=_("勾选后最长 16 天，否则最长 24 小时。")
    )
    reason = why()

    def __init__(self, data: Any = None, *, posts: Iterable[PostHeld], book: Rulebook, at: datetime) -> None:
        now = timezone.localtime(at)
        initial = {"since_at": now, "until_at": now + timedelta(hours=HOURS_OF_A_SHIFT)}
        super().__init__(data, auto_id="cover_%s", initial=initial)
        field = self.fields["post"]
        assert isinstance(field, forms.ChoiceField)
        named = {
            f"{post.unit}|{post.role}": f"{unit_name(post.unit, book)}，{_now(role_word(post.role))}"
            for post in posts
            if post.by == "post" and post.role in COVERABLE
        }
        field.choices = list(named.items())

    @property
    def has_posts(self) -> bool:
        """Whether there is any post that somebody may stand in for."""
        field = self.fields["post"]
        return isinstance(field, forms.ChoiceField) and bool(field.choices)


class RevokeForm(forms.Form):
    """Why a right ends before its time."""

    reason = why()
