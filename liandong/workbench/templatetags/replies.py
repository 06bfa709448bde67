"""Which field of a step can be filled with a reply."""

from __future__ import annotations

from django import template

from liandong.cases.rules.replies import REPLY_FIELDS

register = template.Library()


@register.filter
def reply_field(step: str) -> str:
    """The field in which a step says something to a reporter; nothing where it says nothing."""
    return REPLY_FIELDS.get(step, "")
