"""Named questions about what is published."""

from __future__ import annotations

from liandong.citizen.publishing.queries.articles import (
    article_for,
    articles_in_force,
    permitted_articles,
    public_article,
    warnings_in_force,
)
from liandong.citizen.publishing.queries.figures import (
    Counts,
    Line,
    Table,
    counted_at,
    figure_rows,
    figures_of,
    whole_of,
)
from liandong.citizen.publishing.queries.maps import Bundle, Picture, bundles
from liandong.citizen.publishing.queries.moderating import (
    decisions_of,
    hiding_of,
    hidings_of,
    photo_decisions,
    photos_waiting,
    withheld_cases,
)
from liandong.citizen.publishing.queries.narrowing import STATES, Wanted, group_of, groups_of, leaves_of, wanted_cases
from liandong.citizen.publishing.queries.open_data import (
    DICTIONARY,
    Part,
    Place,
    parts_of,
    place_after,
    state_of_cases,
)
from liandong.citizen.publishing.queries.questions import (
    permitted_questions,
    public_question,
    public_questions,
    question_behind,
    question_for,
    thing_of_question,
    words_of,
)
from liandong.citizen.publishing.queries.texts import portal_text, smallest_cell

__all__ = [
    "DICTIONARY",
    "STATES",
    "Bundle",
    "Counts",
    "Line",
    "Part",
    "Picture",
    "Place",
    "Table",
    "Wanted",
    "article_for",
    "articles_in_force",
    "bundles",
    "counted_at",
    "decisions_of",
    "figure_rows",
    "figures_of",
    "group_of",
    "groups_of",
    "hiding_of",
    "hidings_of",
    "leaves_of",
    "parts_of",
    "permitted_articles",
    "permitted_questions",
    "photo_decisions",
    "photos_waiting",
    "place_after",
    "portal_text",
    "public_article",
    "public_question",
    "public_questions",
    "question_behind",
    "question_for",
    "smallest_cell",
    "state_of_cases",
    "thing_of_question",
    "wanted_cases",
    "warnings_in_force",
    "whole_of",
    "withheld_cases",
    "words_of",
]
