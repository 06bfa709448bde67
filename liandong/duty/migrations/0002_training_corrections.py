"""A training record may be corrected by another, which stands beside it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0001_initial"),
        ("people", "0006_mediation_bodies"),
    ]

    operations = [
        migrations.AddField(
            model_name="training",
            name="corrects",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="correction", to="duty.training"
            ),
        ),
        migrations.AddField(
            model_name="training",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrects__isnull", True), ("reason", "")),
                    models.Q(("corrects__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_training_is_corrected_for_a_reason",
            ),
        ),
    ]
