"""What anybody sees first, and how they like it shown: large type and read-aloud (关怀版), remembered in a cookie."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from liandong.areas.queries import districts
from liandong.citizen.publishing.front import front_page

CARE_COOKIE = "ld_care"
YEAR_SECONDS = 31_536_000


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """The front page."""
    return render(request, "citizen/welcome.html", {"districts": districts(), "portal": front_page(at=timezone.now())})


@require_POST
def care(request: HttpRequest) -> HttpResponse:
    """Switch the large type on or off, and go back to the page it was asked from."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=False)
    response = HttpResponseRedirect(back if is_ours else "/")
    response.set_cookie(
        CARE_COOKIE,
        "on" if request.POST.get("care") == "on" else "off",
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response
