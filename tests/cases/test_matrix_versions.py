"""Drafting, publishing and undoing versions of the responsibility matrix."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from liandong.cases.matrices import (
    AreaNotInForce,
    ConditionNotBelow,
    LeadMissing,
    NoSuchClassBelow,
    ReasonTooLong,
    TooManyAssisting,
    UnitClosed,
    WordUnknown,
    matrix_for,
    notes_on,
    record_of,
    version_numbered,
    versions_of,
)
from liandong.cases.models import MatrixVersion, Responsibility
from liandong.cases.operations import (
    catch_up_draft,
    drop_draft,
    load_catalogue,
    open_draft,
    publish_draft,
    remove_row,
    set_row,
)
from liandong.cases.operations.matrix import (
    EffectiveTooEarly,
    NothingChanged,
    PublishedMeanwhile,
    RowChangedMeanwhile,
    RowMissing,
    TitleMissing,
    VersionPublished,
)
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.cases.rules.responsibility import Row
from liandong.kernel.refusal import Refusal
from liandong.people.access import Forbidden, NotFound, platform
from liandong.people.models import Grant, Unit, User
from tests.world import DISTRICT, World

MONDAY = date(2026, 3, 2)
ROW = {"class_prefix": "M06010", "area_prefix": "310198001", "lead": "S001", "fallback": "town", "reason": "居村先行"}


def _draft(world: World, by: str = "supervisor", title: str = "试行", **details: object) -> MatrixVersion:
    return open_draft(DISTRICT, title=title, actor=world.actor(by), at=world.at, **details)  # type: ignore[arg-type]


def _set(world: World, draft: MatrixVersion, by: str = "supervisor", **details: object) -> MatrixVersion:
    return set_row(draft.pk, **{**ROW, **details}, actor=world.actor(by), at=world.at)  # type: ignore[arg-type]


def _publish(world: World, draft: MatrixVersion, by: str = "supervisor", **details: object) -> MatrixVersion:
    published = publish_draft(draft.pk, actor=world.actor(by), at=world.at, **details)  # type: ignore[arg-type]
    forget_rules()
    return published


def _suggested(world: World, **details: object) -> str:
    return world.report(**details).suggested_unit


@pytest.fixture
def town_admin(world: World) -> str:
    """Lend the town's operator the right to keep the matrix of Dongqiao."""
    user = User.objects.get(username="town01")
    Grant.objects.create(
        user=user,
        unit=Unit.objects.get(pk=f"{DISTRICT}-T01"),
        role="admin",
        area="310198001",
        reason="街镇管理员",
        since_at=world.at - timedelta(days=30),
        until_at=world.at + timedelta(days=30),
        made_by="user/admin",
    )
    return "town01"


def test_a_published_draft_decides_from_its_day_and_not_before(world: World) -> None:
    assert _suggested(world) == "310198-B002"
    draft = _set(world, _draft(world))
    assert _suggested(world) == "310198-B002", "a draft decides nothing"
    _publish(world, draft, since_on=MONDAY + timedelta(days=2))
    assert _suggested(world) == "310198-B002"
    world.later(days=2)
    assert _suggested(world) == "310198-S001"
    book = rulebook_for(DISTRICT)
    before = book.suggest(class_code="M06010", area="310198001001001", at=world.at - timedelta(days=1))
    assert before is not None
    assert before.lead == "310198-B002", "yesterday's cases are judged by yesterday's matrix"


def test_the_states_of_versions_follow_the_calendar(world: World) -> None:
    _publish(world, _set(world, _draft(world)), since_on=MONDAY + timedelta(days=1))
    _draft(world, title="下一版")
    by_state = {facts.state: facts for facts in versions_of(DISTRICT, day=MONDAY)}
    assert [facts.state for facts in versions_of(DISTRICT, day=MONDAY)] == ["draft", "coming", "in_force"]
    assert by_state["in_force"].until_on == MONDAY
    assert (by_state["coming"].since_on, by_state["coming"].until_on) == (MONDAY + timedelta(days=1), None)
    assert (by_state["draft"].based_on, by_state["draft"].is_draft) == (by_state["coming"].number, True)
    later = [facts.state for facts in versions_of(DISTRICT, day=MONDAY + timedelta(days=1))]
    assert later == ["draft", "in_force", "past"]


