"""Every request knows who acts (`request.actor`), and whoever must change a password or add a factor does so first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from liandong.people.access import NOBODY, Actor, actor_for
from liandong.people.live import ANNOUNCER
from liandong.people.models import User
from liandong.people.obligations import PASSWORD, REFUSALS, SECOND_FACTOR, due_first
from liandong.people.session_store import SEEN
from liandong.web.middleware import answer_for
from liandong.web.refusals import explain

SECONDS_UNNOTED = 300
"""How long a session is not noted as seen again: a write every five minutes, not one for every request."""
OF_STAFF: Final = ("/desk/", "/field/", "/api/")
ALWAYS: Final = ("/desk/sign-in/", "/desk/sign-out/")
STEPS: Final = {PASSWORD: "my_password", SECOND_FACTOR: "my_second_factor"}
"""What must come first, and the page (with those below it) where it is done."""


class WhoActs:
    """Puts the signed-in person's posts on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with `request.actor` in place, and with the place in the stream from which the page must listen on."""
        request.heard_until = ANNOUNCER.place  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class FirstThingsFirst:
    """Leads a session that must change its password, or add a second factor, there; notes when it was seen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, unless something else comes first."""
        first = self._first(request) if _is_of_staff(request) else None
        return first or self.get_response(request)

    def _first(self, request: HttpRequest) -> HttpResponse | None:
        user = _user(request)
        if user is None:
            return None
        at = timezone.now()
        seconds = int(at.timestamp())
        if seconds - request.session.get(SEEN, seconds) > SECONDS_UNNOTED:
            request.session[SEEN] = seconds
        due = due_first(user, request.actor, request.session, at=at)  # type: ignore[attr-defined]
        if not due or request.path.startswith(reverse(STEPS[due])):
            return None
        if request.path.startswith("/api/") or request.headers.get("HX-Request"):
            return answer_for(request, explain(REFUSALS[due]()))
        return HttpResponseRedirect(reverse(STEPS[due]))


def _is_of_staff(request: HttpRequest) -> bool:
    """Whether the page is for a session of staff: a call of the API with a key has none, whatever cookie came along."""
    if request.path.startswith("/api/") and request.headers.get("Authorization", "").lower().startswith("bearer "):
        return False
    return request.path.startswith(OF_STAFF) and not request.path.startswith(ALWAYS)


def _actor(request: HttpRequest) -> Actor:
    user = _user(request)
    return NOBODY if user is None else actor_for(user, at=timezone.now())


def _user(request: HttpRequest) -> User | None:
    user = request.user
    if not isinstance(user, User):
        user = getattr(user, "_wrapped", user)
    return user if isinstance(user, User) else None
