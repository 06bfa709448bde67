"""Report a matter and follow what is open, with nothing but Python: python follow_cases.py ADDRESS KEY."""

import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid


def call(address, key, path, body=None, **headers):
    """Call the interface and return its JSON; wait and try again where it asks to."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers}
    content = None if body is None else json.dumps(body).encode()
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{address}/api/v1{path}", content, headers)) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503):
                raise SystemExit(json.load(error)["detail"]) from None
            time.sleep(int(error.headers.get("Retry-After", "1")))


def report(address, key, **matter):
    """Report once, however often the answer is lost: the same Idempotency-Key is the same report."""
    return call(address, key, "/cases", matter, **{"Idempotency-Key": str(uuid.uuid4())})


def every_case(address, key, **asked):
    """Every case of a list, page after page; what comes in between is neither doubled nor lost."""
    while asked.get("cursor") is None or asked["cursor"]:
        page = call(address, key, "/cases?" + urllib.parse.urlencode(asked))
        yield from page["cases"]
        asked["cursor"] = page["next"] or ""


if __name__ == "__main__":
    address, key = sys.argv[1:3]
    made = report(address, key, class_code="M06010", description="小区北门外垃圾堆放多日", lon=121.405, lat=31.01)
    print(made["number"], made["suggested_unit"])
    for case in every_case(address, key, is_open="true", limit="100"):
        print(case["number"], case["stage"], case["due_at"])
