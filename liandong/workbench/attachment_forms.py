"""What is asked when a file is added to a case, and when a doubt is dismissed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

ACCEPT = "image/jpeg,image/png,audio/*,video/*,.pdf,.docx,.xlsx,.pptx"


class AttachmentForm(forms.Form):
    file = forms.FileField(label=_("文件"), widget=forms.FileInput(attrs={"accept": ACCEPT, "id": "id_photo"}))
    purpose = forms.ChoiceField(
        label=_("用途"),
        choices=[("before", _("处置前")), ("after", _("处置后")), ("evidence", _("佐证")), ("report", _("上报"))],
    )


class DismissForm(forms.Form):
    why = forms.CharField(label=_("解除理由"), max_length=500)
