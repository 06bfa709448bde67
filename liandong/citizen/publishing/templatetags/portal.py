"""Tags of the portal: counts and shares as they may be told."""

from __future__ import annotations

from typing import Literal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()


@register.simple_tag
def told_count(count: int | Literal[""] | None) -> str | SafeString:
    """A count with its thousands apart, or the sign that it is not told."""
    if count is None or count == "":
        return format_html('<abbr title="{}">＊</abbr>', gettext("不显示，以免推算"))
    return f"{count:,}"


@register.simple_tag
def told_share(share: float | None) -> str:
    """A share in percent with one decimal, or a dash where it is of too few."""
    return f"{share:.1f}%" if isinstance(share, float) else "—"
