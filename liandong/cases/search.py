"""The words of a case as a `tsvector` made of our own terms, and the lookup that asks for all of them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Lookup


@SearchVectorField.register_lookup
class ContainsTerms(Lookup):
    """`terms__contains_terms=[…]`: every term stands in the column. Rarest terms are PostgreSQL's to find."""

    lookup_name = "contains_terms"
    prepare_rhs = False
    between = " & "

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the query as one text parameter."""
        return "%s::tsquery", (self.between.join(map(_quoted, value)),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `column @@ query`."""
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}", (*left_parameters, *right_parameters)


@SearchVectorField.register_lookup
class ContainsAnyTerm(ContainsTerms):
    """`terms__contains_any_term=[…]`: at least one of the terms stands in the column."""

    lookup_name = "contains_any_term"
    between = " | "


@SearchVectorField.register_lookup
class ReadsTerms(ContainsTerms):
    """`terms__reads_terms=[…]`: as `contains_terms`, but read row by row: no index answers `IS TRUE`."""

    lookup_name = "reads_terms"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `(column @@ query) IS TRUE`."""
        condition, parameters = super().as_sql(compiler, connection)
        return f"({condition}) IS TRUE", parameters


def _quoted(term: str) -> str:
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"
