"""The REST interface of cases: typed calls over operations and queries. Lists and rows are made by hand."""

from __future__ import annotations

from liandong.cases.api import (
    attachments,
    clocks,
    lists,
    matrix,
    problems,
    reading,
    replies,
    reporters,
    similar,
    uploads,
    verifying,
    writing,
)

router = reading.router
uploads_router = uploads.router

__all__ = [
    "attachments",
    "clocks",
    "lists",
    "matrix",
    "problems",
    "reading",
    "replies",
    "reporters",
    "router",
    "similar",
    "uploads",
    "uploads_router",
    "verifying",
    "writing",
]
