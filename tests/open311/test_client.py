"""An independent client, `georeport`, against a server on a socket."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from georeport import GeoReport

from liandong.people.keys import forget_keys
from tests.open311.conftest import Open311, give_keys
from tests.world import World

SPAN = {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-05-01T00:00:00Z"}


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(shared_world: World) -> Iterator[str]:
    """The address of a server in a thread of its own."""
    give_keys(shared_world)
    with make_server("127.0.0.1", 0, WSGIHandler(), handler_class=_Quiet) as listening:

        def serve() -> None:
            listening.serve_forever(poll_interval=0.02)
            connection.close()

        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()
    forget_keys()


def test_an_independent_client_reads_everything(shared_world: World, server: str) -> None:
    first = shared_world.closed()
    second = shared_world.report(class_code="M01001", description="井盖😀松动")
    for form in ("json", "xml"):
        client = GeoReport(f"{server}/open311/v2", jurisdiction="310198", output_format=form)
        codes = {service["service_code"] for service in client.get_service_list()}
        assert {"M06010", "M01001"} <= codes
        assert client.get_service_definition("M01001")["service_code"] == "M01001"
        found = {row["service_request_id"]: row for row in client.get_service_requests(**SPAN)}
        assert set(found) == {first.number, second.number}
        assert found[first.number]["status"] == "closed"
        both = client.get_service_requests(service_request_id=f"{first.number},{second.number}", status="closed")
        assert len(both) == 2
        assert client.get_service_request(second.number)["description"] == "井盖😀松动"
        made = Open311(form).post(description="由表单提交")[0]["service_request_id"]
        assert client.get_service_request(made)["status"] == "open"
