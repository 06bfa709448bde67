"""Service discovery: where the endpoints are and what they speak.

Two endpoints: the real one, and one for trying out, which reads the same requests, checks a POST to the last word and
keeps nothing of it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-30T00:00:00+08:00"
"""When what the endpoints offer last changed; to be moved with every such change."""


def discovery(request: HttpRequest) -> dict[str, Any]:
    """The discovery document, with addresses as this client reaches us."""
    base = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return {
        "changeset": CHANGESET,
        "contact": gettext("区联动中心。问题与建议请经 %(base)s 联系。") % {"base": base},
        "key_service": gettext("提交报告所需的 api_key 由区联动中心管理员发放，见 %(base)s。") % {"base": base},
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{base}/open311/{path}",
                "changeset": CHANGESET,
                "type": kind,
                "formats": ["text/xml", "application/json"],
            }
            for path, kind in (("v2", "production"), ("test/v2", "test"))
        ],
    }
