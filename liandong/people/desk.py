"""What every page of the desk begins with: a signed-in person with a post, and the district they work in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from liandong.people.access import Actor

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


class DeskRequest(HttpRequest):
    """A request as `people.middleware.WhoActs` leaves it."""

    actor: Actor


def desk(
    *acts: str,
) -> Callable[[Callable[Concatenate[DeskRequest, P], R]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Open a view to signed-in staff who may do one of `acts` somewhere; to all staff when none is named."""

    def open_to(
        view: Callable[Concatenate[DeskRequest, P], R],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor: Actor = request.actor
            if not actor.posts or (acts and not any(actor.may(act) for act in acts)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guard = login_required(wraps(view)(guarded))
        return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], guard)

    return open_to


def district_of(actor: Actor) -> str:
    """The district whose rules a person's pages use: that of their first post."""
    return actor.posts[0].area[:6]
