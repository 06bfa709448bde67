"""Indexes for the lists of everybody who does not watch a whole district, at a million cases."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_matrix_drafts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["reported_at", "id"], name="cases_by_time_of_report"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("assisting", []), _negated=True), fields=["assisting"], name="cases_by_assistant"
            ),
        ),
    ]
