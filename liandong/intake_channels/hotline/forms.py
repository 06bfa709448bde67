"""Forms of the hotline desk: an article, a receipt, a three-way note."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liandong.intake_channels.hotline.rules.handing_over import LONGEST_TOLD, OUTCOME_WORDS, STAYS_WORDS
from liandong.intake_channels.hotline.rules.knowledge import LONGEST_ARTICLE, LONGEST_TITLE


def _day(label: Any, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=False, help_text=hint, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ArticleForm(forms.Form):
    """An article as it is written or changed."""

    title = forms.CharField(label=_("标题"), max_length=LONGEST_TITLE)
    class_prefix = forms.CharField(
        label=_("类别代码或其开头"),
        required=False,
        max_length=10,
        help_text=_("例如 M06010 或 M06；留空适用于所有类别。"),
    )
    valid_from = _day(_("生效日期"))
    valid_until = _day(_("失效日期"), _("留空为长期有效；到期后不再提供，版本仍在。"))
    text = forms.CharField(
        label=_("正文"),
        max_length=LONGEST_ARTICLE,
        widget=forms.Textarea({"rows": 16}),
        help_text=_("Markdown。以 > 开头的段落是可以直接插入答复的片段；没有时取第一段。"),
    )


class HandOverForm(forms.Form):
    """What the desk's form knows when a matter is handed over; all of it may be empty."""

    to_name = forms.CharField(required=False, max_length=60)
    description = forms.CharField(required=False)
    address = forms.CharField(required=False)
    place_text = forms.CharField(required=False)
    call = forms.IntegerField(required=False, min_value=1)

    def details(self) -> dict[str, Any]:
        """The arguments of the operation: what was typed so far is what is told."""
        given = self.cleaned_data
        place = " ".join(filter(None, (given["place_text"].strip(), given["address"].strip())))
        return {
            "to_name": given["to_name"],
            "place": place,
            "told": given["description"][:LONGEST_TOLD],
            "call": given["call"],
        }


class NoteForm(forms.Form):
    """三方转接: who stays on the line, and what was told."""

    stays = forms.ChoiceField(label=_("转接方式"), required=False)
    told = forms.CharField(
        label=_("已告知对方"), required=False, max_length=LONGEST_TOLD, widget=forms.Textarea({"rows": 2})
    )
    case = forms.CharField(label=_("关联案件"), required=False, max_length=32)

    def __init__(self, data: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        field = self.fields["stays"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, gettext(word)) for code, word in STAYS_WORDS.items()]


class ReceiptForm(forms.Form):
    """回执: whether they have it, under which number, from whom."""

    outcome = forms.ChoiceField(label=_("回执"))
    receipt = forms.CharField(label=_("对方受理编号"), required=False, max_length=40)
    receipt_from = forms.CharField(label=_("对方接收人"), required=False, max_length=60)

    def __init__(self, data: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, gettext(word)) for code, word in OUTCOME_WORDS.items() if code]


class PeriodForm(forms.Form):
    """The days whose figures are asked for."""

    since = _day(_("从"))
    until = _day(_("到"))

    def days(self, today: date, *, most: int) -> tuple[date, date]:
        """First and last day, in order, no more than `most` of them; the last week without a choice."""
        given = self.cleaned_data if self.is_valid() else {}
        until = min(given.get("until") or today, today)
        since = min(given.get("since") or date.fromordinal(until.toordinal() - 6), until)
        return max(since, date.fromordinal(until.toordinal() - most + 1)), until
