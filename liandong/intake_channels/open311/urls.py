"""Where Open311 is found. `test/v2` is the same interface, but keeps nothing of what is posted."""

from __future__ import annotations

from django.urls import re_path

from liandong.intake_channels.open311 import views

app_name = "open311"

_BASE = r"^(?P<base>(?:test/)?v2)/"
_FORM = r"\.(?P<form>xml|json)$"

urlpatterns = [
    re_path(r"^(?:(?:test/)?v2/)?discovery" + _FORM, views.discover, name="discovery"),
    re_path(_BASE + "services" + _FORM, views.services, name="services"),
    re_path(_BASE + r"services/(?P<code>[^/]+)" + _FORM, views.definition, name="definition"),
    re_path(_BASE + "requests" + _FORM, views.requests, name="requests"),
    re_path(_BASE + "servicerequestupdates" + _FORM, views.updates, name="updates"),
    re_path(_BASE + r"media/(?P<number>[^/]+)/(?P<photo>\d{1,18})\.jpg$", views.media, name="media"),
    re_path(_BASE + r"requests/(?P<number>[^/]+)" + _FORM, views.one_request, name="request"),
    re_path(_BASE + r"tokens/(?P<token>[^/]+)" + _FORM, views.one_token, name="token"),
    re_path(r"^.*" + _FORM, views.nowhere),
    re_path(r"^.*$", views.nowhere, {"form": "xml"}),
]
