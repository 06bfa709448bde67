"""The force a case is met with, and versions of the responsibility matrix."""

from datetime import UTC, date, datetime
from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def number_the_matrix_in_force(apps: Any, schema_editor: Any) -> None:
    """Make what stood unversioned until now version 1 of its district, in force since always."""
    rows = apps.get_model("cases", "Responsibility").objects
    versions = apps.get_model("cases", "MatrixVersion").objects
    now = datetime.now(UTC)
    for district in rows.values_list("district", flat=True).distinct():
        version = versions.create(
            district=district,
            number=1,
            title="1",
            since_on=date(1900, 1, 1),
            made_by="platform/import",
            made_at=now,
            published_at=now,
        )
        rows.filter(district=district).update(version=version)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="MatrixVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("district", models.CharField(max_length=6)),
                ("number", models.IntegerField()),
                ("title", models.CharField(max_length=80)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("since_on", models.DateField(null=True)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="responsibility",
            name="a_responsibility_is_stated_once",
        ),
        migrations.AddField(
            model_name="assignment",
            name="answers_for",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="assignment",
            name="enforcer",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="case",
            name="force",
            field=models.CharField(default="service", max_length=12),
        ),
        migrations.AddField(
            model_name="case",
            name="solved_force",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.AddField(
            model_name="caseclass",
            name="force",
            field=models.CharField(default="service", max_length=12),
        ),
        migrations.AddField(
            model_name="caseclass",
            name="warn_first",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="condition",
            field=models.CharField(default="*", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("force__in", ["service", "management", "enforcement"])),
                name="a_case_is_met_by_a_known_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="matrixversion",
            constraint=models.UniqueConstraint(
                fields=("district", "number"), name="a_matrix_version_has_its_own_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="matrixversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("published_at__isnull", True), ("since_on__isnull", False), _connector="OR"),
                name="a_published_matrix_says_from_when_it_holds",
            ),
        ),
        migrations.AddField(
            model_name="responsibility",
            name="version",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="cases.matrixversion"
            ),
        ),
        migrations.RunPython(number_the_matrix_in_force, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="responsibility",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="cases.matrixversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="responsibility",
            constraint=models.UniqueConstraint(
                fields=("version", "class_prefix", "area_prefix", "condition"), name="a_responsibility_is_stated_once"
            ),
        ),
    ]
