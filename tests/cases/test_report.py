"""上报: what a report becomes, and every report that cannot become a case."""

from __future__ import annotations

import math
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liandong.cases.changes import Report
from liandong.cases.changes.intake import MixedCoordinates, OutsideDistrict, OutsideNumberTooLong, UnknownWord
from liandong.cases.models import Case
from liandong.cases.operations import AlreadyReported, report_case
from liandong.cases.queries import permitted_cases
from liandong.cases.rulebook import UnknownClass, UnknownUnit
from liandong.cases.rules.redaction import TextMissing, TextTooLong
from liandong.kernel.datum import Datum, ImplausiblePoint, convert
from liandong.kernel.numbering import parse_number
from liandong.kernel.refusal import Refusal
from liandong.people.access import NOBODY, Forbidden, platform
from tests.cases.paths import clock, last_entry, running
from tests.world import DISTRICT, GRID_1, GRID_9, MRS_CHEN, World


def test_a_report_is_located_numbered_suggested_and_its_clock_runs(world: World) -> None:
    case = world.report(urgency="urgent")
    case.refresh_from_db()
    assert (case.stage, case.version, case.run_by) == ("reported", 1, "district")
    assert (case.area, case.suggested_unit) == ("310198001001001", "310198-B002")
    assert case.suggested_why == "市容事项由街镇城管中队处置"
    assert (case.nature, case.urgency, case.identity, case.reported_at) == (
        world_class_nature(case),
        "urgent",
        "anonymous",
        world.at,
    )
    assert running(case) == {"accept"}
    assert case.due_at == clock(case, "accept").due_at
    number = parse_number(case.number)
    assert (number.prefix, str(number.day)) == ("XA", "2026-03-02")
    entry = last_entry(case)
    assert (entry.event, entry.data["number"], entry.data["version"]) == ("CaseReported", case.number, 1)


def world_class_nature(case: Case) -> str:
    """The nature its class gives a case."""
    from liandong.cases.rulebook import rulebook_for

    return rulebook_for(case.district).class_of(case.class_code).nature


def test_numbers_of_a_day_follow_one_another_and_a_refused_report_takes_none(world: World) -> None:
    first = world.report()
    with pytest.raises(TextMissing):
        world.report(description=" ")
    second = world.report()
    assert parse_number(second.number).sequence == parse_number(first.number).sequence + 1


def test_what_a_towns_staff_report_is_run_by_the_town(world: World) -> None:
    assert world.report(by="patrol001", channel="staff").run_by == "town"
    assert world.report(by="department01").run_by == "district"


def test_anyone_may_report_anywhere_and_always_sees_their_own(world: World) -> None:
    for by in ("grid001", "mediator", "town01", "department01"):
        case = world.report(by=by, lon=GRID_9[0], lat=GRID_9[1])
        assert permitted_cases(world.actor(by)).filter(pk=case.pk).exists(), by


def test_an_account_without_a_post_reports_nothing(world: World) -> None:
    with pytest.raises(Forbidden):
        report_case(Report("M06010", "垃圾", "desk"), district=DISTRICT, actor=NOBODY, at=world.at)


def test_a_report_without_a_point_waits_in_the_queue_of_unknown_places(world: World) -> None:
    case = world.report(lon=None, lat=None)
    assert (case.area, case.lon, case.lat) == ("310198", None, None)
    assert world.report(lon=None, lat=None, area="310198002").area == "310198002"


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09, Datum.CGCS2000])
def test_a_point_of_another_datum_is_converted_and_its_source_kept(world: World, datum: Datum) -> None:
    lon, lat = convert(*GRID_1, source=Datum.WGS84, target=datum)
    case = world.report(lon=lon, lat=lat, datum=datum.value)
    assert case.lon == pytest.approx(GRID_1[0], abs=1e-7)
    assert case.lat == pytest.approx(GRID_1[1], abs=1e-7)
    assert (case.datum, case.area) == (datum.value, "310198001001001")


BAD: list[tuple[dict[str, Any], type[Refusal]]] = [
    ({"class_code": "X99999"}, UnknownClass),
    ({"class_code": "M06"}, UnknownClass),
    ({"class_code": ""}, UnknownClass),
    ({"class_code": "M06010\x00"}, UnknownClass),
    ({"description": ""}, TextMissing),
    ({"description": "\x00\x00 "}, TextMissing),
    ({"description": "垃" * 1_000_000}, TextTooLong),
    ({"description": "垃" * 4_001, "longest": 4_000}, TextTooLong),
    ({"lon": 121.6}, OutsideDistrict),
    ({"lon": 31.01, "lat": 121.405}, ImplausiblePoint),
    ({"lon": 1e308}, ImplausiblePoint),
    ({"lon": None}, MixedCoordinates),
    ({"lat": None}, MixedCoordinates),
    ({"lon": math.nan}, MixedCoordinates),
    ({"lat": -math.inf}, MixedCoordinates),
    ({"datum": "Beijing-54"}, UnknownWord),
    ({"datum": "Beijing-54", "lon": None, "lat": None}, UnknownWord),
    ({"nature": "rant"}, UnknownWord),
    ({"urgency": "now"}, UnknownWord),
    ({"identity": "nobody"}, UnknownWord),
    ({"about_unit": "310198-X01"}, UnknownUnit),
    ({"external_id": "9" * 81}, OutsideNumberTooLong),
]


