"""The server adapter: one chain in a few long-lived threads, bodies, streams, a database that comes and goes."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import pytest
from django.urls import ResolverMatch

from liandong.project.home import Home
from liandong.project.postgres import EmbeddedPostgres
from liandong.project.server import path_to_log
from tests.conftest import CARELESS
from tests.running.processes import Running, liandong, wait_until


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(Home(tmp_path_factory.mktemp("home")), **CARELESS)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def web(postgres: EmbeddedPostgres) -> Iterator[Running]:
    with liandong("web", home=postgres.home.path, LIANDONG_THREADS="2") as running:
        wait_until(running.answers, what="the web answers")
        yield running


def test_requests_are_served_by_a_fixed_number_of_threads(web: Running) -> None:
    threads = {web.get("/process").json()["thread"] for _ in range(20)}
    assert threads <= {"request_0", "request_1"}


def test_a_text_of_one_megabyte_reaches_the_view(web: Running) -> None:
    assert web.ask("POST", "/length", body=b"x" * 1_048_576).body == b"1048576"


def test_a_body_over_the_limit_is_refused_by_name_announced_or_not(web: Running) -> None:
    announced = web.ask("POST", "/length", body=b"x" * 2_000_001, accept="application/json")
    assert announced.status == 413
    assert "upload_too_large" in announced.body.decode()
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
    parts = (b"x" * 100_000 for _ in range(30))
    connection.request("POST", "/length", body=parts, headers={"accept": "application/json"}, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_a_stream_runs_in_one_thread_of_its_own(web: Running) -> None:
    answer = web.get("/numbers")
    lines = answer.body.decode().split("\n")[:3]
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    assert {line.split()[1] for line in lines} == {"stream_0"}


def test_a_stream_is_closed_when_its_reader_leaves(web: Running) -> None:
    with socket.create_connection(("127.0.0.1", web.port)) as client:
        client.sendall(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(20).startswith(b"HTTP/1.1 200")
    wait_until((web.home / "closed").exists, what="the generator was closed")


@pytest.mark.parametrize("size", [0, 1000, 3_000_000])
def test_a_file_arrives_whole(web: Running, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"." * (size % 256)
    (web.home / "file").write_bytes(content)
    answer = web.get("/file?name=file")
    assert answer.body == content
    assert answer.headers["content-length"] == str(size)
    assert web.ask("HEAD", "/file?name=file").body == b""


def test_each_answer_carries_a_request_id_and_keeps_the_one_of_a_proxy(web: Running) -> None:
    assert len(web.get("/").headers["x-request-id"]) == 32
    assert web.get("/", headers={"x-request-id": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert web.get("/", headers={"x-request-id": 'a b"<'}).headers["x-request-id"] != 'a b"<'


def test_an_address_that_is_not_utf_8_is_refused_in_words(web: Running) -> None:
    with socket.create_connection(("127.0.0.1", web.port), timeout=20) as client:
        client.sendall(b"GET /?q=\xff\xfe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400")


def test_metrics_count_requests_by_route(web: Running) -> None:
    web.ask("POST", "/length", body=b"1")
    assert 'liandong_requests_total{method="POST",route="length",status="200"}' in web.get("/metrics").body.decode()


def test_without_its_database_the_web_says_so_and_recovers_at_the_first_request_after(
    web: Running, postgres: EmbeddedPostgres
) -> None:
    before = {web.get("/query").body for _ in range(8)}
    postgres.stop()
    assert {web.get("/query", accept="application/json").status for _ in range(4)} == {503}
    assert web.get("/healthz").status == 200
    unready = web.get("/readyz", headers={"accept-language": "zh-hans"})
    assert unready.status == 503
    assert unready.json()["conditions"] == [{"name": "database", "met": False, "words": "数据库没有应答。"}]
    postgres.start()
    answers = [web.get("/query") for _ in range(8)]
    assert {answer.status for answer in answers} == {200}
    assert not before & {answer.body for answer in answers}


def test_a_restart_between_two_requests_is_not_noticed(web: Running, postgres: EmbeddedPostgres) -> None:
    assert web.get("/query").status == 200
    postgres.stop()
    postgres.start()
    assert {web.get("/query").status for _ in range(8)} == {200}


def test_a_secret_address_does_not_stand_in_the_log() -> None:
    feed = "/desk/duty/calendar/s3cret.ics"
    match = ResolverMatch(lambda: None, (), {"secret": "s3cret"})
    assert path_to_log(feed, match) == "/desk/duty/calendar/….ics"
    assert path_to_log("/desk/cases/", ResolverMatch(lambda: None, (), {})) == "/desk/cases/"
