"""Districts and the areas within them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liandong.areas.rules.basemap import LONGEST_NAME, LONGEST_NAME_EN, BasemapKind, RoadClass
from liandong.areas.rules.tiling import DEEPEST, TileCrs, TileKind


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
    """One area, from a day until a day; without them it always was, and is still. Its code is never given again."""

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
    since_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__startswith=F("district")), name="an_area_lies_in_its_district"),
            models.CheckConstraint(condition=Q(code__startswith=F("parent")), name="an_area_code_continues_its_parent"),
            models.CheckConstraint(
                condition=Q(since_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("since_on")),
                name="an_area_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["code"], opclasses=["varchar_pattern_ops"], name="areas_by_prefix")]

    def __str__(self) -> str:
        return self.name


class RedrawingState(models.TextChoices):
    DRAFT = "draft", _("草案")
    ADOPTED = "adopted", _("已批准")
    DROPPED = "dropped", _("已撤销")


class Redrawing(models.Model):
    """区划调整方案: a plan of what changes on the map from a day on, drawn step by step within one area, then adopted.

    `steps` are as `redrawing` takes them, with the codes they make; `recoding` is what adopting them meant for codes.
    `names` are given on `names_due_on`; null once they are.
    """

    district = models.ForeignKey(District, models.CASCADE, related_name="redrawings")
    area = models.CharField(max_length=15)
    title = models.CharField(max_length=80)
    effective_on = models.DateField()
    steps = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=RedrawingState, default=RedrawingState.DRAFT)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=80, default="", blank=True)
    adopted_at = models.DateTimeField(null=True)
    recoding = models.JSONField(default=list)
    names = models.JSONField(default=dict)
    names_due_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(area__startswith=F("district")), name="a_redrawing_draws_within_its_district"
            ),
            models.CheckConstraint(
                condition=Q(state="adopted", adopted_at__isnull=False)
                | (~Q(state="adopted") & Q(adopted_at__isnull=True)),
                name="a_redrawing_says_when_it_was_adopted",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Outline(models.Model):
    """Where an area lies from a day on: a GeoJSON geometry in WGS-84. The newest one of a day is the one in force.

    `redrawing` is empty where the outline came with the district's folder; `approximate` says that it was drawn
    around a seat.
    """

    area = models.ForeignKey(Area, models.CASCADE, related_name="outlines")
    since_on = models.DateField()
    geometry = models.JSONField()
    approximate = models.BooleanField(default=False)
    redrawing = models.ForeignKey(Redrawing, models.PROTECT, null=True, related_name="outlines")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "since_on"], name="an_area_has_one_outline_from_a_day_on"),
        ]


class OverlayLayer(models.TextChoices):
    ROAD = "road", _("道路网格")
    PATROL = "patrol", _("巡查网格")


class Overlay(models.Model):
    """多网叠加: a road or patrol grid that lies over the areas without being one of them."""

    district = models.ForeignKey(District, models.CASCADE, related_name="overlays")
    layer = models.CharField(max_length=8, choices=OverlayLayer)
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    area = models.CharField(max_length=15)
    outline = models.JSONField()
    since_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(area__startswith=F("district")), name="an_overlay_lies_in_its_district"),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("since_on")),
                name="an_overlay_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["district", "layer", "code"],
                condition=Q(until_on__isnull=True),
                name="an_overlay_code_is_open_once_in_a_layer",
            ),
            models.CheckConstraint(condition=Q(layer__in=["road", "patrol"]), name="an_overlay_is_of_a_known_layer"),
        ]
        indexes = [models.Index(fields=["district", "layer", "code"], name="overlays_by_code")]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A street or landmark that callers name, by its name or an alias. `terms` are those of all its names."""

    district = models.ForeignKey(District, models.CASCADE)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    aliases = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    kind = models.CharField(max_length=20)
    lon = models.FloatField()
    lat = models.FloatField()
    area = models.CharField(max_length=15)
    terms = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        indexes = [GinIndex(fields=["terms"], name="places_by_term")]


class BasemapFeature(models.Model):
    """A road, water, green space or place name drawn under the areas: a GeoJSON geometry in WGS-84."""

    district = models.ForeignKey(District, models.CASCADE, related_name="basemap")
    kind = models.CharField(max_length=8)
    road_class = models.CharField(max_length=8, blank=True, default="")
    name = models.CharField(max_length=LONGEST_NAME, blank=True, default="")
    name_en = models.CharField(max_length=LONGEST_NAME_EN, blank=True, default="")
    geometry = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in BasemapKind]), name="a_basemap_feature_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind="road", road_class__in=[one.value for one in RoadClass])
                | (~Q(kind="road") & Q(road_class="")),
                name="a_road_has_a_class_and_nothing_else_has",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.kind


class TileSource(models.Model):
    """A map from elsewhere that may lie under a district's own, fetched tile by tile through this server.

    `token` is sealed and never shown; `review_no` is the 审图号 that is printed on the map with the attribution. Labels
    (`is_labels`) lie over whichever other source is shown.
    """

    district = models.ForeignKey(District, models.CASCADE, related_name="tile_sources")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=4, choices=[(kind.value, kind.value) for kind in TileKind])
    template = models.CharField(max_length=500)
    crs = models.CharField(max_length=9, choices=[(crs.value, crs.value) for crs in TileCrs])
    min_zoom = models.SmallIntegerField(default=1)
    max_zoom = models.SmallIntegerField(default=18)
    attribution = models.CharField(max_length=120, blank=True, default="")
    review_no = models.CharField(max_length=60, blank=True, default="")
    token = models.BinaryField(null=True)
    is_labels = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "name"], name="a_tile_source_is_named_once_in_a_district"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in TileKind]), name="a_tile_source_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(crs__in=[crs.value for crs in TileCrs]), name="a_tile_source_is_cut_in_a_known_system"
            ),
            models.CheckConstraint(
                condition=Q(min_zoom__gte=0, max_zoom__lte=DEEPEST, min_zoom__lte=F("max_zoom")),
                name="a_tile_source_has_levels",
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
