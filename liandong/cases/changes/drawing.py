"""A closed case is looked at by somebody of another unit (抽查). A failed sample reopens it."""

from __future__ import annotations

from liandong.cases.changes.closing import may_still_reopen, reopen_case
from liandong.cases.changes.verifying import OwnWork
from liandong.cases.docket import Docket
from liandong.cases.events import CaseSpotChecked
from liandong.cases.rules.drawing import DrawKind
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.words import Stage
from liandong.cases.rules.workflow import take
from liandong.kernel.refusal import Refusal, marked


class FindingMissing(Refusal):
    """A look that failed and does not say why."""

    status = 422
    says = marked("抽查不合格须写明现场情况。")
    remedy = marked("请写明哪里没有解决，承办单位将据此返工。")


def spot_check(docket: Docket, *, kind: DrawKind, ok: bool, note: str) -> None:
    """Note what was found. A sample of what was solved on the spot reopens the case when it fails (`CASE.md` §2);
    after a failed audit the supervisor decides. Past the window of its class nothing reopens, and the finding stands.

    :raises IllegalStep: the case is not closed
    :raises OwnWork: the checker belongs to a unit that had it
    :raises FindingMissing: it failed, and nothing says why
    """
    case, said = docket.case, remark(note)
    docket.step = take("reopen", Stage(case.stage))
    if docket.actor.units & {case.unit, *case.involved} or docket.actor.key == case.handled_by:
        raise OwnWork
    if not ok and not said:
        raise FindingMissing
    reopens = not ok and kind is DrawKind.SPOT and may_still_reopen(docket)
    docket.record(CaseSpotChecked(kind.value, ok, said, reopens))
    if reopens:
        docket.begin("reopen", actor=docket.actor, at=docket.at)
        reopen_case(docket, reason=said)
