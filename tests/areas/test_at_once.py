"""Two people at once: whoever comes second waits, then works on the map the first one left, or is told why not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import connection

from liandong.areas.models import Area, Redrawing
from liandong.areas.operations import PlanClosed, adopt_redrawing, take_new_names
from liandong.kernel.refusal import Refusal
from liandong.people.access import platform
from tests.areas.drawings import code, merge
from tests.areas.test_plans import HALVES, TODAY, opened
from tests.world import World

TOMORROW = TODAY + timedelta(days=1)
PATIENCE = 20


def _at_once(*acts: Callable[[], object]) -> list[type[BaseException] | None]:
    """Do all at the same moment, each on a connection of its own; what each was refused with."""
    together = threading.Barrier(len(acts))
    outcomes: list[type[BaseException] | None] = [None] * len(acts)

    def run(place: int) -> None:
        try:
            together.wait(PATIENCE)
            acts[place]()
        except BaseException as error:
            outcomes[place] = type(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return outcomes


def test_a_plan_that_two_adopt_at_once_is_adopted_once(shared_world: World) -> None:
    plan, admin = opened(shared_world, HALVES), shared_world.actor("admin")
    adopt = lambda: adopt_redrawing(plan.pk, actor=admin, at=shared_world.at)  # noqa: E731
    assert sorted(map(str, _at_once(adopt, adopt))) == sorted(map(str, [None, PlanClosed]))
    assert Area.objects.filter(since_on__isnull=False).count() == 2


def test_of_two_plans_for_one_grid_adopted_at_once_the_second_is_refused_by_name(shared_world: World) -> None:
    plans = [opened(shared_world, HALVES), opened(shared_world, merge(code(1), code(2)))]
    admin = shared_world.actor("admin")
    acts = [lambda pk=plan.pk: adopt_redrawing(pk, actor=admin, at=shared_world.at) for plan in plans]
    outcomes = _at_once(*acts)
    assert outcomes.count(None) == 1
    refused = next(outcome for outcome in outcomes if outcome is not None)
    assert issubclass(refused, Refusal)
    assert Redrawing.objects.filter(state="adopted").count() == 1


def test_names_are_given_while_somebody_adopts_without_locking_each_other_up(shared_world: World) -> None:
    admin = shared_world.actor("admin")
    first = opened(shared_world, {"do": "rename", "area": code(3), "name": "新三号"}, effective_on=TOMORROW)
    adopt_redrawing(first.pk, actor=admin, at=shared_world.at)
    second, later = opened(shared_world, HALVES, effective_on=TOMORROW), shared_world.at + timedelta(days=1)
    outcomes = _at_once(
        lambda: take_new_names(actor=platform("map"), at=later),
        lambda: adopt_redrawing(second.pk, actor=admin, at=shared_world.at),
    )
    assert outcomes == [None, None]
    assert Area.objects.get(code=code(3)).name == "新三号"
