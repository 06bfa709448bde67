"""What other cases do when one takes a step: those merged into it, and the whole it is a part of."""

from __future__ import annotations

from liandong.cases import changes
from liandong.cases.docket import Docket
from liandong.cases.models import Case
from liandong.cases.saving import save_docket


def merged_into(main: Docket) -> list[Docket]:
    """The cases merged into one, locked, as dockets of the same actor and instant."""
    merged = Case.objects.select_for_update().defer("terms").filter(merged_into=main.case.pk, stage="merged")
    dockets = []
    for case in merged.order_by("pk"):
        docket = Docket(case, main.rulebook)
        docket.start_of(main.actor, main.at)
        docket.step = main.step
        dockets.append(docket)
    return dockets


def let_merged_follow(main: Docket) -> None:
    """Let every case merged into this one take part in the step it has just taken, in the same transaction."""
    is_passed_on = main.case.took_in and main.step.code in changes.FOLLOWED and not main.assists
    if not is_passed_on or (main.step.code == "withdraw" and main.case.ended_at is None):
        return
    for docket in merged_into(main):
        changes.follow_main(docket, main)
        save_docket(docket)


def open_parts_of(case: Case) -> tuple[str, ...]:
    """The numbers of the cases split from this one that have not ended; asked only of one that was split."""
    if not case.split_into:
        return ()
    return tuple(Case.objects.filter(parent=case, ended_at=None).order_by("id").values_list("number", flat=True))