def test_everything_done_to_a_draft_is_on_the_record(world: World) -> None:
    draft = _set(world, _draft(world))
    _set(world, draft, lead="G001")
    remove_row(draft.pk, class_prefix="M06010", area_prefix="310198001", actor=world.actor("supervisor"), at=world.at)
    _set(world, draft)
    _publish(world, draft)
    entries = list(record_of(draft))
    assert [entry.event for entry in entries] == [
        *("MatrixDraftOpened", "MatrixRowSet", "MatrixRowSet", "MatrixRowRemoved", "MatrixRowSet", "MatrixPublished")
    ]
    assert entries[2].data["before"]["lead"] == "S001"
    assert entries[2].data["after"]["lead"] == "G001"
    assert entries[3].data["before"]["lead"] == "G001"
    assert entries[5].data["changes"] == 1
    assert {entry.actor for entry in entries} == {"user/supervisor"}


def test_a_published_version_never_changes(world: World) -> None:
    draft = _publish(world, _set(world, _draft(world)))
    with pytest.raises(VersionPublished):
        _set(world, draft, lead="G001")
    with pytest.raises(VersionPublished):
        drop_draft(draft.pk, actor=world.actor("supervisor"), at=world.at)
    for change in (
        lambda: Responsibility.objects.filter(version=draft).update(lead="DC"),
        lambda: Responsibility.objects.filter(version=draft).delete(),
        lambda: Responsibility.objects.create(version=draft, district=DISTRICT, class_prefix="C", area_prefix="*"),
        lambda: MatrixVersion.objects.filter(pk=draft.pk).update(since_on=MONDAY + timedelta(days=9)),
        lambda: MatrixVersion.objects.filter(pk=draft.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="a published matrix never changes"), transaction.atomic():
            change()


def test_a_publication_is_taken_back_by_publishing_the_version_before_again(world: World) -> None:
    _publish(world, _set(world, _draft(world)))
    assert _suggested(world) == "310198-S001"
    back = _draft(world, title="恢复第一版", based_on=1)
    _publish(world, back)
    assert _suggested(world) == "310198-B002"
    facts = {one.number: one for one in versions_of(DISTRICT, day=MONDAY)}
    assert [facts[number].state for number in (1, 2, 3)] == ["past", "past", "in_force"]


@pytest.mark.parametrize(
    ("details", "refused"),
    [
        ({"class_prefix": "X"}, NoSuchClassBelow),
        ({"class_prefix": ""}, NoSuchClassBelow),
        ({"area_prefix": "310198009"}, AreaNotInForce),
        ({"area_prefix": "3101980"}, AreaNotInForce),
        ({"condition": "no_such"}, ConditionNotBelow),
        ({"lead": " "}, LeadMissing),
        ({"lead": "D99"}, WordUnknown),
        ({"lead": "bureau:没有这个科"}, WordUnknown),
        ({"lead": "bureau"}, WordUnknown),
        ({"lead": "town:东桥"}, WordUnknown),
        ({"fallback": "office:D01"}, WordUnknown),
        ({"assisting": ["D01", "D77"]}, WordUnknown),
        ({"assisting": ["D01", "D02", "D03", "D04", "T01", "T02", "B001"]}, TooManyAssisting),
        ({"reason": ""}, ReasonTooLong),
        ({"reason": "长" * 161}, ReasonTooLong),
    ],
)
def test_a_row_that_cannot_stand_is_refused_by_name(
    world: World, details: dict[str, object], refused: type[Refusal]
) -> None:
    draft = _draft(world)
    with pytest.raises(refused):
        _set(world, draft, **details)
    draft.refresh_from_db()
    assert draft.revision == 0


def test_a_closed_unit_is_not_named_any_more_and_no_longer_suggested(world: World) -> None:
    Unit.objects.filter(pk=f"{DISTRICT}-B002").update(until_on=MONDAY)
    forget_rules()
    assert _suggested(world) == "310198-B002", "its last day still counts"
    world.later(days=1)
    assert rulebook_for(DISTRICT).suggest(class_code="M06010", area="310198001", at=world.at).lead == "310198-D02"  # type: ignore[union-attr]
    with pytest.raises(UnitClosed):
        _set(world, _draft(world), lead="B002")


def test_a_lead_too_weak_for_some_classes_and_a_town_without_one_are_noted(world: World) -> None:
    book = rulebook_for(DISTRICT)
    strong = Row("M06010", "310198001", "B002", (), "town", "x")
    assert notes_on(strong, book, day=MONDAY) == []
    demanding = next(kind.code for kind in book.classes.values() if kind.is_leaf and kind.force == "enforcement")
    weak = notes_on(Row(demanding, "310198001", "G001", (), "", "x"), book, day=MONDAY)
    assert [note.values["class"] for note in weak] == [demanding]
    bare = notes_on(Row("M06010", "*", "bureau:没有", (), "", "x"), book, day=MONDAY)
    assert [note.values["count"] for note in bare] == [2]


def test_a_town_keeps_its_own_rows_and_no_others(world: World, town_admin: str) -> None:
    draft = _set(world, _draft(world, by=town_admin), by=town_admin)
    for area in ("310198002", "310198", "*"):
        with pytest.raises(Forbidden):
            _set(world, draft, by=town_admin, area_prefix=area)
    with pytest.raises(Forbidden):
        remove_row(draft.pk, class_prefix="M", area_prefix="*", actor=world.actor(town_admin), at=world.at)
    assert _publish(world, draft, by=town_admin).since_on == MONDAY
    assert _suggested(world) == "310198-S001"


def test_a_town_does_not_publish_what_others_changed_beyond_it(world: World, town_admin: str) -> None:
    draft = _set(world, _draft(world, by=town_admin), by=town_admin)
    _set(world, draft, by="admin", area_prefix="310198002", lead="T02")
    with pytest.raises(Forbidden):
        publish_draft(draft.pk, actor=world.actor(town_admin), at=world.at)
    _publish(world, draft, by="admin")


def test_whoever_keeps_no_matrix_changes_none(world: World) -> None:
    draft = _draft(world)
    for account in ("lin", "operator", "town01", "auditor", "grid001"):
        actor = world.actor(account)
        with pytest.raises(Forbidden):
            open_draft(DISTRICT, title="x", actor=actor, at=world.at)
        with pytest.raises(Forbidden):
            set_row(draft.pk, **ROW, actor=actor, at=world.at)  # type: ignore[arg-type]
        with pytest.raises(Forbidden):
            publish_draft(draft.pk, actor=actor, at=world.at)
        with pytest.raises(Forbidden):
            drop_draft(draft.pk, actor=actor, at=world.at)
    with pytest.raises(NotFound):
        set_row(draft.pk + 99, **ROW, actor=world.actor("admin"), at=world.at)  # type: ignore[arg-type]


def test_two_people_at_one_cell_are_told_of_each_other_and_the_last_word_counts(world: World) -> None:
    draft = _draft(world)
    _set(world, draft, seen=0)
    _set(world, draft, by="admin", area_prefix="310198002", lead="T02", seen=0)
    with pytest.raises(RowChangedMeanwhile) as refusal:
        _set(world, draft, by="admin", lead="G001", seen=0)
    assert refusal.value.values == {"who": "沈岳", "revision": 2}
    draft = _set(world, draft, by="admin", lead="G001", seen=2)
    assert matrix_for(draft, rulebook_for(DISTRICT)).rows["M06010", "310198001", "*"].lead == "G001"
    with pytest.raises(RowChangedMeanwhile):
        remove_row(
            draft.pk,
            class_prefix="M06010",
            area_prefix="310198001",
            seen=2,
            actor=world.actor("supervisor"),
            at=world.at,
        )


def test_what_is_not_there_cannot_be_removed(world: World) -> None:
    with pytest.raises(RowMissing):
        remove_row(_draft(world).pk, class_prefix="C01", area_prefix="*", actor=world.actor("supervisor"), at=world.at)


def test_a_draft_without_a_difference_is_not_published(world: World) -> None:
    draft = _draft(world)
    with pytest.raises(NothingChanged):
        _publish(world, draft)
    with pytest.raises(NothingChanged):
        catch_up_draft(draft.pk, actor=world.actor("supervisor"), at=world.at)


def test_neither_the_past_nor_a_later_version_is_overruled_from_before(world: World) -> None:
    draft = _set(world, _draft(world))
    with pytest.raises(EffectiveTooEarly):
        _publish(world, draft, since_on=MONDAY - timedelta(days=1))
    _publish(world, draft, since_on=MONDAY + timedelta(days=9))
    second = _set(world, _draft(world), lead="G001")
    with pytest.raises(EffectiveTooEarly) as refusal:
        _publish(world, second, since_on=MONDAY + timedelta(days=8))
    assert refusal.value.values == {"earliest": MONDAY + timedelta(days=9)}
    assert _publish(world, second).since_on == MONDAY + timedelta(days=9)
    assert rulebook_for(DISTRICT).matrix_on(MONDAY + timedelta(days=9)).number == second.number


def test_a_draft_takes_over_what_was_published_meanwhile_and_keeps_its_own_words(world: World) -> None:
    mine = _set(world, _draft(world), lead="G001")
    _set(world, mine, class_prefix="C01", area_prefix="*", lead="T01")
    other = _set(world, _draft(world), lead="S001")
    _set(world, other, class_prefix="A07", area_prefix="*", lead="D04")
    remove_row(other.pk, class_prefix="A0203", area_prefix="*", actor=world.actor("admin"), at=world.at)
    _publish(world, other)
    with pytest.raises(PublishedMeanwhile):
        _publish(world, mine)
    caught_up = catch_up_draft(mine.pk, actor=world.actor("supervisor"), at=world.at)
    rows = matrix_for(caught_up, rulebook_for(DISTRICT)).rows
    assert rows["M06010", "310198001", "*"].lead == "G001"
    assert rows["A07", "*", "*"].lead == "D04"
    assert ("A0203", "*", "*") not in rows
    told = record_of(mine).last()
    assert told is not None
    assert (told.data["taken"], told.data["kept"]) == (2, 1)
    assert _publish(world, mine).since_on == MONDAY


def test_a_dropped_draft_is_gone_and_its_record_stays(world: World) -> None:
    draft = _set(world, _draft(world, by="admin"), by="admin")
    entries = record_of(draft)
    drop_draft(draft.pk, actor=world.actor("supervisor"), at=world.at)
    with pytest.raises(NotFound):
        version_numbered(DISTRICT, draft.number)
    assert [entry.event for entry in entries][-1] == "MatrixDraftDropped"


def test_a_version_has_a_title_without_personal_numbers(world: World) -> None:
    with pytest.raises(TitleMissing):
        _draft(world, title=" ")
    with pytest.raises(TitleMissing):
        _draft(world, title="长" * 81)
    assert "13812345678" not in _draft(world, title="问 13812345678").title


def test_what_was_published_at_a_desk_outlives_a_load_of_the_same_folder(world: World) -> None:
    _publish(world, _set(world, _draft(world)), since_on=MONDAY + timedelta(days=3))
    world.load_again()
    assert len(versions_of(DISTRICT, day=MONDAY)) == 2
    row = Responsibility(
        district=DISTRICT, class_prefix="*", area_prefix="*", lead="town", fallback="DC", reason="属地负责"
    )
    load_catalogue(DISTRICT, classes=[], conditions=[], limits=[], matrix=[row], actor=platform("import"), at=world.at)
    newest = versions_of(DISTRICT, day=MONDAY)[0]
    assert (newest.rows, newest.since_on) == (1, MONDAY + timedelta(days=3))


def test_publishing_reaches_every_process_through_the_edition(world: World) -> None:
    from liandong.areas.queries import edition_of

    before = edition_of(DISTRICT)
    _publish(world, _set(world, _draft(world)))
    assert edition_of(DISTRICT) == before + 1
