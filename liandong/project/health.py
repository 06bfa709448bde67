"""Is the system alive, ready, and how is it doing: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from liandong.project import metrics
from liandong.project.models import Heartbeat, Milestone
from liandong.project.worker import ALIVE_WITHIN

DEMO_COMPLETE = "demo"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold before work may arrive."""

    name: str
    is_met: bool
    words: str


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200: this process works. Asks nothing of anybody else."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when everything is there, else 503; either way with each condition in words."""
    found = conditions(at=timezone.now())
    is_ready = all(condition.is_met for condition in found)
    content: dict[str, Any] = {
        "ready": is_ready,
        "conditions": [{"name": each.name, "met": each.is_met, "words": each.words} for each in found],
    }
    return JsonResponse(content, status=200 if is_ready else 503, json_dumps_params={"ensure_ascii": False})


@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Answer with the figures of all processes, for Prometheus."""
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def conditions(*, at: datetime) -> list[Condition]:
    """Return what must hold, in the order in which it comes true; what follows an unmet one is not asked."""
    found: list[Condition] = []
    for ask in (_database, _migrations, _demo, _worker):
        try:
            found.append(ask(at))
        except DatabaseError:
            found.append(_unmet("database", _("数据库没有应答。")))
        if not found[-1].is_met:
            break
    return found


def pending_migrations() -> int:
    """Return how many migrations the database lacks. Once complete, the answer of this process stays 0."""
    global _is_migrated
    if _is_migrated:
        return 0
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _is_migrated = pending == 0
    return pending


def wants_demo() -> bool:
    """Was this system started with the demo district?"""
    return os.environ.get("LIANDONG_DEMO", "") == "1"


_is_migrated = False


def _met(name: str, words: str) -> Condition:
    return Condition(name, is_met=True, words=words)


def _unmet(name: str, words: str) -> Condition:
    return Condition(name, is_met=False, words=words)


def _database(at: datetime) -> Condition:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return _met("database", _("数据库有应答。"))


def _migrations(at: datetime) -> Condition:
    pending = pending_migrations()
    if pending:
        return _unmet("migrations", _("还有 %(count)s 个数据库迁移未执行。") % {"count": pending})
    return _met("migrations", _("数据库结构是最新的。"))


def _demo(at: datetime) -> Condition:
    if not wants_demo():
        return _met("demo", _("未要求演示数据。"))
    if Milestone.objects.filter(name=DEMO_COMPLETE).exists():
        return _met("demo", _("演示数据已就绪。"))
    return _unmet("demo", _("正在生成演示数据。"))


def _worker(at: datetime) -> Condition:
    if Heartbeat.objects.filter(name__startswith="worker:", at__gte=at - ALIVE_WITHIN).exists():
        return _met("worker", _("后台进程在运行。"))
    return _unmet("worker", _("后台进程没有运行。"))
