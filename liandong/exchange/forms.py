"""Forms of webhooks. What is allowed is decided by rules and operations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liandong.exchange.addresses import LONGEST_URL
from liandong.exchange.operations.webhooks import LONGEST_LABEL, LONGEST_PEER_KEY
from liandong.exchange.queries import events_to_push
from liandong.exchange.rules.words import KIND_WORDS


class WebhookForm(forms.Form):
    """Who is told, where, and of what."""

    def __init__(self, *args: Any, accounts: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if accounts is None:
            for name in ("account", "kind", "peer_key"):
                del self.fields[name]
        else:
            self.fields["account"] = forms.ChoiceField(label=_("接口账号"), choices=accounts)
            self.order_fields(["account", "label", "kind", "url", "peer_key", "events", "area", "unit"])

    account = forms.ChoiceField(label=_("接口账号"))
    label = forms.CharField(label=_("推送名称"), max_length=LONGEST_LABEL)
    kind = forms.ChoiceField(label=_("推送方式"), choices=[(kind.value, _(word)) for kind, word in KIND_WORDS.items()])
    url = forms.CharField(
        label=_("接收地址"), max_length=LONGEST_URL, widget=forms.TextInput(attrs={"placeholder": "https://"})
    )
    peer_key = forms.CharField(
        label=_("对方的 api_key"), max_length=LONGEST_PEER_KEY, required=False, help_text=_("仅 Open311 状态推送需要")
    )
    events = forms.MultipleChoiceField(
        label=_("事件"),
        required=False,
        choices=[(name, name) for name in events_to_push()],
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("不选表示全部事件；按住 Ctrl 可多选"),
    )
    area = forms.CharField(label=_("区域代码"), max_length=15, required=False, help_text=_("不填表示全区"))
    unit = forms.CharField(label=_("单位代码"), max_length=40, required=False, help_text=_("不填表示全部单位"))


class ReplayForm(forms.Form):
    """Since when everything is sent again."""

    since = forms.DateTimeField(
        label=_("从此刻起重投"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 60}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def clean_since(self) -> Any:
        """The instant, in the zone of this installation."""
        since = self.cleaned_data["since"]
        return since if since.tzinfo else timezone.make_aware(since, timezone.get_default_timezone())


class RateForm(forms.Form):
    """How many calls a key may make in a minute."""

    key = forms.IntegerField(widget=forms.HiddenInput)
    per_minute = forms.IntegerField(label=_("每分钟调用上限"), required=False, min_value=1)
