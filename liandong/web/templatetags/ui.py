"""Tags of the design system: icons, stages, clocks, form controls, refusals, the texts scripts need.

Only how things look and are called; what is legal, permitted or late is decided below and handed in.
Codes come from the law of the case (§2 stages and steps, §5 clocks); an unknown code is shown as it is.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select, SelectMultiple
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from liandong.web.names import Named, aside, name_of
from liandong.web.templatetags._refusals import refusal_for
from liandong.web.templatetags._spans import SOON, clock_state, clock_text
from liandong.web.templatetags._words import CLOCKS, FORCES, LEVELS, SCRIPT_TEXTS, STAGES, STEPS, Word

register = template.Library()
register.filter("aside", aside)

SPRITE = "vendor/bootstrap-icons@1.13.2/icons.svg"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw one icon of `liandong/web/icons.txt`; with `label` it speaks, without it is decoration."""
    address = f"{static(SPRITE)}#{name}"
    if label:
        drawing = '<svg class="ld-icon" role="img" aria-label="{}"><use href="{}"></use></svg>'
        return format_html(drawing, label, address)
    return format_html('<svg class="ld-icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.simple_tag
def sprite() -> str:
    """Return the address of the icon sprite, for scripts that draw icons."""
    return static(SPRITE)


@register.filter
def stage_word(code: str) -> Word:
    """Return what a stage is called, its icon and tone."""
    return STAGES.get(code, Word(code, "circle", "grey"))


@register.filter
def step_word(code: str) -> Word:
    """Return what a step is called, its icon and tone."""
    return STEPS.get(code, Word(code, "circle", "grey"))


@register.filter
def clock_word(code: str) -> str:
    """Return what a kind of clock is called."""
    return str(CLOCKS.get(code, code))


@register.filter
def force_word(code: str) -> Word:
    """Return what a kind of force is called, its icon and tone."""
    return FORCES.get(code, Word(code, "circle", "grey"))


@register.filter
def level_word(level: str) -> Word:
    """Return label, icon and tone of a message level (success, info, warning, error)."""
    return LEVELS.get(level, LEVELS["info"])


@register.inclusion_tag("ui/clock.html")
def clock(
    due: datetime | None,
    now: datetime | None,
    *,
    kind: str = "",
    stopped_at: datetime | None = None,
    soon: timedelta = SOON,
) -> dict[str, Any]:
    """Show the time left until `due` as of `now`; with `stopped_at`, whether it was kept.

    The text is complete without script; `<ld-clock>` goes on counting from `now` in the browser.
    """
    if due is None or now is None:
        return {"state": ""}
    state = clock_state(due, now=now, stopped_at=stopped_at, soon=soon)
    text = clock_text(due, now=now, stopped_at=stopped_at)
    kind_word = clock_word(kind) if kind else ""
    return {
        "due": due,
        "now": now,
        "state": state,
        "text": text,
        "kind": kind_word,
        "soon": int(soon.total_seconds()),
        "ticking": stopped_at is None,
    }


@register.filter
def control(field: BoundField, key: str = "") -> SafeString:
    """Draw a form field's widget with the class its kind wants, reached by `key`; choices by radio draw themselves."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect):
        return field.as_widget()
    style = "form-control"
    if isinstance(widget, CheckboxInput):
        style = "form-check-input"
    elif isinstance(widget, Select | SelectMultiple):
        style = "form-select"
    own = widget.attrs.get("class", "")
    reached = {"data-key": key, "data-key-label": str(field.label)} if key else {}
    return field.as_widget(attrs={"class": f"{style} {own}".strip(), **reached})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the field is one box to tick, whose label follows it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choices(field: BoundField) -> bool:
    """Whether the field is a few choices in a row."""
    return isinstance(field.field.widget, RadioSelect)


@register.inclusion_tag("ui/refusal_card.html", takes_context=True)
def refusal(context: template.Context, status: int | str) -> dict[str, Any]:
    """Say what was refused, why, and what to do: in the words of the context's `refusal`, else the usual ones."""
    usual = refusal_for(int(status or 500))
    told = context.get("refusal")
    return {
        "status": status,
        "what": usual.what,
        "why": getattr(told, "says", "") or usual.why,
        "to_do": getattr(told, "remedy", "") or usual.to_do,
        "icon": usual.icon,
        "tone": usual.tone,
        "reference": context.get("reference", ""),
    }


@register.simple_tag
def script_texts() -> SafeString:
    """Hand the scripts their words in the reader's language, as data that no policy forbids."""
    return json_script({key: str(words) for key, words in SCRIPT_TEXTS.items()}, "ld-texts")


@register.simple_tag(takes_context=True)
def request_headers(context: template.Context) -> str:
    """Return the headers every htmx request carries, for `hx-headers:inherited` on the body."""
    return json.dumps({"X-CSRFToken": str(context.get("csrf_token", ""))})


@register.simple_tag
def keys(combination: str) -> SafeString:
    """Draw a key or combination: `{% keys "ctrl+enter" %}`."""
    names = {"ctrl": "Ctrl", "alt": "Alt", "shift": "Shift", "enter": "Enter", "escape": "Esc", "plus": "+"}
    parts = [names.get(part, part.upper()) for part in combination.split("+")]
    return format_html("<kbd>{}</kbd>", "+".join(parts))


@register.simple_tag
def choose(condition: object, yes: str, no: str = "") -> str:
    """Return `yes` when the condition holds, else `no`: for attributes that would need four lines of if."""
    return yes if condition else no


@register.filter
def percent(part: float | None) -> str:
    """Write a share between 0 and 1 with one decimal."""
    return gettext("—") if part is None else f"{part:.1%}"


@register.filter
def named(thing: Named | None) -> str:
    """Name a unit, area or class in the reader's language; nothing for nothing."""
    return name_of(thing) if thing else ""
