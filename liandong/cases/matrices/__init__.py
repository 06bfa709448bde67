"""What is asked about the responsibility matrix: its versions, why a unit, gaps and doubles, what a draft changes."""

from liandong.cases.matrices.checking import (
    AreaNotInForce,
    ConditionNotBelow,
    LeadMissing,
    NoSuchClassBelow,
    ReasonTooLong,
    RowNote,
    TooManyAssisting,
    UnitClosed,
    WordUnknown,
    check_row,
    notes_on,
)
from liandong.cases.matrices.explaining import Explanation, Sent, explain_case, why_unit
from liandong.cases.matrices.gaps import coverage_of
from liandong.cases.matrices.moving import RowOver, rows_over
from liandong.cases.matrices.trials import Trial, changed_cases, what_if
from liandong.cases.matrices.versions import (
    RowChange,
    VersionFacts,
    changes_between,
    matrix_for,
    record_of,
    version_for,
    version_numbered,
    versions_of,
)

__all__ = [
    "AreaNotInForce",
    "ConditionNotBelow",
    "Explanation",
    "LeadMissing",
    "NoSuchClassBelow",
    "ReasonTooLong",
    "RowChange",
    "RowNote",
    "RowOver",
    "Sent",
    "TooManyAssisting",
    "Trial",
    "UnitClosed",
    "VersionFacts",
    "WordUnknown",
    "changed_cases",
    "changes_between",
    "check_row",
    "coverage_of",
    "explain_case",
    "matrix_for",
    "notes_on",
    "record_of",
    "rows_over",
    "version_for",
    "version_numbered",
    "versions_of",
    "what_if",
    "why_unit",
]