@pytest.mark.parametrize(("details", "refusal"), BAD)
def test_a_bad_report_is_refused_by_name_and_leaves_nothing(
    world: World, details: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        world.report(**details)
    assert refused.value.remedy
    assert not Case.objects.exists()


def test_a_district_that_is_not_loaded_is_refused(world: World) -> None:
    from liandong.areas.queries import UnknownDistrict

    with pytest.raises(UnknownDistrict):
        report_case(Report("M06010", "垃圾", "api"), district="999999", actor=platform("test"), at=world.at)


def test_emoji_rare_characters_and_ten_thousand_letters_are_kept(world: World) -> None:
    words = "😀🚮 𠮷野家门口 " + "垃" * 9_980
    case = world.report(description=words)
    case.refresh_from_db()
    assert case.description == words.strip()


def test_nul_bytes_and_lone_surrogates_are_dropped_wherever_they_hide(world: World) -> None:
    case = world.report(
        description="垃圾\x00堆\ud800了三天",
        address="东桥\x00路1号",
        external_id="A\x00-1",
        attributes={"floor\x00": "三\x00楼", "list": ["a\x00", math.nan, 3]},
        identity="named",
        contact=type(MRS_CHEN)("陈\x00女士\udfff", "13812345678", "1号\x00"),
    )
    case.refresh_from_db()
    assert (case.description, case.address, case.external_id) == ("垃圾堆了三天", "东桥路1号", "A-1")
    assert case.attributes == {"floor": "三楼", "list": ["a", None, 3]}


def test_an_outside_number_is_taken_once_per_channel(world: World) -> None:
    first = world.report(channel="api", external_id="12345-1")
    with pytest.raises(AlreadyReported) as refusal:
        world.report(channel="api", external_id="12345-1")
    assert refusal.value.values == {"external": "12345-1", "number": first.number}
    with pytest.raises(AlreadyReported):
        world.report(channel="api", external_id=" 12345-1\x00 ")
    world.report(channel="hotline", external_id="12345-1")
    world.report(channel="api")
    world.report(channel="api")
    assert Case.objects.count() == 4


def test_only_open_classes_are_public_and_never_complaints_or_reports(world: World) -> None:
    assert world.report(nature="help").is_public
    assert not world.report(nature="complaint").is_public
    assert not world.report(nature="report").is_public
    assert not world.report(class_code="A0203", nature="help").is_public


def test_a_matter_about_the_suggested_unit_falls_to_the_centre(world: World) -> None:
    case = world.report(about_unit="310198-B002", nature="complaint")
    assert case.suggested_unit == "310198-DC"


def test_a_case_that_the_matrix_does_not_cover_falls_to_the_centre(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from liandong.cases.rulebook import forget_rules

    monkeypatch.setattr("liandong.cases.rulebook._matrices", lambda _district, **_zone: ())
    forget_rules()
    assert world.report().suggested_unit == "310198-DC"


def test_words_of_description_and_address_are_found(world: World) -> None:
    from liandong.cases.queries import CaseFilter

    case = world.report(description="消防通道被占用", address="东桥路88号")
    seen = permitted_cases(world.actor("lin"))
    for text in ("消防通道", "东桥路", "88", case.number, case.number.lower()):
        assert CaseFilter(text=text).apply(seen).get() == case, text
    for text in ("垃圾", "%", "'", "\\", "a'b", "\x00垃圾"):
        assert list(CaseFilter(text=text, unit="\x00").apply(seen)) == [], text


def test_the_database_itself_refuses_half_a_point(world: World) -> None:
    case = world.report()
    with pytest.raises(IntegrityError, match="both_coordinates_or_none"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(lat=None)


def test_a_point_in_a_gap_of_the_map_belongs_to_the_area_the_channel_names(world: World) -> None:
    assert world.report(lon=121.5, area="310198002").area == "310198002"


def test_another_trouble_of_the_database_is_not_taken_for_a_double_report(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _trouble(docket: object) -> None:
        raise IntegrityError("another constraint")

    monkeypatch.setattr("liandong.cases.operations.steps.save_docket", _trouble)
    with pytest.raises(IntegrityError, match="another constraint"):
        world.report(channel="api", external_id="1")
