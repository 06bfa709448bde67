"""The REST interface of cases: typed calls over operations and queries. Lists and rows are made by hand."""

from __future__ import annotations

from liandong.cases.api import matrix, reading, writing

router = reading.router

__all__ = ["matrix", "reading", "router", "writing"]
