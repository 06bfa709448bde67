"""GET services and service definitions."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liandong.areas.models import District
from liandong.cases.models import CaseClass
from tests.open311.conftest import Open311

FIELDS = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]


def test_services_are_listed_with_and_without_questions(open311: Open311) -> None:
    services = open311.get("services")
    assert all(list(service) == FIELDS for service in services)
    assert {service["type"] for service in services} == {"realtime"}
    asked = [service for service in services if service["metadata"] in (True, "true")]
    plain = [service for service in services if service["metadata"] in (False, "false")]
    assert len(asked) >= 2
    assert len(plain) >= 2
    assert len(asked) + len(plain) == len(services)
    assert all(isinstance(service["service_code"], str) for service in services)
    assert all(service["keywords"] and service["group"] for service in services)


def test_only_leaf_classes_open_to_the_public_appear(open311: Open311) -> None:
    codes = {service["service_code"] for service in open311.get("services")}
    rows = CaseClass.objects.filter(code__in=codes)
    assert len(codes) == rows.count()
    assert not rows.filter(is_public=False).exists()
    assert not rows.filter(is_leaf=False).exists()
    assert not rows.filter(nature__in=["complaint", "report"]).exists()


def test_a_definition_tells_every_question(open311: Open311) -> None:
    definition = open311.get("services/M01001")
    assert definition["service_code"] == "M01001"
    first = definition["attributes"][0]
    assert list(first) == [
        "variable",
        "code",
        "datatype",
        "required",
        "datatype_description",
        "order",
        "description",
        "values",
    ]
    assert (first["code"], first["datatype"]) == ("state", "singlevaluelist")
    assert first["values"][0] == {"key": "missing", "name": "缺失"}
    orders = [int(attribute["order"]) for attribute in definition["attributes"]]
    assert orders == sorted(set(orders))
    assert min(orders) > 0


def test_a_service_without_questions_has_an_empty_definition(open311: Open311) -> None:
    plain = next(service for service in open311.get("services") if service["metadata"] in (False, "false"))
    assert open311.get(f"services/{plain['service_code']}")["attributes"] == []


def test_names_come_in_the_language_of_the_reader(open311: Open311) -> None:
    english = open311.get("services", **{"Accept-Language": "en"})
    assert all(service["service_name"].isascii() for service in english)
    definition = open311.get("services/M01001", **{"Accept-Language": "en"})
    assert definition["attributes"][0]["values"][0]["name"] == "Missing"


@pytest.mark.parametrize("code", ["nothing", "M06", "A0101", "%00", "井盖", "..."])
def test_an_unknown_service_is_404(open311: Open311, code: str) -> None:
    error = open311.get(f"services/{code}", status=404)[0]
    assert error["code"] == "404"
    assert "service_code" in error["description"]


@pytest.mark.parametrize("path", ["services", "services/M01001", "requests"])
def test_an_unknown_jurisdiction_is_404(open311: Open311, path: str) -> None:
    error = open311.get(path, {"jurisdiction_id": "nowhere"}, status=404)[0]
    assert error["code"] == "404"
    assert "310198" in error["description"]


@pytest.mark.parametrize("path", ["services", "services/M01001", "requests", "requests/x", "tokens/x"])
def test_a_jurisdiction_is_required_where_there_are_several_and_none_is_the_main_one(
    open311: Open311, path: str
) -> None:
    District.objects.update(is_main=False)
    District.objects.create(
        code="240510", name="二区", name_en="Second", number_prefix="SE", lon=0, lat=0, hours=[], calendar="cn"
    )
    assert open311.get(path, status=400)[0]["code"] == "400"
    named = {"jurisdiction_id": "310198"}
    open311.get(path, named, status=404 if path.endswith("/x") else 200)
    assert open311.get(path, {"jurisdiction_id": ""}, status=400)


def test_a_district_that_comes_later_changes_nothing_for_clients_that_name_none(open311: Open311) -> None:
    before = open311.get("services")
    District.objects.create(
        code="240510", name="二区", name_en="Second", number_prefix="SE", lon=0, lat=0, hours=[], calendar="cn"
    )
    assert open311.get("services") == before


def test_the_only_jurisdiction_may_be_named_or_left_empty(open311: Open311) -> None:
    assert open311.get("services", {"jurisdiction_id": "310198"}) == open311.get("services", {"jurisdiction_id": ""})


def test_the_list_costs_a_fixed_number_of_statements(open311: Open311) -> None:
    open311.get("services")
    with CaptureQueriesContext(connection) as statements:
        open311.get("services")
    assert len(statements) <= 2


@pytest.mark.parametrize(
    "path", ["v2/nothing.xml", "v2/services.yaml", "v2/services", "v2/", "", "v1/services.json", "v2/requests/x"]
)
def test_an_unknown_address_is_404_in_words(city: object, path: str) -> None:
    response = Client().get(f"/open311/{path}")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("application/json" if path.endswith("json") else "text/xml")


@pytest.mark.parametrize("path", ["services", "services/M01001", "requests/x", "tokens/x"])
def test_an_unknown_method_is_refused_in_words(open311: Open311, path: str) -> None:
    response = open311.client.post(f"/open311/v2/{path}.{open311.form}")
    assert open311.read(response, 405)[0]["code"] == "405"
    assert response["Allow"] == "GET, HEAD"
