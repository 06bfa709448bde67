"""Files of matters by the interface: what its rows would come to is told first, and each is taken once."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liandong.cases.models import Case
from liandong.intake_channels.models import BulkFile
from liandong.intake_channels.operations import take_bulk_files
from liandong.people.access import platform
from tests.api.conftest import Caller, caller
from tests.channels.test_bulk_files import BARE, GOOD, WRONG, book, lines
from tests.world import World


def _brought(api: Caller, content: bytes, *, kind: str = "text/csv", query: str = "", **headers: str) -> Any:
    return api.client.post(
        f"/api/v1/files{query}", content, content_type=kind, headers={**api.headers, **headers}
    )  # fmt: skip


def test_a_file_is_brought_looked_at_and_taken(api: Caller, world: World) -> None:
    made = _brought(api, lines(GOOD, BARE, *WRONG.values()), query="?name=事项.csv")
    assert made.status_code == 201
    told = made.json()
    assert made["Location"] == f"/api/v1/files/{told['id']}"
    assert (told["name"], told["state"], told["total"], told["done"]) == ("事项.csv", "draft", 8, 0)
    assert (told["taken"], told["duplicate"]) == (2, 0)
    assert [row["row"] for row in told["refused"]] == [4, 5, 6, 7, 8, 9]
    assert all(row["says"] and row["remedy"] for row in told["refused"])
    assert not Case.objects.exists()
    assert api.post(f"/files/{told['id']}/take").status_code == 202
    take_bulk_files(actor=platform("channels"), at=world.later(seconds=1))
    after = api.get(f"/files/{told['id']}").json()
    assert (after["state"], after["done"], after["taken"], len(after["refused"])) == ("done", 8, 2, 6)
    assert after["refused"][0] == told["refused"][0]
    assert Case.objects.count() == 2


def test_a_form_and_a_workbook_will_do_and_the_same_content_is_the_same_file(api: Caller, world: World) -> None:
    first = _brought(api, book(GOOD), kind="application/octet-stream").json()
    form = {"file": SimpleUploadedFile("x.xlsx", book(GOOD))}
    headers = {**api.headers, "Idempotency-Key": "a-form"}
    again = Client().post("/api/v1/files", form, headers=headers).json()
    other = Client().post("/api/v1/files", {"file": SimpleUploadedFile("y.csv", lines(BARE))}, headers=headers)
    assert (BulkFile.objects.count(), other.status_code) == (len({first["id"], again["id"]}), 422)
    listed = api.get("/files", {"limit": 1}).json()
    assert [row["id"] for row in listed["files"]] == [max(first["id"], again["id"])]


def test_what_cannot_be_read_or_taken_is_refused_by_name(api: Caller, world: World) -> None:
    assert _brought(api, b"{}", kind="application/json").json()["title"] == "file_expected"
    assert _brought(api, b"x").json()["title"] == "columns_missing"
    assert _brought(api, lines(GOOD), query="?district=999999").status_code == 403
    assert api.get("/files/9999999").status_code == 404
    file = _brought(api, lines(GOOD)).json()["id"]
    assert caller("bureau").get(f"/files/{file}").status_code == 404
    assert _brought(caller("bureau"), lines(GOOD)).status_code == 403
    assert _brought(caller("read"), lines(GOOD)).json()["scope"] == "cases:write"
    assert api.post(f"/files/{file}/take").status_code == 202
    assert api.post(f"/files/{file}/take").json()["title"] == "file_asked"


def test_a_draft_that_was_forgotten_tells_nothing_of_its_rows(api: Caller, world: World) -> None:
    file = _brought(api, lines(GOOD)).json()["id"]
    BulkFile.objects.update(sealed=None)
    assert (api.get(f"/files/{file}").json()["refused"], api.post(f"/files/{file}/take").status_code) == (None, 409)
