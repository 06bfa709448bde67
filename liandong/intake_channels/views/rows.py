"""Lines of the channels' pages, in the reader's language. No content is shown: it is sealed."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from liandong.intake_channels.models import Arrival, Departure
from liandong.intake_channels.refusals import refusal_words
from liandong.intake_channels.rules.words import FATE_WORDS, KIND_WORDS, TELL_WORDS, Fate, Kind, Tell
from liandong.notify.rules.words import STATE_WORDS, WHY_WORDS, State, Why

TONES: Final = {Fate.TAKEN: "green", Fate.DUPLICATE: "grey", Fate.REFUSED: "red", Fate.WAITING: "amber"}
STATE_TONES: Final = {State.FAILED: "red", State.UNKNOWN: "amber", State.SENT: "green"}


def arrival_row(arrival: Arrival) -> dict[str, Any]:
    """A message that came."""
    fate = Fate(arrival.fate)
    says, remedy = refusal_words(arrival.why, arrival.values)
    return {
        "arrival": arrival,
        "kind": _(KIND_WORDS[Kind(arrival.kind)]) if arrival.kind else _("整份报文"),
        "fate": _(FATE_WORDS[fate]),
        "tone": TONES[fate],
        "why": says,
        "remedy": remedy,
        "may_replay": fate is Fate.REFUSED and arrival.sealed is not None,
    }


def departure_row(departure: Departure) -> dict[str, Any]:
    """A message that goes out."""
    state = State(departure.state)
    return {
        "departure": departure,
        "tell": _(TELL_WORDS[Tell(departure.tell)]),
        "state": _(STATE_WORDS[state]) if state is not State.SENT else _("对方已收"),
        "tone": STATE_TONES.get(state, "blue"),
        "why": _(WHY_WORDS[Why(departure.why)]) if departure.why else "",
        "is_unknown": state is State.UNKNOWN,
    }
