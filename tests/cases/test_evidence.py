"""What speaks against a proof of work: only staff's own, with reasons, blocking nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from liandong.cases.models import Attachment, Case, EvidenceFlag, Proof
from liandong.cases.operations import add_photo, dismiss_flag
from liandong.cases.operations.evidence import FlagDismissed
from liandong.cases.queries import file_for, flags_of, proof_of, trace_for, trace_of
from liandong.cases.rules.evidence import Stop, doubts_of_movement, is_proof, metres_between
from liandong.cases.rules.workflow import ReasonNeeded
from liandong.people.access import Forbidden, NotFound
from tests.cases.files import made
from tests.world import GRID_1, GRID_9, World

EAST_300_M = 0.00315
"""Degrees of longitude that are 300 m at 31° north."""


@pytest.fixture(autouse=True)
def _uploads(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def prove(world: World, case: Case, content: bytes, *, purpose: str = "after", by: str = "bureau002") -> Attachment:
    return add_photo(case.number, content=content, purpose=purpose, actor=world.actor(by), at=world.later(minutes=1))


def reasons(case: Case) -> list[str]:
    return list(flags_of(case).values_list("reason", flat=True))


def test_an_honest_pair_raises_no_doubt_and_is_known_by_its_prints(world: World) -> None:
    case = world.received()
    world.do("arrive_at_case", case, "bureau002")
    for seed, purpose in ((1, "before"), (2, "after")):
        prove(world, case, made.shot(seed, at=world.at, lon=GRID_1[0], lat=GRID_1[1]), purpose=purpose)
    assert reasons(case) == []
    proofs = Proof.objects.order_by("id")
    assert [proof.metres for proof in proofs] == [0, 0]
    assert all(len(proof.bands) == 4 for proof in proofs)
    assert not {field.name for field in Proof._meta.get_fields()} & {"lon", "lat"}, "nobody's position is kept"


@pytest.mark.parametrize(
    ("seconds", "found"), [(-601, ["before_report"]), (-599, []), (-7200, ["before_report"]), (60, [])]
)
def test_a_photo_older_than_the_case_is_doubted(world: World, seconds: int, found: list[str]) -> None:
    case = world.received()
    prove(world, case, made.shot(1, at=case.reported_at + timedelta(seconds=seconds)))
    assert reasons(case) == found


def test_who_reports_what_they_found_took_the_photo_first(world: World) -> None:
    case = world.report(by="grid001", channel="staff")
    taken = case.reported_at - timedelta(hours=2)
    prove(world, case, made.shot(1, at=taken), purpose="before", by="grid001")
    assert reasons(case) == []
    prove(world, case, made.shot(2, at=case.reported_at - timedelta(hours=25)), by="grid001")
    assert reasons(case) == ["before_report"]


def test_a_photo_taken_long_before_arrival_is_doubted(world: World) -> None:
    case = world.received()
    world.later(hours=3)
    world.do("arrive_at_case", case, "bureau002")
    prove(world, case, made.shot(1, at=world.at - timedelta(minutes=59)))
    assert reasons(case) == []
    prove(world, case, made.shot(2, at=world.at - timedelta(minutes=70)))
    assert reasons(case) == ["before_arrival"]
    assert flags_of(case)[0].facts == {"minutes": 69}


@pytest.mark.parametrize(("east", "found"), [(EAST_300_M * 0.98, []), (EAST_300_M * 1.02, ["far_away"])])
def test_a_photo_taken_elsewhere_is_doubted_with_its_distance(world: World, east: float, found: list[str]) -> None:
    case = world.received()
    prove(world, case, made.shot(1, at=world.at, lon=GRID_1[0] + east, lat=GRID_1[1]))
    assert reasons(case) == found
    if found:
        assert flags_of(case)[0].facts["metres"] == Proof.objects.get().metres == 306


def test_the_same_shot_before_and_after_is_doubted_however_it_was_packed(world: World) -> None:
    case = world.received()
    prove(world, case, made.jpeg(5, quality=95), purpose="before")
    prove(world, case, made.jpeg(5, quality=50), purpose="after")
    assert reasons(case) == ["same_before_after"]
    prove(world, case, made.jpeg(6), purpose="after")
    assert reasons(case) == ["same_before_after"]


def test_a_photo_of_another_case_is_doubted_and_the_case_named(world: World) -> None:
    first, second, third = world.received(), world.received(), world.received()
    prove(world, first, made.jpeg(7, quality=95))
    prove(world, second, made.jpeg(7, quality=60))
    prove(world, third, made.jpeg(8))
    assert (reasons(first), reasons(second), reasons(third)) == ([], ["other_case"], [])
    assert flags_of(second)[0].facts["number"] == first.number


def test_a_plain_photo_is_found_again_only_to_the_byte(world: World) -> None:
    from tests.cases.paths import photo

    first, second, third = world.received(), world.received(), world.received()
    prove(world, first, photo("aaa"))
    prove(world, second, photo("bbb"))
    prove(world, third, photo("aaa"))
    assert (reasons(second), reasons(third)) == ([], ["other_case"])


def test_the_same_account_in_two_far_places_at_once_is_doubted(world: World) -> None:
    near = world.received()
    far = world.do("place_case", world.received(), "operator", lon=GRID_9[0], lat=GRID_9[1])
    taken = world.at
    prove(world, near, made.shot(1, at=taken, lon=GRID_1[0], lat=GRID_1[1]))
    prove(world, far, made.shot(2, at=taken + timedelta(minutes=1), lon=GRID_9[0], lat=GRID_9[1]))
    assert reasons(far) == ["too_fast"]
    assert flags_of(far)[0].facts == {"number": near.number, "metres": 3812, "minutes": 1}
    prove(world, far, made.shot(3, at=taken + timedelta(minutes=30), lon=GRID_9[0], lat=GRID_9[1]))
    assert reasons(far) == ["too_fast"], "half an hour is enough for four kilometres"


def test_of_many_stops_only_the_fastest_is_told() -> None:
    at = datetime.fromisoformat("2026-03-02T12:00:00+08:00")
    stops = [Stop(str(n), at + timedelta(minutes=n), 121.405, 31.01) for n in (1, 2, 30)]
    found = list(doubts_of_movement(at, 121.445, 31.01, stops))
    assert [one.facts["number"] for one in found] == ["1"]
    assert list(doubts_of_movement(at, 121.4051, 31.01, stops)) == []


def test_of_a_citizens_photo_nothing_is_compared_and_nothing_kept(world: World) -> None:
    case = world.report()
    content = made.shot(1, at=world.at - timedelta(days=300), lon=100.0, lat=25.0)
    kept = add_photo(case.number, content=content, purpose="report", actor=world.actor("operator"), at=world.at)
    assert not Proof.objects.exists()
    assert not EvidenceFlag.objects.exists()
    from liandong.cases import keeping

    assert b"Exif" not in keeping.place_of(kept.sha256).read_bytes(), "where it was taken is not kept"
    assert not is_proof("after", frozenset({"citizen"}))
    assert not is_proof("report", frozenset({"bureau"}))


def test_a_doubt_is_on_the_record_for_those_who_judge_and_the_version_stays(world: World) -> None:
    case = world.received()
    version = case.version
    prove(world, case, made.shot(1, at=world.at - timedelta(days=2), lon=GRID_9[0], lat=GRID_9[1]))
    case.refresh_from_db()
    assert case.version == version + 1, "the photo is a change, the doubt is not"
    entry = trace_of(case).last()
    assert entry is not None
    assert (entry.event, sorted(entry.data["reasons"])) == ("EvidenceFlagged", ["before_report", "far_away"])
    for who, sees in (("verifier", True), ("supervisor", True), ("bureau002", False), ("operator", False)):
        events = set(trace_for(world.actor(who), case).values_list("event", flat=True))
        assert ("EvidenceFlagged" in events) is sees, who


def test_nothing_is_blocked_by_a_doubt(world: World) -> None:
    case = world.received()
    prove(world, case, made.shot(1, at=world.at - timedelta(days=2)))
    assert world.do("hand_in_case", case, "bureau002", result="已清运").stage == "handled"


def test_a_supervisor_dismisses_a_doubt_with_a_reason_once(world: World) -> None:
    case = world.received()
    prove(world, case, made.shot(1, at=world.at - timedelta(days=2)))
    flag = flags_of(case)[0].pk

    def dismiss(by: str = "supervisor", why: str = "相机时钟未校准", number: str = case.number, pk: int = flag) -> Any:
        return dismiss_flag(number, flag=pk, why=why, actor=world.actor(by), at=world.later(minutes=1))

    for who in ("verifier", "bureau002"):
        with pytest.raises(Forbidden):
            dismiss(who)
    with pytest.raises(NotFound):
        dismiss("bureau003")
    with pytest.raises(ReasonNeeded):
        dismiss(why="  ")
    with pytest.raises(NotFound):
        dismiss(number=world.received().number)
    dismissed = dismiss()
    assert (dismissed.dismissed_by, dismissed.dismissal) == ("user/supervisor", "相机时钟未校准")
    entry = trace_of(case).last()
    assert entry is not None
    assert (entry.event, entry.data["why"]) == ("EvidenceFlagDismissed", "相机时钟未校准")
    with pytest.raises(FlagDismissed):
        dismiss()


def test_originals_of_photos_are_for_those_who_judge_them(world: World) -> None:
    case = world.received()
    original = made.shot(1, at=world.at, lon=GRID_1[0], lat=GRID_1[1])
    kept = prove(world, case, original)
    for who in ("verifier", "supervisor"):
        assert file_for(world.actor(who), case.number, kept.pk, original=True).place.read_bytes() == original
    for who in ("bureau002", "operator"):
        assert b"Exif" not in file_for(world.actor(who), case.number, kept.pk).place.read_bytes()
        with pytest.raises(Forbidden):
            file_for(world.actor(who), case.number, kept.pk, original=True)
    with pytest.raises(NotFound):
        file_for(world.actor("bureau003"), case.number, kept.pk)


def test_proof_is_what_was_added_since_the_case_was_last_sent(world: World) -> None:
    case = world.received()
    assert proof_of(case) == frozenset()
    prove(world, case, made.jpeg(1), purpose="before")
    assert proof_of(case) == {"before"}
    prove(world, case, made.jpeg(2), purpose="after")
    assert proof_of(case) == {"before", "after"}
    case = world.do("hand_in_case", case, "bureau002", result="已清运")
    case = world.do("send_back_case", case, "verifier", reason="仍有积水")
    assert proof_of(case) == frozenset(), "a rework is proved anew"
    prove(world, case, made.jpeg(3), purpose="after")
    assert proof_of(case) == {"after"}
    assert proof_of(world.report()) == frozenset()


def test_the_ground_is_measured_in_metres() -> None:
    assert metres_between(121.0, 31.0, 121.0, 31.0) == 0
    assert metres_between(0, 0, 0, 1) == pytest.approx(111_195, abs=1)
    assert metres_between(179.9, 0, -179.9, 0) == pytest.approx(22_239, abs=2)
