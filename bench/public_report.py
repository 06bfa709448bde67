"""A citizen's report by the public form: stamp, bait, count against floods, case, clock and entry, committed.

The form is the one a browser sends, without an account; with a photo it comes as multipart and the photo is looked
into, stripped and copied before the answer. Limits stay on and are set wide, for all comes from one address here.
"""

from __future__ import annotations

import io
import os
import random
import re
import statistics
import time
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass

from bench.client import Call, drive
from bench.platform import Platform, platform
from bench.result import Result, Row, percentile

BEHIND = 100_000
GROWN_FROM = 10_000
RUNS = 5
PER_CONNECTION = {1: 150, 4: 100, 16: 40, 64: 15}
WITH_PHOTO = (4, 25)
TEXT = "小区北门外人行道边垃圾堆放多日无人清运，气味很大，路过的老人小孩都绕着走，请尽快派人处理"
TOO_FAST_SECONDS = 3.5


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it was shown: its token, cookie and stamp."""

    token: str
    cookie: str
    stamp: str


def run() -> None:
    """Measure at 1, 4, 16 and 64 at once with 100,000 cases behind it, then with a photo; count the rows afterwards."""
    os.environ["LIANDONG_CITIZEN_LIMITS"] = "report_address=1000000000"
    result = Result("public_report")
    with platform(cases=GROWN_FROM) as running:
        running.grow(BEHIND)
        running.settle()
        form = _shown(running)
        seats = _seats(running)
        _drive(running, [_plain(form, seats) for _ in range(200)], concurrency=4)
        for concurrency, each in PER_CONNECTION.items():
            _measure(running, form, seats, (concurrency, each), result)
        _measure(running, form, seats, WITH_PHOTO, result, photo=_photo())
    result.write()


def _measure(
    running: Platform,
    form: Form,
    seats: list[tuple[float, float]],
    load: tuple[int, int],
    result: Result,
    *,
    photo: bytes = b"",
) -> None:
    concurrency, each = load
    before = running.count("cases_case WHERE channel = 'citizen'")
    rates, medians, latencies = [], [], []
    for _ in range(RUNS):
        make = (lambda: _with_photo(form, seats, photo)) if photo else (lambda: _plain(form, seats))
        rate, found = _drive(running, [make() for _ in range(concurrency * each)], concurrency=concurrency)
        rates.append(rate)
        medians.append(statistics.median(found))
        latencies += found
    made = running.count("cases_case WHERE channel = 'citizen'") - before
    if made != RUNS * concurrency * each:
        raise RuntimeError(f"made {made} of {RUNS * concurrency * each}")
    what = f"report with a photo of {len(photo) // 1000} KB" if photo else "report"
    note = f"{made} cases made and counted; followers running; two web processes"
    p95 = percentile(latencies, 0.95)
    result.rows.append(Row(f"{what}, time to answer", "ms", tuple(medians), BEHIND, concurrency, p95, note=note))
    result.rows.append(Row(what, "/s", tuple(rates), BEHIND, concurrency))


def _drive(running: Platform, calls: list[Call], *, concurrency: int) -> tuple[float, list[float]]:
    driven = drive(running.port, calls, concurrency=concurrency)
    if set(driven.statuses) != {201}:
        raise RuntimeError(f"answers other than 201: {driven.statuses}")
    return driven.per_second, driven.latencies_ms


def _shown(running: Platform) -> Form:
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/report/") as answer:
        page = answer.read().decode()
        cookie = answer.headers["Set-Cookie"].split(";")[0]
    found = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("csrfmiddlewaretoken", "stamp")}
    token, stamp = (match[1] if match else "" for match in found.values())
    time.sleep(TOO_FAST_SECONDS)  # nobody fills in a form faster
    return Form(token, cookie, stamp)


def _seats(running: Platform) -> list[tuple[float, float]]:
    with running.database() as database:
        rows = database.execute("SELECT lon, lat FROM areas_area WHERE level = 'grid' ORDER BY code").fetchall()
    return [(float(lon), float(lat)) for lon, lat in rows]


def _fields(form: Form, seats: list[tuple[float, float]]) -> dict[str, str]:
    lon, lat = random.choice(seats)  # noqa: S311 - a place to stand
    key = uuid.uuid4().hex
    return {
        "csrfmiddlewaretoken": form.token,
        "stamp": form.stamp,
        "key": key,
        "words": f"{TEXT}（{key}）",
        "address": "北门外人行道",
        "lon": str(lon),
        "lat": str(lat),
        "datum": "WGS-84",
    }


def _plain(form: Form, seats: list[tuple[float, float]]) -> Call:
    body = urllib.parse.urlencode(_fields(form, seats)).encode()
    return _call(form, "application/x-www-form-urlencoded", body)


def _with_photo(form: Form, seats: list[tuple[float, float]], photo: bytes) -> Call:
    mark = uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in _fields(form, seats).items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'.encode()
    body = b"".join([*parts, head, photo, f"\r\n--{mark}--\r\n".encode()])
    return _call(form, f"multipart/form-data; boundary={mark}", body)


def _call(form: Form, media_type: str, body: bytes) -> Call:
    headers = (("Cookie", form.cookie), ("Content-Type", media_type), ("Accept", "application/json"))
    return Call("POST", "/report/", headers, body)


def _photo() -> bytes:
    """A photo as `photo-shrink.js` leaves one: 1,600 pixels, JPEG, about 200 KB."""
    from PIL import Image

    file = io.BytesIO()
    noise = Image.effect_noise((400, 300), 60).resize((1600, 1200)).convert("RGB")
    noise.save(file, "JPEG", quality=82)
    return file.getvalue()
