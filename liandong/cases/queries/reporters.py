"""Whether somebody is who reported, by the keyed hash of a phone they have proven to hold. Nothing is unsealed."""

from __future__ import annotations

from liandong.cases.models import JoinedReport, SealedReporter
from liandong.cases.rules.redaction import storable
from liandong.cases.sealing import digits, phone_hash


def told_from_phone(number: str, phone: str) -> bool:
    """Whether the case of that number, or the report that joined one under it, was told from that phone."""
    mark, asked = phone_hash(digits(phone)), storable(number)
    of_case = SealedReporter.objects.filter(case__number=asked, phone_hash=mark)
    return of_case.exists() or JoinedReport.objects.filter(number=asked, phone_hash=mark).exists()
