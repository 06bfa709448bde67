"""Named verbs of publishing."""

from __future__ import annotations

from liandong.citizen.publishing.operations.articles import (
    ArticleWords,
    publish_article,
    revise_article,
    withdraw_article,
    write_article,
)
from liandong.citizen.publishing.operations.keeping import load_portal, refresh_figures
from liandong.citizen.publishing.operations.moderating import hide_case, release_photo, show_case, withhold_photo
from liandong.citizen.publishing.operations.questions import (
    answer_question,
    ask_question,
    assign_question,
    hide_question,
    publish_question,
)

__all__ = [
    "ArticleWords",
    "answer_question",
    "ask_question",
    "assign_question",
    "hide_case",
    "hide_question",
    "load_portal",
    "publish_article",
    "publish_question",
    "refresh_figures",
    "release_photo",
    "revise_article",
    "show_case",
    "withdraw_article",
    "withhold_photo",
    "write_article",
]
