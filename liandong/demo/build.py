"""Builds the demo: writes the district's folder, loads it, and lives through its past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from liandong.cases.operations import count_terms, live_through, mark_overdue, record_lives
from liandong.cases.rulebook import forget_rules, rulebook_for
from liandong.citizen.publishing.operations import refresh_figures
from liandong.demo import words
from liandong.demo.cast import Cast, Ground
from liandong.demo.desks import write_desks
from liandong.demo.folder import write_district
from liandong.demo.history import History
from liandong.demo.hotline import write_hotline
from liandong.demo.pictures import draw_pictures, keep
from liandong.demo.portal import write_portal
from liandong.demo.stagehands import Stagehands
from liandong.people.access import platform
from liandong.people.operations import PostRow, issue_key, open_service_account
from liandong.timeline.copying import analyse

CASES = 20_000
PASSWORD = "liandong-demo"  # noqa: S105 - shown on the demo's own sign-in page
API_KEY = "demo-key"
SEED = 7
_FIRST_BATCH, _BATCH = 200, 2_000
_PICTURES = 8


def build_demo(cases: int = CASES, progress: Callable[[int], None] = lambda done: None, *, at: datetime) -> None:
    """Build the demo district with `cases` past cases up to `at`, telling `progress` how many are done.

    All in the caller's transaction or its own: the demo is there whole or not at all.
    """
    folder = settings.HOME.path / "districts" / words.DISTRICT_CODE
    write_district(folder, seed=SEED)
    with transaction.atomic():
        import_string(settings.LIANDONG_LOAD_DISTRICT)(folder, at=at, password=PASSWORD)
        forget_rules()
        _issue_demo_key(at)
        write_desks(Cast(words.DISTRICT_CODE), at=at)
        write_portal(Cast(words.DISTRICT_CODE), at=at)
        write_hotline(Cast(words.DISTRICT_CODE), at=at)
        build_history(cases, at=at, progress=progress)
        mark_overdue(actor=platform("sweep"), at=at)
        refresh_figures(actor=platform("figures"), at=at)
    count_terms(at=at)
    analyse()


def build_history(cases: int, *, at: datetime, progress: Callable[[int], None]) -> None:
    """Live through `cases` lives in the loaded demo district and save them."""
    random = Random(SEED)  # noqa: S311 - scenery, not secrets
    book = rulebook_for(words.DISTRICT_CODE)
    before, after = draw_pictures(_PICTURES, seed=SEED)
    keep((*before, *after), Path(settings.MEDIA_ROOT))
    hands = Stagehands(book, Cast(words.DISTRICT_CODE), before, after)
    lives = History(hands, Ground(book, random, day=book.day_of(at)), random, at=at).lives(cases)
    done, loader = 0, platform("demo")
    while batch := list(islice(lives, _BATCH if done else _FIRST_BATCH)):
        record_lives([live_through(life, district=words.DISTRICT_CODE) for life in batch], actor=loader)
        if not done:
            analyse()
        done += len(batch)
        progress(done)


def _issue_demo_key(at: datetime) -> None:
    """A service account that may do over the API whatever the demo's people may do at their desks."""
    post = PostRow(
        account="demo-integrator",
        person="演示接口账号",
        unit=f"{words.DISTRICT_CODE}-DC",
        role="integrator",
        area=words.DISTRICT_CODE,
        title="接口账号",
    )
    actor = platform("demo")
    account = open_service_account(post.account, post=post, is_demo=True, actor=actor, at=at)
    issue_key(account, secret=API_KEY, label="demo", scopes="*", actor=actor, at=at)
