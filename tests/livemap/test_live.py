"""Two hundred consoles at once: each hears of exactly the cases its viewer may see, and of no other."""

from __future__ import annotations

import asyncio
from itertools import cycle, islice

from liandong.cases.docket import thing_of
from liandong.cases.models import Case
from liandong.people.models import User
from tests.console import WITHIN_SECONDS, Console, in_thread, run_alone
from tests.people.test_live import database_is_left
from tests.world import GRID_9, World

__all__ = ["database_is_left"]

CONSOLES = 200


def test_two_hundred_consoles_hear_what_their_viewers_may_see_and_nothing_else(shared_world: World) -> None:
    async def story() -> None:
        accounts = await in_thread(_staff)
        consoles = [Console(account) for account in islice(cycle(accounts), CONSOLES)]
        for console in consoles:
            await console.open()
        cases = await in_thread(lambda: _cases(shared_world))
        seen = await in_thread(lambda: _seen(shared_world, accounts, cases))
        assert {len(numbers) for numbers in seen.values()} > {len(cases)}, "everybody sees everything: no test"
        async with asyncio.timeout(4 * WITHIN_SECONDS):
            while any(_heard(console) != seen[console.account] for console in consoles):
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)  # whatever else there is to be heard
        assert {console.account: _heard(console) for console in consoles} == {name: seen[name] for name in accounts}
        for console in consoles:
            await console.close()

    run_alone(story())


def _staff() -> list[str]:
    found = User.objects.filter(is_active=True, posts__isnull=False).exclude(username="integrator")
    return sorted(set(found.values_list("username", flat=True)))


def _cases(world: World) -> list[Case]:
    return [
        world.report(),
        world.report(lon=GRID_9[0], lat=GRID_9[1]),
        world.report("grid001"),
        world.report(about_unit="310198-T01"),
        world.dispatched(to="310198-B002"),
        world.dispatched(to="310198-G001"),
    ]


def _seen(world: World, accounts: list[str], cases: list[Case]) -> dict[str, set[int]]:
    """By the rule of permission itself, one case after the other."""
    things = {case.pk: thing_of(Case.objects.get(pk=case.pk)) for case in cases}
    return {
        account: {pk for pk, thing in things.items() if world.actor(account).may("cases.view", thing)}
        for account in accounts
    }


def _heard(console: Console) -> set[int]:
    return {data["id"] for _id, data in console.events if data["about"] == "case"}
