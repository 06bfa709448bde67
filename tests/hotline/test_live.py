"""Who hears of a call and of a hand-over over the live stream: its agent alone, and everybody at the desk."""

from __future__ import annotations

from datetime import timedelta

from liandong.intake_channels.hotline.operations import (
    hand_over,
    remind_of_hand_overs,
    take_call_event,
    take_seat,
)
from liandong.intake_channels.hotline.rules.calls import Kind, Telling
from liandong.intake_channels.hotline.rules.contract import GivenEvent
from tests.console import Console, in_thread, run_alone
from tests.people.test_live import database_is_left
from tests.world import DISTRICT, World

__all__ = ["database_is_left"]


def _tell(world: World, kind: Kind) -> None:
    at = world.later(seconds=3)
    event = GivenEvent("c1", Telling(kind, at, "8001", "", f"e-{kind}"), "13812345678", "12345")
    take_call_event(DISTRICT, event=event, nonce=f"nonce-{kind}", shift=timedelta(), at=at)


def test_a_call_is_announced_to_its_agent_and_to_nobody_else(shared_world: World) -> None:
    async def story() -> None:
        operator, supervisor, dispatcher = Console("operator"), Console("supervisor"), Console("lin")
        for console in (operator, supervisor, dispatcher):
            await console.open()
        actor = await in_thread(lambda: shared_world.actor("operator"))
        await in_thread(lambda: take_seat(DISTRICT, extension="8001", actor=actor, at=shared_world.at))
        await in_thread(lambda: _tell(shared_world, Kind.RINGING))
        heard = await operator.hears("CallMoved")
        assert set(heard) == {"about", "id", "event"}
        assert heard["about"] == "call"
        await in_thread(lambda: shared_world.report())
        for console in (supervisor, dispatcher):
            await console.hears("CaseReported")
            assert "call" not in {data["about"] for _id, data in console.events}
        for console in (operator, supervisor, dispatcher):
            await console.close()

    run_alone(story())


def test_a_hand_over_and_its_reminders_are_announced_to_everybody_at_the_desk(shared_world: World) -> None:
    async def story() -> None:
        supervisor, dispatcher = Console("supervisor"), Console("lin")
        for console in (supervisor, dispatcher):
            await console.open()
        actor = await in_thread(lambda: shared_world.actor("operator"))
        await in_thread(lambda: hand_over(DISTRICT, party="110", actor=actor, at=shared_world.at))
        await supervisor.hears("HandedOver")
        await in_thread(lambda: remind_of_hand_overs(at=shared_world.later(minutes=4)))
        await supervisor.hears("HandOverRemindedOf")
        await in_thread(lambda: shared_world.report())
        await dispatcher.hears("CaseReported")
        assert "hand_over" not in {data["about"] for _id, data in dispatcher.events}
        for console in (supervisor, dispatcher):
            await console.close()

    run_alone(story())
