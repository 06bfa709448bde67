"""Districts and the areas within them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class AreaLevel(models.TextChoices):
    DISTRICT = "district", _("区")
    TOWN = "town", _("街镇")
    COMMUNITY = "community", _("居村")
    GRID = "grid", _("网格")


class District(models.Model):
    """A district and what is particular to it.

    `edition` grows with every load, so caches know when to reread. The first one loaded is the main one: it is meant
    where an outside caller names none.
    """

    code = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    language = models.CharField(max_length=10, default="zh-hans")
    number_prefix = models.CharField(max_length=8)
    lon = models.FloatField()
    lat = models.FloatField()
    hours = models.JSONField()
    calendar = models.CharField(max_length=20)
    standards = models.JSONField(default=list)
    is_demo = models.BooleanField(default=False)
    is_main = models.BooleanField(default=False)
    edition = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_main"], condition=Q(is_main=True), name="an_installation_has_one_main_district"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """One area. `outline` is a GeoJSON geometry in WGS-84; `approximate` says that it was drawn around a seat."""

    code = models.CharField(max_length=15, primary_key=True)
    district = models.ForeignKey(District, models.CASCADE, related_name="areas")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    level = models.CharField(max_length=10, choices=AreaLevel)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, blank=True)
    households = models.IntegerField(default=0)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    outline = models.JSONField(null=True)
    approximate = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__startswith=F("district")), name="an_area_lies_in_its_district"),
            models.CheckConstraint(condition=Q(code__startswith=F("parent")), name="an_area_code_continues_its_parent"),
        ]
        indexes = [models.Index(fields=["code"], opclasses=["varchar_pattern_ops"], name="areas_by_prefix")]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A street or landmark that callers name."""

    district = models.ForeignKey(District, models.CASCADE)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=20)
    lon = models.FloatField()
    lat = models.FloatField()
    area = models.CharField(max_length=15)


class CalendarDay(models.Model):
    """A day that differs from its weekday: a holiday, or a weekend worked to make up for one."""

    calendar = models.CharField(max_length=20)
    day = models.DateField()
    is_working = models.BooleanField()
    why = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="a_day_is_named_once_in_a_calendar")]


class CalendarYear(models.Model):
    """A year of a calendar; usable without a warning only once confirmed."""

    calendar = models.CharField(max_length=20)
    year = models.IntegerField()
    is_confirmed = models.BooleanField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "year"], name="a_year_stands_once_in_a_calendar")]
