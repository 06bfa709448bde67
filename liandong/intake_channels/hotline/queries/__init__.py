"""Named questions of the hotline desk."""

from liandong.intake_channels.hotline.queries.calls import (
    ExchangeHealth,
    call_at_hand,
    call_of,
    given_up_calls,
    health_of,
    masked_number_of,
    number_for_case,
    seat_of,
    seats_of,
)
from liandong.intake_channels.hotline.queries.figures import Figures, answering_figures
from liandong.intake_channels.hotline.queries.hand_overs import (
    hand_over_for,
    hand_overs_at_desk,
    hand_overs_of,
    is_overdue,
    latest_hand_overs,
    open_hand_overs,
)
from liandong.intake_channels.hotline.queries.keys import secrets_of
from liandong.intake_channels.hotline.queries.knowledge import (
    article_cited,
    article_for,
    articles_for,
    articles_in_force,
    articles_of,
    versions_of,
)

__all__ = [
    "ExchangeHealth",
    "Figures",
    "answering_figures",
    "article_cited",
    "article_for",
    "articles_for",
    "articles_in_force",
    "articles_of",
    "call_at_hand",
    "call_of",
    "given_up_calls",
    "hand_over_for",
    "hand_overs_at_desk",
    "hand_overs_of",
    "health_of",
    "is_overdue",
    "latest_hand_overs",
    "masked_number_of",
    "number_for_case",
    "open_hand_overs",
    "seat_of",
    "seats_of",
    "secrets_of",
    "versions_of",
]
