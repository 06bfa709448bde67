"""What was lent, granted and delegated; ranks and force of posts; when units begin and end."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
                ("area", models.CharField(max_length=15)),
                ("basis", models.CharField(max_length=200)),
                ("made_by", models.CharField(max_length=80)),
                ("since_on", models.DateField()),
                ("until_on", models.DateField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=20)),
                ("area", models.CharField(max_length=15)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("grant", "授权"), ("cover", "AB 岗代班")], default="grant", max_length=8
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("made_by", models.CharField(max_length=80)),
                ("since_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Lending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SheetDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("district", models.CharField(max_length=6)),
                ("kind", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=120)),
                ("content", models.BinaryField()),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="apikey",
            name="issued_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="force",
            field=models.CharField(
                blank=True,
                choices=[("service", "服务"), ("management", "管理"), ("enforcement", "执法")],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="rank",
            field=models.CharField(
                choices=[("member", "成员"), ("deputy", "副职"), ("head", "负责人")], default="member", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="unit",
            name="since_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="unit",
            name="until_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="must_change_password",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="user",
            name="password_changed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="unit",
            name="kind",
            field=models.CharField(
                choices=[
                    ("centre", "联动中心"),
                    ("department", "委办局"),
                    ("town", "街镇分中心"),
                    ("bureau", "科室"),
                    ("office", "派驻机构"),
                    ("station", "居村工作站"),
                    ("team", "队伍"),
                    ("joint", "联合执勤队"),
                    ("grid", "网格"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("since_on__isnull", True),
                    ("until_on__isnull", True),
                    ("until_on__gte", models.F("since_on")),
                    _connector="OR",
                ),
                name="a_unit_ends_after_it_begins",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="department",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="delegated", to="people.unit"
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="town",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="delegations", to="people.unit"
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="unit",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="people.unit"),
        ),
        migrations.AddField(
            model_name="grant",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="grants", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="lending",
            name="post",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lendings", to="people.post"
            ),
        ),
        migrations.AddField(
            model_name="lending",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lent_posts", to="people.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_on__gte", models.F("since_on"))), name="a_delegation_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("department", models.F("town")), _negated=True),
                name="a_delegation_goes_from_one_unit_to_another",
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("revoked_at__isnull", True)), fields=["user", "until_at"], name="grants_of_a_person"
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("revoked_at__isnull", True)), fields=["area", "role"], name="grants_in_an_area"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_at__gt", models.F("since_at"))), name="a_grant_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("purpose", "cover"), _negated=True), ("unit__isnull", False), _connector="OR"
                ),
                name="a_cover_stands_in_for_a_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="lending",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("since_on")), _connector="OR"
                ),
                name="a_lending_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="lending",
            constraint=models.UniqueConstraint(
                fields=("post", "team", "since_on"), name="a_post_is_lent_once_at_a_time"
            ),
        ),
    ]
