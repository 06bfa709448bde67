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

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the query as one text parameter."""
        quoted = ("'" + term.replace("\\", "\\\\").replace("'", "''") + "'" for term in value)
        return "%s::tsquery", (" & ".join(quoted),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `column @@ query`."""
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}", (*left_parameters, *right_parameters)
