"""Taking a step: by whom, and with which details where the case itself says which."""

from __future__ import annotations

import io
from datetime import timedelta
from functools import cache
from typing import Any

from PIL import Image

from liandong.cases import operations
from liandong.cases.models import Case
from liandong.cases.operations import PassedOut
from liandong.cases.rules.workflow import STEPS
from liandong.people.access import Actor
from liandong.people.rules.scope import PostHeld
from tests.cases.paths.words import B002, BELOW, D02, D03, DETAILS, OPERATIONS, T01
from tests.world import DISTRICT, World

ANYONE = Actor("platform/story", None, "story", (PostHeld(f"{DISTRICT}-G016", "platform", ""),))
"""May take every step, in a unit that never holds a case of the story: for tests of what is legal."""


def take(world: World, step: str, case: Case, by: str | Actor = ANYONE, **details: Any) -> Case:
    """Take one step a minute later."""
    actor = world.actor(by) if isinstance(by, str) else by
    operation = getattr(operations, OPERATIONS[step])
    told = details_of(world, step, case) | details
    changed = operation(case.number, actor=actor, at=world.later(minutes=1), **told)
    found: Case = changed.case if isinstance(changed, PassedOut) else changed
    return found


def details_of(world: World, step: str, case: Case) -> dict[str, Any]:
    """What a step is told in the story, of this case."""
    told = dict(DETAILS.get(step, {}))
    match step:
        case "hand_down":
            told["to"] = BELOW.get(case.unit, B002)
        case "transfer":
            told["to"] = D02 if case.unit != D02 else T01
        case "arbitrate":
            told["to"] = B002
        case "excuse_assistant":
            told["unit"] = case.assisting[0] if case.assisting else D03
        case "suspend":
            told["wake_on"] = (world.at + timedelta(days=10)).date()
        case "merge":
            told["into"] = (main_for(case) or case).number
    return told


def main_for(case: Case) -> Case | None:
    """The youngest other case that might take this one in."""
    able = Case.objects.filter(district=case.district, stage__in=STEPS["merge"].from_, suspended_at=None)
    return able.exclude(pk=case.pk).order_by("-pk").first()


def with_photos(world: World, case: Case, by: str | Actor = ANYONE) -> Case:
    """Add the pair of photos that proves work on the spot."""
    actor = world.actor(by) if isinstance(by, str) else by
    for purpose in ("before", "after"):
        operations.add_photo(case.number, content=photo(purpose), purpose=purpose, actor=actor, at=world.at)
    return case


@cache
def photo(seed: str) -> bytes:
    """A small JPEG, another one for every seed."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8), tuple(seed.encode()[:3].ljust(3))).save(content, "JPEG")
    return content.getvalue()
