"""Units, accounts, posts, and what was lent, granted or delegated on top of them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    CENTRE = "centre", _("联动中心")
    DEPARTMENT = "department", _("委办局")
    TOWN = "town", _("街镇分中心")
    BUREAU = "bureau", _("科室")
    OFFICE = "office", _("派驻机构")
    STATION = "station", _("居村工作站")
    TEAM = "team", _("队伍")
    JOINT = "joint", _("联合执勤队")
    MEDIATION = "mediation", _("调解组织")
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
    since_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=F("parent")), name="a_unit_is_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(since_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("since_on")),
                name="a_unit_ends_after_it_begins",
            ),
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
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True)
    leaves_on = models.DateField(null=True)

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


class Rank(models.TextChoices):
    """Who stands in for whom within a unit."""

    MEMBER = "member", _("成员")
    DEPUTY = "deputy", _("副职")
    HEAD = "head", _("负责人")


class Source(models.TextChoices):
    """Where a post came from: whatever a later load no longer names is ended only if a load brought it."""

    HAND = "hand", _("手工任命")
    FOLDER = "folder", _("区数据文件")
    SHEET = "sheet", _("表格导入")


class Post(models.Model):
    """One person in one unit with one role over one area, from a day until a day. One person may hold many.

    `force` is empty where the post carries its unit's force.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20)
    area = models.CharField(max_length=15)
    title = models.CharField(max_length=40, blank=True)
    rank = models.CharField(max_length=8, choices=Rank, default=Rank.MEMBER)
    force = models.CharField(max_length=12, choices=Force, blank=True, default="")
    source = models.CharField(max_length=8, choices=Source, default=Source.HAND)
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


class Lending(models.Model):
    """A post lent to a joint team: the member acts in the team, and keeps home unit and force (`CASE.md` §4)."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="lendings")
    team = models.ForeignKey(Unit, models.PROTECT, related_name="lent_posts")
    since_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("since_on")),
                name="a_lending_ends_after_it_begins",
            ),
            models.UniqueConstraint(fields=["post", "team", "since_on"], name="a_post_is_lent_once_at_a_time"),
        ]


class Purpose(models.TextChoices):
    """Why somebody holds rights besides those of their posts."""

    GRANT = "grant", _("授权")
    COVER = "cover", _("AB 岗代班")


class Grant(models.Model):
    """A role over an area for a time: given with a reason, or taken over from a colleague for a shift (AB 岗)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    colleague = models.ForeignKey(User, models.PROTECT, null=True, related_name="stand_ins")
    role = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True)
    area = models.CharField(max_length=15)
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.GRANT)
    reason = models.CharField(max_length=200)
    made_by = models.CharField(max_length=80)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=F("since_at")), name="a_grant_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(purpose=Purpose.COVER) | Q(unit__isnull=False), name="a_cover_stands_in_for_a_unit"
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.COVER, colleague__isnull=False)
                | Q(purpose=Purpose.GRANT, colleague__isnull=True),
                name="a_cover_and_no_grant_stands_in_for_a_colleague",
            ),
            models.CheckConstraint(condition=~Q(colleague=F("user")), name="nobody_stands_in_for_themselves"),
        ]
        indexes = [
            models.Index(fields=["user", "until_at"], condition=Q(revoked_at__isnull=True), name="grants_of_a_person"),
            models.Index(fields=["area", "role"], condition=Q(revoked_at__isnull=True), name="grants_in_an_area"),
        ]


class Delegation(models.Model):
    """先期指挥权: a department lets a town order its local force directly, for classes, an area and a time."""

    department = models.ForeignKey(Unit, models.PROTECT, related_name="delegated")
    town = models.ForeignKey(Unit, models.PROTECT, related_name="delegations")
    classes = ArrayField(models.CharField(max_length=10), default=list)
    area = models.CharField(max_length=15)
    basis = models.CharField(max_length=200)
    made_by = models.CharField(max_length=80)
    since_on = models.DateField()
    until_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("since_on")), name="a_delegation_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(department=F("town")), name="a_delegation_goes_from_one_unit_to_another"
            ),
        ]


class SheetDraft(models.Model):
    """An uploaded workbook between its dry run and its taking: kept so that what was shown is what is taken."""

    district = models.CharField(max_length=6)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)


class ApiKey(models.Model):
    """A key with which a service signs its calls. Only its hash is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="keys")
    label = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = models.CharField(max_length=200, default="*")
    issued_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)


class PastPassword(models.Model):
    """The hash of a password an account had, so that it does not come back soon."""

    user = models.ForeignKey(User, models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    until_at = models.DateTimeField()


class Session(AbstractBaseSession):
    """One browser's session, and whose it is once somebody has signed in: from where, since when, when last seen."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=200, blank=True)
    since_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user"], condition=Q(user__isnull=False), name="sessions_of_a_person")]


class StaffContact(models.Model):
    """Where a member of staff is reached, sealed: a personal telephone and e-mail, seen by them and by who sends."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="contact")
    sealed = models.BinaryField()
