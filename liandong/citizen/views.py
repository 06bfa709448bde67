"""What anybody sees first: what this is, and where to go."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liandong.areas.queries import districts


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """The front page."""
    return render(request, "citizen/welcome.html", {"districts": districts()})
