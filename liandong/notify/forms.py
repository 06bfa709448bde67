"""Forms of messages. What is allowed is decided by rules and operations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.notify.rules.wording import LONGEST_BODY, LONGEST_SUBJECT


class TemplateForm(forms.Form):
    """A wording, and the case it is tried on."""

    subject = forms.CharField(label=_("标题"), max_length=LONGEST_SUBJECT, required=False)
    body = forms.CharField(
        label=_("正文"), max_length=LONGEST_BODY, widget=forms.Textarea(attrs={"rows": 5}), strip=True
    )  # fmt: skip
    number = forms.CharField(label=_("用哪个案件预览"), max_length=40, required=False)


class ContactForm(forms.Form):
    """Where I am reached; both may be empty."""

    phone = forms.CharField(
        label=_("手机号码"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=_("电子邮件"),
        max_length=120,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class QuietForm(forms.Form):
    """When I am not to be disturbed: the hours of unit and district, my own, or never."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].widget.attrs["step"] = 60

    quiet = forms.ChoiceField(
        label=_("免打扰时段"),
        choices=[("district", _("按单位与区的规定")), ("own", _("自定时段")), ("never", _("不设免打扰"))],
        widget=forms.RadioSelect,
    )
    since = forms.TimeField(label=_("从"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    until = forms.TimeField(label=_("到"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def clean(self) -> dict[str, Any]:
        """Own hours need both times, and two different ones."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if given.get("quiet") == "own" and (since is None or until is None or since == until):
            self.add_error("until", _("请填写起止两个不同的时间。"))
        return given


class RetryForm(forms.Form):
    """Why a message is sent again, and that it may arrive twice."""

    reason = forms.CharField(label=_("理由"), max_length=200)
    may_double = forms.BooleanField(label=_("可能重复，仍要重发"), required=False)
