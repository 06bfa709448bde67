"""How many cases there are of each kind, by place and by day: so few rows that a million cases are counted at once.

A trigger on cases writes a row for every change, in the same transaction; `merge_counts` adds rows of one kind
together now and then. A count is always the sum of its rows, merged or not, so it is right at every instant.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

COARSE, FINE = 8, 10
"""The finenesses of the H3 cells counted by: about a kilometre across, and about 130 metres."""
HOME = 7
"""The fineness by which the cells of a part of the district are found."""

PLACE_KEY = ("district", "home", "cell", "area", "stage", "is_late", "about_unit")
DAY_KEY = ("district", "day", "town", "what", "code", "about_unit")
_MERGED = Q(is_merged=True)
_NOTHING = Q(is_merged=True, cases=0)


class PlaceCount(models.Model):
    """Cases of one stage in one cell and area. Those without a point are counted in cell 0, in the coarse counts only.

    The sums are of whole microdegrees: so that they stay exact, whatever is added and taken away.
    """

    district = models.CharField(max_length=6)
    home = models.BigIntegerField()
    cell = models.BigIntegerField()
    area = models.CharField(max_length=15)
    stage = models.CharField(max_length=12)
    is_late = models.BooleanField()
    about_unit = models.CharField(max_length=40, default="", blank=True)
    cases = models.BigIntegerField()
    lon_sum = models.BigIntegerField()
    lat_sum = models.BigIntegerField()
    is_merged = models.BooleanField(default=False)

    class Meta:
        abstract = True


class CoarseCount(PlaceCount):
    """Counts by cells of fineness `COARSE`: for the whole district and its towns."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=PLACE_KEY, condition=_MERGED, name="merged_coarse_counts_are_one_of_a_kind"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=~_MERGED, name="coarse_counts_to_merge"),
            models.Index(fields=["id"], condition=_NOTHING, name="coarse_counts_of_nothing"),
        ]


class FineCount(PlaceCount):
    """Counts by cells of fineness `FINE`: for parts of the district."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=PLACE_KEY, condition=_MERGED, name="merged_fine_counts_are_one_of_a_kind"),
        ]
        indexes = [
            models.Index(fields=["district", "home", "stage"], name="fine_counts_by_home"),
            models.Index(fields=["id"], condition=~_MERGED, name="fine_counts_to_merge"),
            models.Index(fields=["id"], condition=_NOTHING, name="fine_counts_of_nothing"),
        ]


class DayCount(models.Model):
    """What happened in one town on one day of its district: `what` of which `code`, and how often.

    `reported`, `class`, `channel` by the day of the report; `ended` (stage), `closing`, `level` (at which it was
    solved), `called` (what the call-back found) and `content` (satisfaction, 1 to 5) by the day of the end; `contact`
    (`in_time`, `late`) by the day on which the clock stopped, or was missed. Cases no narrower than the district count
    as its own.
    """

    district = models.CharField(max_length=6)
    day = models.DateField()
    town = models.CharField(max_length=9)
    what = models.CharField(max_length=10)
    code = models.CharField(max_length=40, default="", blank=True)
    about_unit = models.CharField(max_length=40, default="", blank=True)
    cases = models.BigIntegerField()
    is_merged = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=DAY_KEY, condition=_MERGED, name="merged_day_counts_are_one_of_a_kind"),
        ]
        indexes = [
            models.Index(fields=["district", "what", "day"], name="day_counts_by_what"),
            models.Index(fields=["id"], condition=~_MERGED, name="day_counts_to_merge"),
            models.Index(fields=["id"], condition=_NOTHING, name="day_counts_of_nothing"),
        ]
