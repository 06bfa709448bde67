"""Who is signed in at this browser: what an outbox asks before it sends what was done without a network."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def session(request: HttpRequest) -> JsonResponse:
    """The account's id ('' for nobody) and a token against forged requests, for this origin's scripts only."""
    owner = str(request.user.pk) if request.user.is_authenticated else ""
    return JsonResponse({"owner": owner, "csrf": get_token(request)})
