"""Photos of public cases: shown at once, after somebody has looked, or never, as the district's rules say."""

from __future__ import annotations

import pytest
from django.test import Client

from liandong.citizen.publishing import operations
from liandong.citizen.publishing.models import PhotoDecision
from liandong.citizen.publishing.queries import photos_waiting
from liandong.people.access import Forbidden, NotFound
from liandong.timeline.queries import trace
from tests.publishing.conftest import Rules, SignedIn, rows_of, with_photo
from tests.world import DISTRICT, World

MODERATED = ("*", "publish_photos", "moderated")


def _shown(public: Client, number: str, photo: int) -> tuple[int, int, bool]:
    own = public.get(f"/map/{number}/photos/{photo}/").status_code
    open311 = public.get(f"/open311/v2/media/{number}/{photo}.jpg").status_code
    return own, open311, any(row["photo"] for row in rows_of(public))


def test_where_photos_are_looked_at_first_nobody_sees_one_before(ruled: Rules, public: Client) -> None:
    world = ruled(MODERATED)
    case, photo = with_photo(world)
    assert _shown(public, case.number, photo.pk) == (404, 404, False)
    assert photos_waiting(world.actor("supervisor"), DISTRICT, limit=9) == [(photo.pk, case.number)]
    operations.release_photo(case.number, photo=photo.pk, actor=world.actor("supervisor"), at=world.at)
    assert _shown(public, case.number, photo.pk) == (200, 200, True)
    assert photos_waiting(world.actor("supervisor"), DISTRICT, limit=9) == []


def test_a_photo_that_is_withheld_is_gone_and_may_come_back(world: World, public: Client) -> None:
    case, photo = with_photo(world)
    assert _shown(public, case.number, photo.pk) == (200, 200, True)
    given = {"photo": photo.pk, "actor": world.actor("supervisor"), "at": world.at}
    operations.withhold_photo(case.number, reason="personal", **given)
    assert _shown(public, case.number, photo.pk) == (404, 404, False)
    assert public.get(f"/map/{case.number}/").status_code == 200
    operations.release_photo(case.number, **given)
    assert _shown(public, case.number, photo.pk) == (200, 200, True)
    assert [entry.event for entry in trace("case", case.pk)][-2:] == ["PhotoWithheld", "PhotoReleased"]
    assert PhotoDecision.objects.filter(photo=photo).count() == 2
    assert PhotoDecision.objects.get(photo=photo, replaced_at__isnull=True).is_shown


def test_a_class_may_show_no_photos_at_all_whatever_somebody_decides(ruled: Rules, public: Client) -> None:
    world = ruled(("M06010", "publish_photos", "never"))
    case, photo = with_photo(world)
    operations.release_photo(case.number, photo=photo.pk, actor=world.actor("supervisor"), at=world.at)
    assert _shown(public, case.number, photo.pk) == (404, 404, False)


def test_an_outside_address_of_a_picture_is_told_only_where_photos_are_shown_at_once(
    ruled: Rules, public: Client
) -> None:
    given = {"attributes": {"media_url": "https://pictures.example/1.jpg"}, "channel": "open311"}
    world = ruled(MODERATED)
    world.report(**given)
    assert public.get("/open311/v2/requests.json").json()[0]["media_url"] is None
    ruled(("*", "publish_photos", "at_once"))
    assert public.get("/open311/v2/requests.json").json()[0]["media_url"] == "https://pictures.example/1.jpg"


def test_photos_of_staff_and_of_other_channels_are_never_public(world: World, public: Client) -> None:
    case, photo = with_photo(world, channel="hotline")
    operations.release_photo(case.number, photo=photo.pk, actor=world.actor("supervisor"), at=world.at)
    assert _shown(public, case.number, photo.pk) == (404, 404, False)


def test_a_photo_of_another_case_and_one_that_is_none_are_not_found(world: World) -> None:
    case, _photo = with_photo(world)
    _other, foreign = with_photo(world, seed=2)
    for photo in (foreign.pk, 10**6, 2**63):
        with pytest.raises(NotFound):
            operations.release_photo(case.number, photo=photo, actor=world.actor("supervisor"), at=world.at)
    with pytest.raises(Forbidden):
        operations.release_photo(case.number, photo=_photo.pk, actor=world.actor("operator"), at=world.at)


def test_the_queue_shows_photos_and_releases_them(ruled: Rules, signed_in: SignedIn, public: Client) -> None:
    world = ruled(MODERATED)
    case, photo = with_photo(world)
    desk = signed_in("supervisor")
    assert f"/desk/cases/{case.number}/photos/{photo.pk}/" in desk.get("/desk/publishing/moderation/").content.decode()
    where = f"/desk/publishing/cases/{case.number}/photos/{photo.pk}"
    answer = desk.post(f"{where}/release/", {"back": "queue"})
    assert answer["Location"] == "/desk/publishing/moderation/"
    assert public.get(f"/map/{case.number}/photos/{photo.pk}/").status_code == 200
    refused = desk.post(f"{where}/withhold/", {"reason": ""}, follow=True)
    assert "没有说明不公开的理由" in refused.content.decode()
    desk.post(f"{where}/withhold/", {"reason": "personal"})
    assert public.get(f"/map/{case.number}/photos/{photo.pk}/").status_code == 404
    assert "已审，不公开" in desk.get(f"/desk/publishing/cases/{case.number}/").content.decode()
