"""What speaks against a proof of work, noted when it comes, and the supervisor who has looked and found it right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from liandong.cases.docket import Docket
from liandong.cases.events import EvidenceFlagDismissed, EvidenceFlagged
from liandong.cases.models import Attachment, EvidenceFlag, Proof
from liandong.cases.operations.beats import amendment
from liandong.cases.photos import Seen
from liandong.cases.queries import copies_of, scene_of, stops_of
from liandong.cases.rules.evidence import (
    FAR_METRES,
    Doubted,
    doubts_of_capture,
    doubts_of_copies,
    doubts_of_movement,
    is_proof,
    metres_between,
)
from liandong.cases.rules.prints import NEAR, SAME_SHOT, bands
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound

THE_FLAG = marked("这条存疑标记")


class FlagDismissed(Refusal):
    """A flag that somebody has dismissed already."""

    status = 409
    says = marked("这条存疑标记已经解除。")
    remedy = marked("请刷新页面查看是谁、以什么理由解除的。")


def prove(docket: Docket, attachment: Attachment, seen: Seen) -> None:
    """Note what a photo proves and what speaks against it, in the transaction that adds it. Nothing is blocked.

    Only staff's proofs: of any other photo neither time nor place nor print is kept.
    """
    if not is_proof(attachment.purpose, docket.actor.role_codes):
        return
    case, capture = docket.case, seen.capture
    metres = None
    if capture.lon is not None and capture.lat is not None and case.lon is not None and case.lat is not None:
        metres = metres_between(capture.lon, capture.lat, case.lon, case.lat)
    doubts = list(_doubts(docket, attachment, seen, metres=metres))
    Proof.objects.create(
        attachment=attachment,
        account=attachment.added_by,
        print=seen.print,
        bands=bands(seen.print) if seen.print is not None else [],
        taken_at=capture.at,
        metres=metres,
    )
    if not doubts:
        return
    EvidenceFlag.objects.bulk_create(
        EvidenceFlag(case=case, attachment=attachment, reason=one.reason.value, facts=one.facts, raised_at=docket.at)
        for one in doubts
    )
    reasons = tuple(sorted({one.reason.value for one in doubts}))
    docket.record(EvidenceFlagged(attachment.sha256, reasons), is_change=False)


def dismiss_flag(number: str, *, flag: int, why: str, actor: Actor, at: datetime) -> EvidenceFlag:
    """A supervisor has looked: the doubt is answered, and why.

    :raises ReasonNeeded: without a word
    :raises NotFound: the case has no such flag
    :raises FlagDismissed: somebody was faster
    """
    said = remark(why, longest=500)
    if not said:
        raise ReasonNeeded(step=marked("解除存疑"))
    with amendment(number, "cases.dismiss_flag", actor=actor, at=at, version=None) as docket:
        found = EvidenceFlag.objects.select_related("attachment").filter(case=docket.case, pk=flag).first()
        if found is None:
            raise NotFound(what=THE_FLAG)
        if found.dismissed_at is not None:
            raise FlagDismissed
        found.dismissed_at, found.dismissed_by, found.dismissal = at, actor.key, said
        found.save(update_fields=["dismissed_at", "dismissed_by", "dismissal"])
        docket.record(EvidenceFlagDismissed(found.attachment.sha256, found.reason, said), is_change=False)
    return found


def _doubts(docket: Docket, attachment: Attachment, seen: Seen, *, metres: int | None) -> Iterator[Doubted]:
    case, capture = docket.case, seen.capture
    yield from doubts_of_capture(capture, scene_of(case, by=docket.actor.user_id), metres=metres)
    copies = copies_of(attachment, seen.print, district=case.district)
    yield from doubts_of_copies(attachment.purpose, copies, near=NEAR, same_shot=SAME_SHOT)
    # A service brings the photos of many people: it travels nowhere.
    if capture.at is None or not docket.actor.role_codes - {"integrator"}:
        return
    was_there = metres is None or metres <= FAR_METRES
    lon, lat = (case.lon, case.lat) if was_there else (capture.lon, capture.lat)
    if lon is not None and lat is not None:
        yield from doubts_of_movement(capture.at, lon, lat, stops_of(attachment, at=capture.at))
