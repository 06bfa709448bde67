"""The forms of the publishing desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liandong.citizen.publishing.operations.articles import LONGEST_TEXT, LONGEST_TITLE, LONGEST_TITLE_EN
from liandong.citizen.publishing.operations.moderating import LONGEST_NOTE
from liandong.citizen.publishing.operations.questions import LONGEST_ANSWER, LONGEST_QUESTION
from liandong.citizen.publishing.rules.words import KIND_WORDS, LEVEL_WORDS, REASON_WORDS

Choices = Iterable[tuple[str, str]]


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class ReasonForm(forms.Form):
    """Why something is taken out of public sight."""

    reason = forms.ChoiceField(label=_("不公开的理由"))
    note = forms.CharField(label=_("说明（选“其他”时必填）"), max_length=LONGEST_NOTE, required=False)

    def __init__(self, data: Any = None, *, prefix: str = "") -> None:
        super().__init__(data, auto_id=f"id_{prefix}%s")
        _choose(self, "reason", [("", "—"), *((code.value, gettext(word)) for code, word in REASON_WORDS.items())])


class WhyForm(forms.Form):
    """Why a hidden case may be seen again."""

    why = forms.CharField(label=_("恢复公开的理由"), max_length=LONGEST_NOTE)


class PublishForm(forms.Form):
    """A question made public: its words, and who answers."""

    text = forms.CharField(
        label=_("公开的文字"),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("可删去个人信息与不当言辞；原文保留，只有审核人看得到。"),
    )
    unit = forms.ChoiceField(label=_("由谁答复"), required=False)

    def __init__(self, data: Any = None, *, units: Choices, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)
        _choose(self, "unit", [("", "—"), *units])


class UnitForm(forms.Form):
    """Who answers."""

    unit = forms.ChoiceField(label=_("由谁答复"))

    def __init__(self, data: Any = None, *, units: Choices, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)
        _choose(self, "unit", [("", "—"), *units])


class AnswerForm(forms.Form):
    """An answer of a unit."""

    answer = forms.CharField(
        label=_("答复"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("以单位名义立即公开，并注明时间；再次答复会替换显示，旧答复保留。"),
    )


class ArticleForm(forms.Form):
    """The words of an article, and for a new one its kind and area."""

    kind = forms.ChoiceField(label=_("类型"), required=False)
    level = forms.ChoiceField(label=_("预警级别（仅预警）"), required=False)
    area = forms.ChoiceField(label=_("范围"), required=False)
    title = forms.CharField(label=_("标题"), max_length=LONGEST_TITLE)
    text = forms.CharField(
        label=_("正文"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 10}),
        help_text=_("纯文字，空行分段；不能使用 HTML 与图片。"),
    )
    title_en = forms.CharField(label=_("英文标题"), max_length=LONGEST_TITLE_EN, required=False)
    text_en = forms.CharField(
        label=_("英文正文"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 6}), required=False
    )

    def __init__(self, data: Any = None, *, areas: Choices = (), initial: dict[str, str] | None = None) -> None:
        super().__init__(data, initial=initial)
        _choose(self, "kind", [(code.value, gettext(word)) for code, word in KIND_WORDS.items()])
        _choose(self, "level", [("", "—"), *((code.value, gettext(word)) for code, word in LEVEL_WORDS.items())])
        _choose(self, "area", areas)


class ValidityForm(forms.Form):
    """From when until when an article is read."""

    valid_from = forms.DateTimeField(
        label=_("起于（留空为立即）"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    valid_until = forms.DateTimeField(
        label=_("止于（留空为长期）"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class WithdrawForm(forms.Form):
    """Why an article is not shown any more."""

    reason = forms.CharField(label=_("撤回理由"), max_length=200)
