"""What people fill in about channels."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.intake_channels.operations.instructions import LONGEST_LEADER, LONGEST_TEXT
from liandong.intake_channels.rules.words import TABLE_WORDS
from liandong.intake_channels.tables import LONGEST_OURS, LONGEST_THEIRS


class MappingForm(forms.Form):
    """One row of a table."""

    table = forms.ChoiceField(
        label=_("对照表"), choices=[(table.value, _(word)) for table, word in TABLE_WORDS.items()]
    )
    theirs = forms.CharField(label=_("对方代码"), max_length=LONGEST_THEIRS)
    ours = forms.CharField(label=_("本区代码（留空则删除此行）"), max_length=LONGEST_OURS, required=False)


class SendAgainForm(forms.Form):
    """Why a message is sent again, and that it may be there twice."""

    reason = forms.CharField(label=_("重发理由"), max_length=200, required=False)
    may_double = forms.BooleanField(label=_("可能重复，仍要重发"), required=False)


class HandOverForm(forms.Form):
    """To whom a case is handed over, and why."""

    channel = forms.ChoiceField(label=_("移交给"))
    reason = forms.CharField(label=_("移交理由"), max_length=200, required=False, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: object, choices: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class FileForm(forms.Form):
    """A file of matters."""

    file = forms.FileField(label=_("文件（.xlsx 或 CSV）"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}))


class InstructionForm(forms.Form):
    """What a leader wrote, about which case or which new matter, and until when to reply."""

    token = forms.CharField(max_length=40, widget=forms.HiddenInput)
    leader = forms.CharField(label=_("批示人"), max_length=LONGEST_LEADER)
    text = forms.CharField(label=_("批示内容"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 4}))
    due_at = forms.DateTimeField(
        label=_("回复期限"),
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    number = forms.CharField(label=_("已有案件编号"), max_length=40, required=False, help_text=_("留空则登记为新案。"))
    description = forms.CharField(
        label=_("新案：事项"), max_length=10_000, required=False, widget=forms.Textarea({"rows": 3})
    )
    class_code = forms.CharField(label=_("新案：类别"), max_length=20, required=False)
    area = forms.CharField(label=_("新案：区域"), max_length=15, required=False)
    address = forms.CharField(label=_("新案：地址"), max_length=200, required=False)
    scan = forms.FileField(
        label=_("批示扫描件"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,.pdf"}),
    )
