"""The one form of a look at a place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.workbench.forms import StepForm, words, yes_no


class LookForm(StepForm):
    """Whether it is really solved, and what was seen."""

    ok = yes_no(_("问题是否真正解决"))
    note = words(_("现场情况"), required=False, rows=3, hint=_("不合格时必填，承办单位据此返工。"))

    def clean(self) -> dict[str, Any]:
        """What failed says why."""
        found = super().clean() or {}
        if found.get("ok") == "no" and not found.get("note", "").strip():
            self.add_error("note", _("不合格时请写明哪里没有解决。"))
        return found

    def is_ok(self) -> bool:
        """What was found."""
        return bool(self.cleaned_data["ok"] == "yes")


class SendBackLookForm(LookForm):
    """A check of a handled case: a failed one goes back at once, unless one says otherwise."""

    send_back = forms.BooleanField(label=_("不合格时立即返工"), required=False, initial=True)
