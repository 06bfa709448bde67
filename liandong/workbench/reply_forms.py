"""The form of a reply template: for which classes and step, its title and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from liandong.cases.rules.replies import LONGEST_TEXT, LONGEST_TITLE, REPLY_FIELDS
from liandong.cases.rules.workflow import STEPS


class ReplyForm(forms.Form):
    """A template as it is written or changed."""

    step = forms.ChoiceField(label=pgettext_lazy("reply", "环节"))
    class_prefix = forms.CharField(
        label=_("类别代码或其开头"),
        required=False,
        max_length=10,
        help_text=_("例如 M06010 或 M06；留空适用于所有类别。"),
    )
    title = forms.CharField(label=_("模板名称"), max_length=LONGEST_TITLE)
    text = forms.CharField(
        label=_("模板内容"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("报告人会看到或听到这段文字；不写姓名、电话和内部情况。"),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        field = self.fields["step"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(step, gettext(STEPS[step].word)) for step in REPLY_FIELDS]
