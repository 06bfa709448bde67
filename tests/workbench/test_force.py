"""Force at the desk: shown before it is refused, raised and warned by form, enforcers named, delegations kept."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from liandong.cases.models import Case
from liandong.cases.rulebook import forget_rules
from liandong.people.models import Delegation, Unit
from tests.cases.forces import B002, D03, OFFICE, T01, TEAM, joint_team, local_office, new_post
from tests.cases.paths import take
from tests.workbench.conftest import HTMX, SignedIn
from tests.world import DISTRICT, World

DELEGATIONS = "/desk/delegations/"
GIVEN = {
    "department": D03,
    "town": T01,
    "groups": ["M06"],
    "codes": "a0808",
    "basis": "沪新联〔2026〕3号",
    "since_on": "2026-01-01",
    "until_on": "2099-12-31",
}


def _post(signed_in: SignedIn, account: str, case: Case, code: str, **fields: str) -> str:
    case.refresh_from_db()
    url = reverse("workbench:step", args=[case.number, code])
    response = signed_in(account).post(url, {**fields, "version": str(case.version)}, headers=HTMX)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def test_the_console_shows_the_force_of_case_and_suggested_unit(signed_in: SignedIn, world: World) -> None:
    world.filed(class_code="M06001")
    page = signed_in("lin").get(reverse("workbench:dispatch")).content.decode()
    assert page.count('data-force="enforcement"') == 3  # the queue, the case, the suggested unit


def test_a_case_for_which_nobody_is_suggested_says_why(signed_in: SignedIn, world: World) -> None:
    world.filed(class_code="A0808")
    page = signed_in("lin").get(reverse("workbench:dispatch")).content.decode()
    assert "责任矩阵中没有权限足够的单位" in page


def test_the_unit_picker_shows_what_each_unit_carries(signed_in: SignedIn, world: World) -> None:
    found = signed_in("lin").get("/desk/options/units/", {"q": "东桥街道城管中队"}).json()["options"]
    assert found[0]["note"] == "东桥街道 · 执法"


def test_a_unit_that_is_too_weak_is_refused_at_the_form_with_others_named(signed_in: SignedIn, world: World) -> None:
    case = world.filed(class_code="M06001")
    url = reverse("workbench:step", args=[case.number, "dispatch"])
    response = signed_in("lin").post(url, {"to": T01, "version": "3"}, headers=HTMX)
    assert response.status_code == 422
    assert "东桥街道城管中队" in response.content.decode()


def test_warning_and_raising_are_taken_by_form_and_told_on_the_page(signed_in: SignedIn, world: World) -> None:
    case = world.received(class_code="M09005")
    _post(signed_in, "bureau002", case, "warn", matter="店门口", reason="请搬离", outcome="未搬离")
    page = _post(signed_in, "bureau002", case, "raise_force", to="enforcement", reason="劝诫无效")
    assert "管理 → 执法" in page
    assert "请搬离" in page
    assert re.search(r"执法主体</dt><dd>东桥街道城管中队", page)
    case.refresh_from_db()
    assert case.force == "enforcement"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_whole_story_reads_in_both_languages(signed_in: SignedIn, world: World, language: str) -> None:
    case = world.received(class_code="M09005")
    for code in ("warn", "raise_force", "arrive", "hand_in"):
        take(world, code, case, "bureau002")
    client = signed_in("bureau002")
    page = client.get(reverse("workbench:case", args=[case.number]), headers={"Accept-Language": language})
    text = page.content.decode()
    words = {"zh-hans": ("劝诫谈话", "升级处置方式", "执法主体"), "en": ("Warning talk", "Raise the force", "answers")}
    assert all(word in text for word in words[language])


def test_somebody_whose_post_is_too_weak_is_told_before_they_try(signed_in: SignedIn, world: World) -> None:
    new_post("grid002", B002, role="bureau", force="service")
    case = world.received(class_code="M06001", to=B002)
    url = reverse("workbench:case", args=[case.number])
    assert "您的岗位权限不足" in signed_in("grid002").get(url).content.decode()
    assert "您的岗位权限不足" not in signed_in("bureau002").get(url).content.decode()


def test_a_joint_team_chooses_who_enforces_among_those_who_may(signed_in: SignedIn, world: World) -> None:
    joint_team(world)
    case = world.filed(class_code="M06001")
    world.do("dispatch_case", case, "lin", to=TEAM)
    world.do("receive_case", case, "patrol001")
    page = signed_in("bureau002").get(reverse("workbench:case", args=[case.number])).content.decode()
    assert '<option value="user/department03">处置员3（市场监管局）' in page
    assert "user/patrol001" not in page
    page = _post(signed_in, "bureau002", case, "hand_in", result="已拆除", enforcer="user/department03")
    assert re.search(r"执法主体</dt><dd>市场监管局", page)
    assert re.search(r"执法人员</dt><dd>处置员3", page)


def test_a_single_unit_is_asked_for_no_enforcer(signed_in: SignedIn, world: World) -> None:
    case = world.received(class_code="M06001", to=B002)
    page = signed_in("bureau002").get(reverse("workbench:case", args=[case.number])).content.decode()
    assert 'name="enforcer"' not in page


def test_the_supervisor_sees_by_which_force_cases_were_solved(
    signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liandong.workbench.views.lists.timezone.now", lambda: world.at)
    world.closed()
    url = reverse("workbench:late")
    assert "先服务、再管理、后执法" in signed_in("supervisor").get(url).content.decode()
    part = signed_in("supervisor").get(url, {"part": "solved"}).content.decode()
    assert part.count("data-force") == 3
    assert "100.0%" in part


def test_a_department_delegates_and_revokes_on_the_page(signed_in: SignedIn, world: World) -> None:
    client = signed_in("department03")
    page = client.get(DELEGATIONS).content.decode()
    assert "没有现行的委托" in page
    assert 'value="310198-D02"' not in page
    assert client.post(DELEGATIONS, GIVEN).status_code == 302
    delegation = Delegation.objects.get()
    assert (delegation.classes, delegation.area) == (["M06", "A0808"], f"{DISTRICT}001")
    page = client.get(DELEGATIONS).content.decode()
    assert "M06 市容环境类" in page
    assert "整个街镇" in page
    assert client.post(reverse("workbench:revoke_delegation", args=[delegation.pk])).status_code == 302
    again = client.post(reverse("workbench:revoke_delegation", args=[delegation.pk]))
    assert again.status_code == 409
    assert "这项委托已经结束" in again.content.decode()
    assert "已撤销" in client.get(DELEGATIONS).content.decode()


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"codes": "Z9999"}, "目录中没有"),
        ({"groups": [], "codes": ""}, "委托事项"),
        ({"until_on": "2025-12-31"}, "委托期限"),
        ({"basis": ""}, "is-invalid"),
        ({"department": f"{DISTRICT}-D02"}, "is-invalid"),
    ],
)
def test_a_faulty_delegation_comes_back_as_it_was_filled_in(
    signed_in: SignedIn, world: World, changed: dict[str, object], word: str
) -> None:
    response = signed_in("department03").post(DELEGATIONS, {**GIVEN, **changed})
    assert response.status_code == 422
    assert word in response.content.decode()
    assert not Delegation.objects.exists()


def test_the_town_sees_what_it_was_given_and_used_and_others_do_not(signed_in: SignedIn, world: World) -> None:
    local_office(world)
    signed_in("department03").post(DELEGATIONS, GIVEN)
    case = world.report(by="grid001", channel="staff")
    for code in ("accept", "file"):
        take(world, code, case, "town01")
    take(world, "dispatch", case, "town01", to=OFFICE)
    page = signed_in("town01").get(DELEGATIONS).content.decode()
    assert case.number in page
    assert "确认撤销" not in page
    assert "新的委托" not in page
    assert case.number in signed_in("lin").get(DELEGATIONS).content.decode()
    for stranger in ("town02", "department02"):
        assert case.number not in signed_in(stranger).get(DELEGATIONS).content.decode()
    assert signed_in("grid001").get(DELEGATIONS).status_code == 403


def test_revoking_what_one_does_not_see_finds_nothing(signed_in: SignedIn, world: World) -> None:
    signed_in("department03").post(DELEGATIONS, GIVEN)
    url = reverse("workbench:revoke_delegation", args=[Delegation.objects.get().pk])
    assert signed_in("department02").post(url).status_code == 404
    assert signed_in("lin").post(url).status_code == 403


def test_units_that_have_closed_or_not_begun_are_not_offered(signed_in: SignedIn, world: World) -> None:
    asked = {"q": "东桥街道城管中队"}
    for days in ({"until_on": date(2026, 1, 1)}, {"until_on": None, "since_on": date(2999, 1, 1)}):
        Unit.objects.filter(pk=B002).update(**days)
        forget_rules()
        found = signed_in("lin").get("/desk/options/units/", asked).json()["options"]
        assert B002 not in [one["value"] for one in found]


def test_a_suggested_unit_that_has_closed_since_must_be_replaced_by_hand(signed_in: SignedIn, world: World) -> None:
    case = world.filed()
    Unit.objects.filter(pk=case.suggested_unit).update(until_on=date(2026, 1, 1))
    forget_rules()
    page = signed_in("lin").get(reverse("workbench:dispatch")).content.decode()
    assert "留空则派给建议单位" not in page


def test_a_unit_too_weak_is_offered_to_ask_and_one_strong_enough_to_raise(signed_in: SignedIn, world: World) -> None:
    weak = world.filed(class_code="A0203")
    world.do("dispatch_case", weak, "lin")
    world.do("receive_case", weak, "bureau001")
    page = signed_in("bureau001").get(reverse("workbench:case", args=[weak.number])).content.decode()
    assert f"{weak.number}/ask_for_force/" in page
    assert f"{weak.number}/raise_force/" not in page
    strong = world.received()
    page = signed_in("bureau002").get(reverse("workbench:case", args=[strong.number])).content.decode()
    assert f"{strong.number}/raise_force/" in page
    assert f"{strong.number}/ask_for_force/" not in page


def test_asking_for_force_by_form_leads_back_to_dispatch(signed_in: SignedIn, world: World) -> None:
    case = world.filed(class_code="A0203")
    world.do("dispatch_case", case, "lin")
    world.do("receive_case", case, "bureau001")
    _post(signed_in, "bureau001", case, "ask_for_force", to="enforcement", reason="三次劝导无效")
    case.refresh_from_db()
    assert (case.stage, case.force) == ("filed", "enforcement")
    page = signed_in("lin").get(reverse("workbench:case", args=[case.number])).content.decode()
    assert "请求升级力量" in page
    assert "三次劝导无效" in page


def test_an_english_reader_sees_the_english_name_of_their_unit(signed_in: SignedIn, world: World) -> None:
    with translation.override("zh-hans"):  # the request speaks English; the next test does not
        page = signed_in("bureau002").get(reverse("workbench:home"), headers={"accept-language": "en"}).content.decode()
    unit = Unit.objects.get(pk=B002)
    assert unit.name_en in page
    assert unit.name not in page
