"""Receive webhooks, with nothing but Python: python receive_webhooks.py SECRET PORT."""

import base64
import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

SEEN = set()
"""What came before: a receiver may get the same message twice. Keep it in a database."""


def is_genuine(headers, body, secret):
    """Whether who knows the secret sent this, within the last five minutes."""
    told = headers["webhook-timestamp"]
    signed = f"{headers['webhook-id']}.{told}.".encode() + body
    mac = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)
    good = f"v1,{base64.b64encode(mac).decode()}"
    given = headers["webhook-signature"].split(" ")
    return abs(time.time() - int(told)) <= 300 and any(hmac.compare_digest(good, one) for one in given)


class Receiver(BaseHTTPRequestHandler):
    """Answers at once and works afterwards: who answers late gets the message again."""

    secret = ""

    def do_POST(self):
        """Take a message that is genuine and new."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            status = 204 if is_genuine(self.headers, body, self.secret) else 401
        except (KeyError, TypeError, ValueError, AttributeError):
            status = 400
        self.send_response(status)
        self.end_headers()
        if status == 204 and self.headers["webhook-id"] not in SEEN:
            SEEN.add(self.headers["webhook-id"])
            told = json.loads(body)
            print(told["type"], told["data"].get("number", ""), flush=True)


if __name__ == "__main__":
    Receiver.secret = sys.argv[1]
    HTTPServer(("127.0.0.1", int(sys.argv[2])), Receiver).serve_forever()
