"""How people keep their lists: saved filters, chosen columns, and how common each search term is."""

from __future__ import annotations

import builtins

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class SavedFilter(models.Model):
    """A question somebody asks again. `asked` holds the fields of a `CaseFilter` that narrow anything.

    `unit` is whom it is shared with; empty, only its owner sees it.
    """

    account = models.BigIntegerField()
    name = models.CharField(max_length=40)
    asked = models.JSONField(default=dict)
    order = models.CharField(max_length=12, default="newest")
    unit = models.CharField(max_length=40, default="", blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="a_saved_filter_has_a_name"),
            models.UniqueConstraint(fields=["account", "name"], name="a_person_names_a_filter_once"),
        ]
        indexes = [models.Index(fields=["unit"], condition=~Q(unit=""), name="filters_shared_with_a_unit")]

    def __str__(self) -> str:
        return self.name


class PinnedFilter(models.Model):
    """A filter somebody keeps on their home page, in their own order."""

    account = models.BigIntegerField()
    filter = models.ForeignKey(SavedFilter, models.CASCADE, related_name="pins")
    place = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "filter"], name="a_person_pins_a_filter_once"),
            models.CheckConstraint(condition=Q(place__gte=1), name="pins_are_counted_from_one"),
        ]


class ListView(models.Model):
    """How one person looks at one list: its columns in their order, the order of its rows, and how dense it is."""

    account = models.BigIntegerField()
    list = models.CharField(max_length=20)
    columns = ArrayField(models.CharField(max_length=20), default=builtins.list)
    order = models.CharField(max_length=12, default="newest")
    is_dense = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "list"], name="a_person_has_one_view_of_a_list")]


class TermCount(models.Model):
    """About how many cases hold a search term, counted on a sample; the term "" is all cases."""

    term = models.CharField(max_length=64, primary_key=True)
    cases = models.IntegerField()
