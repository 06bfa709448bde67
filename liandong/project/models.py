"""What the processes know of each other: who is alive, what is complete, which scheduled task ran when."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """A process of the worker's kind that was alive at `at`; one row per process."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()


class Milestone(models.Model):
    """Something that is complete once and for all, such as the demo district."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()


class ScheduledRun(models.Model):
    """When a scheduled task last ran, in whichever process; its row lock keeps other processes from running it."""

    name = models.CharField(max_length=80, primary_key=True)
    last_at = models.DateTimeField(null=True)
