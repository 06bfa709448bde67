"""Apps that open without a network: the worker's script, its version, and the manifest that makes an app installable.

An app names the static files and the pages it needs. Only pages that hold nothing about anybody may be named: they lie
in the browser's cache for whoever uses it next. What a person may see is never cached by a worker.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse, JsonResponse
from django.utils.translation import get_language, gettext

VERSION_HEADER: Final = "Offline-Version"
WORKER: Final = "web/offline-worker.js"
OUTBOX: Final = ("web/offline.js", "web/outbox.js", "web/outbox-store.js", "web/photo-shrink.js", "web/exif.js")
"""The scripts an app with an outbox and photos needs, for its `shell`."""
COLOUR: Final = "#102c4a"


@dataclass(frozen=True, slots=True)
class OfflineApp:
    """An app that opens without a network.

    `pages` are addresses, the first of which stands in for all others of the app, or only for those of `stands_for`
    where that names any: an app at the root of the site leaves alone what is not its own. `shell` are names of static
    files; `outbox` is the one its worker may send when no page is open. `name` has no hyphen.
    """

    name: str
    pages: tuple[str, ...]
    shell: tuple[str, ...]
    outbox: str = ""
    session: str = "/session/"
    stands_for: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Ten hexadecimal digits that change with any file of the shell."""
        return hashlib.sha256("\n".join(map(_dated, self.shell)).encode()).hexdigest()[:10]


def worker_script(app: OfflineApp) -> HttpResponse:
    """The service worker of an app. Serve it at an address at or above whose folder all its pages stand."""
    told = {
        "name": app.name,
        "version": app.version,
        "shell": [staticfiles_storage.url(name) for name in app.shell],
        "pages": app.pages,
        "outbox": app.outbox,
        "session": app.session,
        "standsFor": app.stands_for,
    }
    kit = staticfiles_storage.url(WORKER)
    script = f"import {{ serveOffline }} from {json.dumps(kit)};\nserveOffline({json.dumps(told)});\n"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    # The browser asks each time; a new version is there with the next visit.
    response["Cache-Control"] = "no-cache"
    return response


def kept_offline(response: HttpResponse, app: OfflineApp) -> HttpResponse:
    """Let the worker of this version keep a page. It must hold nothing about anybody, and no token."""
    response[VERSION_HEADER] = app.version
    response["Cache-Control"] = "no-cache"
    return response


def manifest(
    *, name: str, short: str, scope: str, about: str = "", more: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The web app manifest: what is installed on a phone. Texts are message ids."""
    icon = {"src": staticfiles_storage.url("web/app-icon.svg"), "type": "image/svg+xml", "sizes": "any"}
    told = {
        "name": gettext(name),
        "short_name": gettext(short),
        "description": gettext(about) if about else "",
        "lang": get_language() or "zh-hans",
        "id": scope,
        "start_url": scope,
        "scope": scope,
        "display": "standalone",
        "background_color": COLOUR,
        "theme_color": COLOUR,
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
        **(more or {}),
    }
    response = JsonResponse(told, content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response


def _dated(name: str) -> str:
    """The address of a file; where names carry no hash (at development), with when it was changed."""
    url = staticfiles_storage.url(name)
    if not url.endswith(name):
        return url
    found = finders.find(name)
    return f"{url} {Path(found).stat().st_mtime_ns}" if isinstance(found, str) else url
