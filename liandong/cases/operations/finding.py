"""Finding by phone, on the record, and counting how common search terms are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from liandong.cases.events import CaseFoundByPhone, PhoneSearched
from liandong.cases.models import Case, JoinedReport
from liandong.cases.queries import FIND_BY_PHONE, permitted_cases
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.cases.sealing import digits, phone_hash
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, entry_for, record, record_all

MOST_FOUND: Final = 50
"""The latest cases of a phone that are shown: whoever answers a call needs no more."""
SAMPLE: Final = 50_000
LEAST_IN_SAMPLE: Final = 3
"""Terms seen less often are not kept: what is rare needs no count, and may be somebody's name."""


class PhoneUnfit(Refusal):
    """Neither a whole number nor four digits."""

    status = 422
    says = marked("请输入完整的电话号码，或它的后四位数字。")
    remedy = marked("三位以下或不完整的号码不能用来查找。")


@transaction.atomic
def find_by_phone(phone: str, *, purpose: str, actor: Actor, at: datetime) -> list[Case]:
    """The latest cases reported from a phone, given in full or by its last four digits, among those one may search.

    The search is on the record of whoever searched and of each case found; the phone is kept nowhere (`CASE.md` §7).

    :raises Forbidden: the actor may search no cases by phone
    :raises ReasonNeeded: no purpose was stated
    :raises PhoneUnfit: it is no phone and no four digits
    """
    require(actor, FIND_BY_PHONE)
    said = remark(purpose, longest=200)
    if not said:
        raise ReasonNeeded(step=marked("按电话查找"))
    sought = digits(phone)
    if len(sought) != 4 and not 7 <= len(sought) <= 15:
        raise PhoneUnfit
    column = "tail_hash" if len(sought) == 4 else "phone_hash"
    seen = permitted_cases(actor, FIND_BY_PHONE) & permitted_cases(actor)
    joined = JoinedReport.objects.filter(**{column: phone_hash(sought)}).values("case")
    found = list(
        seen.filter(Q(**{f"sealed__{column}": phone_hash(sought)}) | Q(pk__in=joined))
        .defer("terms")
        .order_by("-reported_at", "-id")[:MOST_FOUND]
    )
    by = "tail" if column == "tail_hash" else "number"
    about = Subject("account", actor.user_id or 0)
    record(PhoneSearched(by, said, len(found)), about=about, actor=actor.key, at=at)
    _note_found(found, said, actor=actor, at=at)
    return found


@transaction.atomic
def note_shown_to_agent(cases: Sequence[Case], *, purpose: str, actor: Actor, at: datetime) -> None:
    """Put on the record of each case that it was shown to whoever answers its reporter's call.

    Neither the number nor the call is named: entries that name a call would for ever be a list of one caller's cases.

    :raises Forbidden: the actor may search no cases by phone
    :raises ReasonNeeded: no purpose was stated
    """
    require(actor, FIND_BY_PHONE)
    said = remark(purpose, longest=200)
    if not said:
        raise ReasonNeeded(step=marked("来电弹屏"))
    _note_found(cases, said, actor=actor, at=at)


def _note_found(cases: Sequence[Case], purpose: str, *, actor: Actor, at: datetime) -> None:
    entries = []
    for case in cases:
        about = Subject("case", case.pk, area=case.area)
        entry = entry_for(CaseFoundByPhone(purpose), about=about, actor=actor.key, at=at)
        # News of the case, but no change of it: what others are about to save stays valid.
        entry.data["version"] = case.version
        entries.append(entry)
    record_all(entries)


@transaction.atomic
def count_terms(*, at: datetime) -> int:
    """Count on a sample about how many cases hold each search term; return how many terms were kept.

    One reading of up to `SAMPLE` cases, however many there are; searches go on with the old counts meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case (id)")
        cursor.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'cases_case'::regclass")
        total = cursor.fetchone()[0]
        if not total:
            return 0
        share = min(100.0, 100.0 * SAMPLE / total)
        cursor.execute("CREATE TEMPORARY TABLE counted (term text, cases int) ON COMMIT DROP")
        cursor.execute(_COUNT % {"share": share, "least": LEAST_IN_SAMPLE})
        cursor.execute("DELETE FROM cases_termcount")
        cursor.execute(_KEEP, [total * share / 100, total, total])
        kept: int = cursor.rowcount - 1
    return kept


_COUNT = """
INSERT INTO counted SELECT word, ndoc
FROM ts_stat('SELECT terms FROM cases_case TABLESAMPLE SYSTEM (%(share)s) WHERE terms IS NOT NULL')
WHERE ndoc >= %(least)s AND length(word) <= 64
"""
_KEEP = """
INSERT INTO cases_termcount (term, cases)
SELECT term, least(2000000000, ceil(cases / greatest(%s, 1) * %s)) FROM counted UNION ALL SELECT '', %s
"""
