"""Writing an answer: one content, as XML and as JSON.

XML wraps lists in an element each; JSON follows the Spark convention, so the wrapper of a list vanishes and a bare
array is left. What is not known is an empty element in XML and null in JSON.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import orjson
from django.http import HttpResponse

_ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answered(form: str, root: str, content: Any, *, status: int = 200) -> HttpResponse:
    """Return `content`, a list or an object named `root`, as `xml` or `json`."""
    if form == "json":
        return HttpResponse(orjson.dumps(content), status=status, content_type="application/json; charset=utf-8")
    text = ElementTree.tostring(_element(root, content), encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, status=status, content_type="text/xml; charset=utf-8")


def _element(name: str, content: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(content, dict):
        element.extend(_element(key, value) for key, value in content.items())
    elif isinstance(content, list):
        element.extend(_element(_ITEMS[name], item) for item in content)
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    elif content is not None:
        element.text = _NOT_IN_XML.sub("", str(content))
    return element
