"""Every request knows who acts: `request.actor`, read when first asked for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from liandong.people.access import Actor, actor_for
from liandong.people.models import User

NOBODY = Actor("nobody", None, "", ())


class WhoActs:
    """Puts the signed-in person's posts on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with `request.actor` in place."""
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    if not isinstance(user, User):
        user = getattr(user, "_wrapped", user)
    return actor_for(user, at=timezone.now()) if isinstance(user, User) else NOBODY
