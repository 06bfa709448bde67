"""Every address of the installation, by who owns it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from liandong.project import health
from liandong.project.api import api
from liandong.project.reference import reference

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics_page),
    path("api/v1/docs", reference, name="api_reference"),
    path("api/v1/", api.urls),
    path("open311/", include("liandong.intake_channels.open311.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("liandong.people.urls")),
    path("desk/areas/", include("liandong.areas.urls")),
    path("desk/map/", include("liandong.areas.map_urls")),
    path("desk/messages/", include("liandong.notify.urls")),
    path("desk/channels/", include("liandong.intake_channels.urls")),
    path("hooks/messages/", include("liandong.notify.hooks")),
    path("desk/publishing/", include("liandong.citizen.publishing.desk_urls")),
    path("hooks/channels/", include("liandong.intake_channels.hooks")),
    path("hooks/calls/", include("liandong.intake_channels.hotline.hooks")),
    path("desk/hotline/", include("liandong.intake_channels.hotline.urls")),
    path("desk/exchange/", include("liandong.exchange.urls")),
    path("desk/duty/", include("liandong.duty.urls")),
    path("desk/", include("liandong.livemap.urls")),
    path("desk/", include("liandong.workbench.urls")),
    path("field/", include("liandong.workbench.field.urls")),
    path("", include("liandong.citizen.publishing.urls")),
    path("", include("liandong.citizen.urls")),
]

handler400 = "liandong.web.errors.bad_request"
handler403 = "liandong.web.errors.forbidden"
handler404 = "liandong.web.errors.not_found"
handler500 = "liandong.web.errors.server_error"
