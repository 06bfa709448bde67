"""Where staff are reached: sealed, bound to its account, changed by themselves or who manages the account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from liandong.people.access import Forbidden
from liandong.people.backend import LOCAL
from liandong.people.contacts import Contact, contact_of, mobile
from liandong.people.models import Post, StaffContact, User
from liandong.people.operations import close_left_accounts, set_contact
from liandong.people.operations.contacts import NotAMobile, NotAnEmail
from liandong.timeline.queries import trace
from tests.world import World


def keep(world: World, by: str, account: str = "bureau002", *, phone: str = "", email: str = "") -> Contact:
    user = User.objects.get(username=account)
    return set_contact(user, phone=phone, email=email, actor=world.actor(by), at=world.at)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("138 1234 5678", "13812345678"), ("+8613812345678", "13812345678"), ("021-55500000", ""), ("12812345678", "")],
)
def test_a_mobile_number_is_recognised_however_it_is_spaced(given: str, kept: str) -> None:
    assert mobile(given) == kept


def test_what_is_kept_is_sealed_masked_when_shown_and_opens_for_its_own_account_only(world: World) -> None:
    keep(world, "bureau002", phone="13812345678", email="wang@example.gov.cn")
    row = StaffContact.objects.get()
    assert b"13812345678" not in bytes(row.sealed)
    found = contact_of(row.user_id)
    assert (found.masked_phone, found.masked_email) == ("138****5678", "w***@example.gov.cn")
    other = User.objects.get(username="operator")
    StaffContact.objects.create(user=other, sealed=row.sealed)
    assert contact_of(other.pk) == Contact()


def test_an_administrator_may_change_it_and_a_colleague_may_not(world: World) -> None:
    assert keep(world, "admin", phone="13812345678").phone == "13812345678"
    with pytest.raises(Forbidden):
        keep(world, "operator", phone="13812345678")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [({"phone": "55500000"}, NotAMobile), ({"email": "a@b"}, NotAnEmail), ({"email": "a b@c.cn"}, NotAnEmail)],
)
def test_what_cannot_be_used_is_refused(world: World, given: dict[str, str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        keep(world, "bureau002", **given)
    assert not StaffContact.objects.exists()


def test_it_ends_with_the_account(world: World) -> None:
    keep(world, "bureau002", phone="13812345678")
    today = world.at.date()
    Post.objects.filter(user__username="bureau002").update(until_on=today)
    User.objects.filter(username="bureau002").update(leaves_on=today)
    close_left_accounts(actor=world.actor("admin"), at=world.at + timedelta(days=2))
    assert not StaffContact.objects.exists()


def _desk(account: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return client


PAGE = "/desk/accounts/bureau002/"


def test_an_administrator_keeps_a_colleagues_number_on_the_page_of_the_account(world: World) -> None:
    client = _desk("admin")
    assert client.post(f"{PAGE}contact/", {"phone": "138 1234 5678", "email": "wang@example.gov.cn"}).status_code == 302
    user = User.objects.get(username="bureau002")
    assert contact_of(user.pk) == Contact("13812345678", "wang@example.gov.cn")
    page = client.get(PAGE).content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page
    told = trace("account", user.pk).last()
    assert told is not None
    assert (told.event, told.actor, told.data) == ("ContactChanged", "user/admin", {"changed": ["phone", "email"]})


def test_what_is_left_empty_stays_and_what_is_ticked_goes(world: World) -> None:
    user = User.objects.get(username="bureau002")
    keep(world, "admin", phone="13812345678", email="wang@example.gov.cn")
    client = _desk("admin")
    client.post(f"{PAGE}contact/", {"email": "new@example.gov.cn"})
    assert contact_of(user.pk) == Contact("13812345678", "new@example.gov.cn")
    client.post(f"{PAGE}contact/", {"drop_phone": "on"})
    assert contact_of(user.pk) == Contact("", "new@example.gov.cn")


def test_a_number_that_cannot_be_used_comes_back_at_its_field(world: World) -> None:
    answer = _desk("admin").post(f"{PAGE}contact/", {"phone": "55500000"})
    assert answer.status_code == 422
    assert "这不是可以接收短信的手机号码" in answer.content.decode()
    assert not StaffContact.objects.exists()


@pytest.mark.parametrize("account", ["lin", "supervisor", "town01", "auditor", "bureau001"])
def test_nobody_else_sees_or_changes_it_there(world: World, account: str) -> None:
    assert _desk(account).post(f"{PAGE}contact/", {"phone": "13812345678"}).status_code == 403
    assert not StaffContact.objects.exists()


def test_an_administrator_of_elsewhere_finds_no_such_account(world: World) -> None:
    Post.objects.filter(user__username="bureau002").update(area="310197")
    assert _desk("admin").post(f"{PAGE}contact/", {"phone": "13812345678"}).status_code == 404


def test_ones_own_is_changed_in_ones_own_settings(world: World) -> None:
    page = _desk("admin").get("/desk/accounts/admin/").content.decode()
    assert "contact-title" not in page
