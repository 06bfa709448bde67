"""A telephone exchange in the tests: it signs and posts as a real one does, through Django's client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from time_machine import Traveller

from liandong.intake_channels.hotline.models import Call
from liandong.intake_channels.hotline.rules.contract import lane_of
from liandong.intake_channels.rules.signing import signature
from tests.world import DISTRICT

MRS_CHENS_PHONE = "13812345678"


@dataclass
class Line:
    """The exchange of the small district, whose clock is `behind` ours."""

    at: datetime
    traveller: Traveller
    behind: timedelta = timedelta()
    client: Client = field(default_factory=Client)
    count: int = 0

    def tell(self, kind: str, call: str = "c1", *, status: int = 200, **more: str) -> dict[str, Any]:
        """Tell of an event that happens now; a field of `more` replaces that of the event."""
        self.count += 1
        body = {
            "event_id": f"e{self.count}",
            "call_id": call,
            "event": kind,
            "at": (self.at - self.behind).isoformat(),
            "caller": MRS_CHENS_PHONE,
            "called": "12345",
            "agent": "8001",
            **more,
        }
        return self.send(json.dumps(body).encode(), status=status)

    def send(
        self, body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None, **signed: str
    ) -> dict[str, Any]:
        """Send a body, signed anew unless `headers` say otherwise, and return the answer."""
        given = self.signed(body, **signed) if headers is None else headers
        answer = self.client.post(
            f"/hooks/calls/{DISTRICT}/", body, content_type="application/json", headers=dict(given)
        )
        assert answer.status_code == status, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def signed(self, body: bytes, *, secret: str = "", moment: str = "", nonce: str = "") -> dict[str, str]:
        """The headers of a request sent now."""
        self.count += 1
        moment = moment or f"{(self.at - self.behind).timestamp():.3f}"
        nonce = nonce or f"nonce-{self.count:011d}"
        key = secret or settings.LIANDONG_CALL_DEMO_SECRET
        return {
            "X-Timestamp": moment,
            "X-Nonce": nonce,
            "X-Signature": signature(key, moment=moment, nonce=nonce, lane=lane_of(DISTRICT), body=body),
        }

    def pass_by(self, **gap: float) -> datetime:
        """Let time pass for everybody, and return the new now."""
        self.at += timedelta(**gap)
        self.traveller.move_to(self.at)
        return self.at


def call_named(name: str = "c1") -> Call:
    """The call the exchange calls so."""
    return Call.objects.get(exchange_id=name)
