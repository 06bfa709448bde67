"""Forms of joining: another reporter of a case, what they said when called back, and the return of a closed case."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.cases.rules.words import IDENTITY_WORDS
from liandong.cases.sealing import Contact

LONGEST_NOTE: Final = 2_000
_CHANNELS: Final = ("hotline", "desk")


class JoinForm(forms.Form):
    """Whoever else told of it. The names are those of the intake form, whose fields it is sent with."""

    name = forms.CharField(label=_("报告人"), required=False, max_length=40)
    phone = forms.CharField(label=_("电话"), required=False, max_length=30)
    identity = forms.ChoiceField(
        label=_("身份"),
        required=False,
        choices=[("", ""), *((code.value, word) for code, word in IDENTITY_WORDS.items())],
    )
    description = forms.CharField(label=_("反映内容"), required=False, max_length=LONGEST_NOTE)
    channel = forms.CharField(required=False, max_length=24)

    def details(self, callers_number: str = "") -> dict[str, Any]:
        """The arguments of the operation. An anonymous reporter leaves nothing behind.

        `callers_number` is the phone where none was typed.
        """
        given = self.cleaned_data
        contact = Contact(name=given["name"].strip(), phone=given["phone"].strip() or callers_number)
        return {
            "contact": Contact() if given["identity"] == "anonymous" else contact,
            "identity": given["identity"],
            "note": given["description"],
            "channel": given["channel"] if given["channel"] in _CHANNELS else "hotline",
        }


class JoinedCallForm(forms.Form):
    """What a joined reporter said: one choice for reached and solved, a grade and their words."""

    outcome = forms.ChoiceField(
        choices=[("solved", _("已接通，已解决")), ("not_solved", _("已接通，未解决")), ("not_reached", _("未接通"))]
    )
    satisfaction = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), *((str(grade), grade) for grade in range(1, 6))],
    )
    words = forms.CharField(required=False, max_length=LONGEST_NOTE)

    def details(self) -> dict[str, Any]:
        """The arguments of the operation."""
        given = self.cleaned_data
        reached = given["outcome"] != "not_reached"
        return {
            "reached": reached,
            "solved": given["outcome"] == "solved" if reached else None,
            "satisfaction": given["satisfaction"] if reached else None,
            "words": given["words"],
        }
