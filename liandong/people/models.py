"""Units, accounts, posts and API keys."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    CENTRE = "centre", _("联动中心")
    DEPARTMENT = "department", _("委办局")
    TOWN = "town", _("街镇分中心")
    BUREAU = "bureau", _("科室")
    STATION = "station", _("居村工作站")
    TEAM = "team", _("队伍")
    GRID = "grid", _("网格")


class Level(models.TextChoices):
    """The level a unit works at; a case is solved at the level of the unit whose hand-in was accepted."""

    DISTRICT = "district", _("区级")
    TOWN = "town", _("街镇")
    STATION = "station", _("居村")
    GRID = "grid", _("网格")


class Force(models.TextChoices):
    """先服务、再管理、后执法: what kind of force a unit carries."""

    SERVICE = "service", _("服务")
    MANAGEMENT = "management", _("管理")
    ENFORCEMENT = "enforcement", _("执法")


class Unit(models.Model):
    """Anyone who can be asked to solve something: the centre, a department, a town, a station, a grid crew."""

    code = models.CharField(max_length=40, primary_key=True)
    district = models.CharField(max_length=6)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    kind = models.CharField(max_length=12, choices=UnitKind)
    level = models.CharField(max_length=10, choices=Level)
    force = models.CharField(max_length=12, choices=Force)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    area = models.CharField(max_length=15)
    phone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=F("parent")), name="a_unit_is_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(area__startswith=F("district")), name="a_unit_answers_within_its_district"
            ),
        ]
        indexes = [models.Index(fields=["district", "kind", "area"], name="units_by_kind_and_area")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds accounts by their name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """An account: a person, or a service that calls the API. What it may do follows from its posts alone."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(username__regex=r"^[a-z0-9][a-z0-9._-]*$"), name="an_account_name_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def key(self) -> str:
        """How the timeline names this account."""
        return f"user/{self.username}"


class Post(models.Model):
    """One person in one unit with one role over one area, from a day until a day. One person may hold many."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20)
    area = models.CharField(max_length=15)
    title = models.CharField(max_length=40, blank=True)
    since_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("since_on")), name="a_post_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["user", "unit", "role", "area", "since_on"], name="a_post_is_held_once_at_a_time"
            ),
        ]


class ApiKey(models.Model):
    """A key with which a service signs its calls. Only its hash is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="keys")
    label = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = models.CharField(max_length=200, default="*")
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
