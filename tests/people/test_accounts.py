"""The administration of accounts: who finds whom, and every act from the page of an account."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from liandong.people.backend import LOCAL
from liandong.people.models import Post, User
from liandong.people.operations import link_identity, open_account, unlink_identity
from liandong.people.operations.accounts import AccountExists, AccountNameUnfit, PersonNameMissing
from liandong.people.views import accounts
from tests.people.hired import hire
from tests.world import DISTRICT, World


def _desk(account: str = "admin") -> Client:
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return client


def test_accounts_are_found_by_name_unit_and_kind(world: World) -> None:
    hire(world)
    page = _desk().get("/desk/accounts/?text=孙静").content.decode()
    assert re.findall(r'class="ld-number" href="/desk/accounts/([\w.]+)/"', page) == ["sun"]
    assert "grid001" in _desk().get("/desk/accounts/?text=网格").content.decode()
    assert "没有符合条件的账号" in _desk().get("/desk/accounts/?kind=stopped").content.decode()


def test_the_list_goes_on_where_a_page_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "ON_A_PAGE", 10)
    first = _desk().get("/desk/accounts/").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = _desk().get("/desk/accounts/" + following.group(1).replace("&amp;", "&")).content.decode()
    names = re.compile(r'class="ld-number" href="/desk/accounts/([\w.]+)/"')
    assert not set(names.findall(first)) & set(names.findall(second))


@pytest.mark.parametrize("account", ["lin", "supervisor", "town01", "auditor"])
def test_the_pages_are_for_who_manages_accounts_alone(world: World, account: str) -> None:
    assert _desk(account).get("/desk/accounts/").status_code == 403
    assert _desk(account).get("/desk/accounts/lin/").status_code == 403
    assert _desk(account).post("/desk/accounts/lin/reset/").status_code == 403


def test_an_account_of_another_district_is_not_there(world: World) -> None:
    sun = hire(world)
    Post.objects.filter(user=sun.user).update(area="310197")
    assert _desk().get("/desk/accounts/sun/").status_code == 404
    assert _desk().post("/desk/accounts/sun/reset/").status_code == 404
    assert "没有符合条件的账号" in _desk().get("/desk/accounts/?text=sun").content.decode()


def test_a_person_gets_an_account_and_its_password_is_shown_once(world: World) -> None:
    client = _desk()
    assert client.get("/desk/accounts/open/person/").status_code == 200
    page = client.post("/desk/accounts/open/person/", {"account": "Wu.Di", "name": "吴迪"}).content.decode()
    password = re.search(r'id="one-time">([\w-]+)<', page).group(1)  # type: ignore[union-attr]
    assert User.objects.get(username="wu.di").check_password(password)
    assert password not in client.get("/desk/accounts/wu.di/").content.decode()
    assert client.post("/desk/accounts/open/person/", {"account": "wu.di", "name": "吴迪"}).status_code == 409
    assert client.post("/desk/accounts/open/person/", {"account": "吴迪", "name": "吴迪"}).status_code == 422
    assert client.post("/desk/accounts/open/person/", {}).status_code == 422


def test_every_act_is_done_from_the_page_and_told_there(world: World) -> None:
    sun, client = hire(world), _desk()
    sun.enter()
    page = client.post("/desk/accounts/sun/reset/").content.decode()
    assert "一次性密码" in page
    for act, given, word in (
        ("unlock", {}, "已解除锁定"),
        ("sessions", {}, "已结束 0 个登录会话"),
        ("deactivate", {"reason": "离岗"}, "账号已停用"),
        ("reactivate", {"reason": "回岗"}, "账号已恢复"),
        ("identity", {"reason": "换人"}, "已解除统一身份绑定"),
    ):
        answer = client.post(f"/desk/accounts/sun/{act}/", given)
        assert answer["Location"] == "/desk/accounts/sun/", act
        assert word in client.get("/desk/accounts/sun/").content.decode(), act
    refused = client.post("/desk/accounts/sun/deactivate/", {"reason": ""})
    assert refused.status_code == 422
    assert "必须写明理由" in refused.content.decode()
    assert client.post("/desk/accounts/sun/second-factor/", {"reason": "丢失"}).status_code == 409


def test_ones_own_account_is_not_administered_by_oneself(world: World) -> None:
    client = _desk()
    assert "请在“我的账号”中办理" in client.get("/desk/accounts/admin/").content.decode()
    assert client.post("/desk/accounts/admin/reset/").status_code == 409
    assert client.post("/desk/accounts/admin/deactivate/", {"reason": "x"}).status_code == 409


def test_an_identity_is_tied_once_and_cut_with_a_reason(world: World) -> None:
    sun = hire(world)
    for _time in range(2):
        link_identity(sun.user, provider="sso:x", identity="u-1", at=world.at)
    assert sun.events().count("IdentityLinked") == 1
    unlink_identity(sun.user, reason="调离", actor=world.actor("admin"), at=world.at)
    unlink_identity(sun.user, reason="调离", actor=world.actor("admin"), at=world.at)
    assert sun.events().count("IdentityUnlinked") == 1


@pytest.mark.parametrize(
    ("account", "person", "refusal"),
    [
        ("Sun", "孙", AccountNameUnfit),
        ("-sun", "孙", AccountNameUnfit),
        ("s", "孙", AccountNameUnfit),
        ("x" * 61, "孙", AccountNameUnfit),
        ("lin", "林", AccountExists),
        ("sun", " ", PersonNameMissing),
        ("sun", "孙" * 61, PersonNameMissing),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_name(
    world: World, account: str, person: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        open_account(account, person=person, actor=world.actor("admin"), at=world.at)


def test_my_page_names_posts_and_what_happened(world: World) -> None:
    sun = hire(world)
    sun.enter()
    page = sun.client.get("/desk/me/").content.decode()
    assert "接线员" in page
    assert DISTRICT in page
    assert "开户" in page
