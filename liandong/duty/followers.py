"""What duty does when something happens elsewhere: the turns of people who leave go to their successors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib.auth import get_user_model

from liandong.duty.operations import hand_on_turns
from liandong.people.access import platform
from liandong.timeline.followers import Follower
from liandong.timeline.queries import Entry, Wanted

LEAVING = "PersonLeft"


def follow_leavers(entries: Sequence[Entry], at: datetime) -> None:
    """Hand on the turns of everybody who left with a successor; without one their watches stand among the gaps."""
    for entry in entries:
        if entry.about == "account":
            name = entry.data.get("successor", "").removeprefix("user/")
            successor = get_user_model().objects.filter(username=name).first()
            hand_on_turns(
                entry.about_id,
                successor=successor.pk if successor else None,
                since_on=date.fromisoformat(entry.data["on"]) + timedelta(days=1),
                actor=platform("duty"),
                at=at,
            )


FOLLOW_LEAVERS = Follower("duty-leavers", follow_leavers, batch=10_000, wanted=Wanted(events=frozenset({LEAVING})))
