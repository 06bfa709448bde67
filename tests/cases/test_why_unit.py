"""Why this unit: the rows considered, the one that decided, and what people did then."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.test import Client

from liandong.cases.matrices import explain_case, why_unit
from liandong.cases.models import Case
from liandong.cases.operations import open_draft, publish_draft, set_row
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.cases.rules.responsibility import Obstacle
from liandong.people.access import platform
from liandong.people.keys import forget_keys
from liandong.people.models import Unit, User
from liandong.people.operations import issue_key
from tests.world import DISTRICT, GRID_1, GRID_9, World

B002, D02, DC = "310198-B002", "310198-D02", "310198-DC"


def _publish(world: World, **row: object) -> None:
    supervisor = world.actor("supervisor")
    draft = open_draft(DISTRICT, title="改", actor=supervisor, at=world.at)
    row = {"area_prefix": "*", "reason": "因", **row}
    set_row(draft.pk, **row, actor=supervisor, at=world.at)  # type: ignore[arg-type]
    publish_draft(draft.pk, actor=supervisor, at=world.at)
    forget_rules()


def test_every_row_is_told_in_the_order_of_specificity_and_one_decides(world: World) -> None:
    found = why_unit(rulebook_for(DISTRICT), class_code="M06010", area="310198002001001", at=world.at)
    assert [(one.row.key, one.decides) for one in found.considered] == [
        (("M06", "310198002", "*"), True),
        (("M", "*", "*"), False),
        (("*", "*", "*"), False),
    ]
    assert (found.unit, found.by_centre, found.matrix.number) == ("310198-T02", False, 1)
    assert found.decided is not None
    assert found.why == found.decided.row.reason == "西渡镇市容环境由镇统一处置"


def test_what_stands_against_a_unit_is_said(world: World) -> None:
    _publish(world, class_prefix="M06010", lead="bureau:计生办", fallback="station", area_prefix="310198002")
    Unit.objects.filter(pk="310198-B003").update(until_on=date(2026, 3, 1))
    forget_rules()
    book = rulebook_for(DISTRICT)
    (first, *_rest) = why_unit(book, class_code="M06010", area="310198002", at=world.at).considered
    assert (first.lead.unit, first.lead.obstacle) == ("310198-B003", Obstacle.CLOSED)
    assert (first.fallback.obstacle, first.decides) == (Obstacle.ABSENT, False)
    weak = why_unit(book, class_code="M06010", area="310198002001001", at=world.at, force="enforcement").considered[0]
    assert (weak.fallback.unit, weak.fallback.obstacle) == ("310198-S003", Obstacle.WEAK)
    (catch_all,) = why_unit(book, class_code="C01001", area="310198", at=world.at).considered
    assert (catch_all.lead.obstacle, catch_all.used_fallback) == (Obstacle.ABSENT, True)


def test_a_complaint_about_the_unit_named_goes_to_the_centre_and_says_so(world: World) -> None:
    case = world.report(about_unit=B002, nature="complaint")
    found, _sent = explain_case(case, rulebook_for(DISTRICT))
    assert (found.unit, found.by_centre, found.is_about_itself) == (DC, True, True)
    assert found.unit == case.suggested_unit


def test_the_explanation_names_the_unit_that_was_suggested_whatever_happened(world: World) -> None:
    dice = random.Random(3)
    codes = ["M06010", "A0203", "A0704", "C01001", "M06001", "M07001"]
    for round_ in range(12):
        place = dice.choice([GRID_1, GRID_9, None])
        spot = {"lon": place[0], "lat": place[1]} if place else {"lon": None, "lat": None}
        case = world.report(
            class_code=dice.choice(codes),
            about_unit=dice.choice(["", B002, D02]),
            nature=dice.choice(["help", "complaint"]),
            **spot,
        )
        if dice.random() < 0.7:
            world.do("accept_case", case, "operator", class_code=dice.choice(["", *codes]))
            if round_ == 6:
                _publish(world, class_prefix="A0203", lead="D04")
            world.later(hours=1)
            world.do("file_case", case, "operator")
        if dice.random() < 0.5:
            world.do("place_case", case, "operator", lon=GRID_9[0], lat=GRID_9[1])
        case = Case.objects.get(pk=case.pk)
        found, _sent = explain_case(case, rulebook_for(DISTRICT))
        assert (found.unit, found.why) == (case.suggested_unit, case.suggested_why)


@pytest.mark.parametrize("gap", [{"days": 1}, {"minutes": 5}])
def test_a_case_filed_before_a_publication_keeps_the_matrix_of_its_time(world: World, gap: dict[str, float]) -> None:
    case = world.filed()
    world.later(**gap)
    _publish(world, class_prefix="M06010", lead="D04")
    case.refresh_from_db()
    found, _sent = explain_case(case, rulebook_for(DISTRICT))
    assert (found.unit, found.matrix.number) == (B002, 1)
    newer, _sent = explain_case(world.filed(), rulebook_for(DISTRICT))
    assert (newer.unit, newer.matrix.number) == ("310198-D04", 2)


def test_filing_under_a_condition_asks_for_the_row_of_that_condition(world: World) -> None:
    _publish(world, class_prefix="A0203", lead="D04", condition="suspected")
    case = world.report(class_code="A0203")
    assert case.suggested_unit == "310198-B001"
    world.do("accept_case", case, "operator")
    case = world.do("file_case", case, "operator", condition="suspected")
    found, _sent = explain_case(case, rulebook_for(DISTRICT))
    assert (case.suggested_unit, found.unit, found.condition) == ("310198-D04", "310198-D04", "suspected")


def test_where_people_sent_it_instead_is_told_with_their_note(world: World) -> None:
    case = world.filed()
    world.do("dispatch_case", case, "lin", to=D02, note="中队全员在外")
    case.refresh_from_db()
    _found, sent = explain_case(case, rulebook_for(DISTRICT))
    assert [(one.event, one.unit, one.note, one.actor, one.is_as_suggested) for one in sent] == [
        ("CaseDispatched", D02, "中队全员在外", "user/lin", False)
    ]


@pytest.fixture
def keys(world: World) -> dict[str, str]:
    forget_keys()
    for account in ("integrator", "bureau003"):
        user = User.objects.get(username=account)
        issue_key(user, secret=f"{account}-key", label=account, scopes="*", actor=platform("test"), at=world.at)
    return {name: f"Bearer {name}-key" for name in ("integrator", "bureau003")}


def _get(path: str, key: str, **asked: str) -> tuple[int, dict[str, object]]:
    response = Client().get(f"/api/v1{path}", asked, headers={"Authorization": key})
    return response.status_code, response.json()


def test_the_interface_tells_why_for_a_case_one_may_see_and_for_no_other(world: World, keys: dict[str, str]) -> None:
    case = world.dispatched()
    status, body = _get(f"/cases/{case.number}/why-unit", keys["integrator"])
    assert status == 200
    assert (body["unit"], body["suggested_unit"], body["by_centre"]) == (B002, B002, False)
    considered = body["considered"]
    assert isinstance(considered, list)
    assert [row["decides"] for row in considered] == [True, False]
    assert body["sent"][0]["is_as_suggested"] is True  # type: ignore[index]
    assert _get(f"/cases/{case.number}/why-unit", keys["bureau003"])[0] == 404


def test_the_interface_answers_who_is_responsible_on_a_day(world: World, keys: dict[str, str]) -> None:
    asked = {"class": "M06010", "area": "310198001001001"}
    status, body = _get("/responsibility", keys["integrator"], **asked)
    assert (status, body["unit"]) == (200, B002)
    _publish(world, class_prefix="M06010", lead="D04")
    for days, unit in ((0, "310198-D04"), (-1, B002)):
        at = (world.at + timedelta(days=days)).isoformat()
        assert _get("/responsibility", keys["integrator"], **asked, at=at)[1]["unit"] == unit


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"class": "X99"}, 422), ({"area": "310198999"}, 422), ({"condition": "none"}, 422), ({"at": "yesterday"}, 422)],
)
def test_a_question_that_means_nothing_is_refused(
    world: World, keys: dict[str, str], changed: dict[str, str], status: int
) -> None:
    asked = {"class": "M06010", "area": "310198001", **changed}
    assert _get("/responsibility", keys["integrator"], **asked)[0] == status
