"""The citizens' app as it is kept on a phone: which files, which page, and for which addresses that page stands in."""

from __future__ import annotations

from typing import Final

from liandong.web.offline import OUTBOX, OfflineApp

APP: Final = OfflineApp(
    name="citizen",
    pages=("/report/offline/",),
    # At the root of the site, but for these alone: /desk/, /api/, /field/ and all else are left to the network.
    stands_for=("/", "/report/", "/track/"),
    shell=(
        "web/tokens.css",
        "web/logo.svg",
        "citizen/citizen.css",
        "citizen/report.css",
        "citizen/signs.svg",
        "citizen/page.js",
        "citizen/words.js",
        "citizen/report.js",
        "citizen/queue.js",
        "citizen/drafts.js",
        "citizen/place.js",
        "citizen/voice.js",
        "citizen/photos.js",
        "citizen/near.js",
        *OUTBOX,
    ),
    outbox="citizen",
)
