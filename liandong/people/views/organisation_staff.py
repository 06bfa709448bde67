"""One person of the organisation: posts, lendings, rights for a time; and leaving, shown before it is done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liandong.people.access import role_word
from liandong.people.desk import DeskRequest, desk
from liandong.people.models import Post, User
from liandong.people.operations import departure_of, leave
from liandong.people.operations.beats import ORGANISE
from liandong.people.structure import day_of, grants_of_person, lendings_of_person, posts_of_person
from liandong.people.views.organisation_acts import done_or_refused
from liandong.people.views.organisation_facts import (
    ACTS,
    area_word,
    day_from_asked,
    may_organise,
    may_see,
    person_seen,
    post_rows,
    seen_units,
)
from liandong.people.views.organisation_forms import LeaveForm


@desk(*ACTS)
@require_safe
def person(request: DeskRequest, account: str) -> HttpResponse:
    """What one person holds in the units one may see."""
    user = person_seen(request.actor, account)
    at = timezone.now()
    on = day_of(at)
    posts = [post for post in posts_of_person(user, since=on).order_by("id") if may_see(request.actor, post.unit.area)]
    past = Post.objects.filter(user=user, until_on__lt=on, unit__in=seen_units(request.actor)).select_related("unit")
    context = {
        "person": user,
        "posts": post_rows(_with_user(posts, user)),
        "past": post_rows(_with_user(past.order_by("-until_on", "id")[:20], user)),
        "lendings": list(lendings_of_person(user, since=on)),
        "grants": _grants(user, request),
        "may_leave": user.is_active
        and (user.leaves_on is None or user.leaves_on < on)
        and bool(posts)
        and all(may_organise(request.actor, post.unit.area) for post in posts),
    }
    return render(request, "people/organisation_person.html", context)


@desk(ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: DeskRequest, account: str) -> HttpResponse:
    """Show what ends and who takes over on a day and with a successor; then let the person leave."""
    user = person_seen(request.actor, account)
    at = timezone.now()
    is_sent = request.method == "POST"
    asked: Any = request.POST if is_sent else request.GET if "on" in request.GET else None
    form = LeaveForm(asked, initial={"on": day_of(at)})
    status = 200
    if is_sent:
        status = done_or_refused(
            form,
            lambda given: leave(
                user, successor=_successor(given["successor"]), on=given["on"], actor=request.actor, at=timezone.now()
            ),
        )
        if not status:
            messages.success(request, _("“%(name)s”的离岗已登记。") % {"name": user.name})
            return HttpResponseRedirect(reverse("organisation_person", args=[account]))
    on = (day_from_asked(str(asked.get("on", ""))) if asked else None) or day_of(at)
    successor = _successor(str(asked.get("successor", "")) if asked else "")
    context = {"person": user, "form": form, **_preview(user, successor, on=on)}
    return render(request, "people/organisation_leave.html", context, status=status)


def _preview(user: User, successor: User | None, *, on: date) -> dict[str, Any]:
    departure = departure_of(user, successor=successor, on=on, at=timezone.now())
    return {
        "on": on,
        "successor": successor,
        "departure": departure,
        "ending": post_rows(_with_user(departure.posts, user)),
        "taken": {post.pk for post in departure.taken_over},
    }


def _successor(account: str) -> User | None:
    account = account.replace("\x00", "")
    return User.objects.filter(username=account, is_service=False).first() if account else None


def _with_user(posts: Any, user: User) -> list[Post]:
    found = list(posts)
    for post in found:
        post.user = user
    return found


def _grants(user: User, request: DeskRequest) -> list[dict[str, Any]]:
    return [
        {"role": _(role_word(grant.role)), "area": area_word(grant.area), "until_at": grant.until_at, "grant": grant}
        for grant in grants_of_person(user, at=timezone.now())
        if may_see(request.actor, grant.area)
    ]
