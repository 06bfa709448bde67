"""What was decided about cases and photos, and what waits for somebody to decide."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet

from liandong.cases.queries import permitted_cases, photo_rule_of, photos_to_judge
from liandong.cases.rules.policies import PhotoRule
from liandong.citizen.publishing.models import Hiding, PhotoDecision
from liandong.people.access import Actor

MODERATE = "publishing.moderate"


def withheld_cases() -> Q:
    """A condition on cases: somebody has taken them out of public sight."""
    return Q(Exists(Hiding.objects.filter(case=OuterRef("pk"), shown_at__isnull=True)))


def photo_decisions(photos: Collection[int]) -> dict[int, bool]:
    """What holds of those of these photos that somebody has looked at: photo id → shown or not."""
    found = PhotoDecision.objects.filter(photo__in=photos, replaced_at__isnull=True)
    return dict(found.values_list("photo_id", "is_shown"))


def decisions_of(photos: Collection[int]) -> dict[int, PhotoDecision]:
    """The decisions that hold, whole: photo id → decision."""
    found = PhotoDecision.objects.filter(photo__in=photos, replaced_at__isnull=True)
    return {decision.photo_id: decision for decision in found}


def photos_waiting(actor: Actor, district: str, *, limit: int) -> list[tuple[int, str]]:
    """Photos that are shown only once somebody has looked at them, and nobody has: (photo id, case number)."""
    decided = Exists(PhotoDecision.objects.filter(photo=OuterRef("pk"), replaced_at__isnull=True))
    mine = permitted_cases(actor, MODERATE).values("pk")
    found = photos_to_judge(district).filter(~decided, case__in=mine)
    rows = found.values_list("pk", "case__number", "case__class_code").iterator(chunk_size=500)
    waits = PhotoRule.MODERATED
    waiting = ((pk, number) for pk, number, kind in rows if photo_rule_of(kind, district=district) is waits)
    return list(islice(waiting, limit))


def hidings_of(actor: Actor, district: str) -> QuerySet[Hiding]:
    """The cases that are hidden now, of those this actor may hide and show; the latest first."""
    mine = permitted_cases(actor, MODERATE).values("pk")
    found = Hiding.objects.filter(district=district, shown_at__isnull=True, case__in=mine)
    return found.order_by("-hidden_at", "-id")


def hiding_of(case: int) -> Hiding | None:
    """Why a case is hidden now; nothing where it is not."""
    return Hiding.objects.filter(case=case, shown_at__isnull=True).first()
