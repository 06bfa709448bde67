from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_draws"),
    ]

    operations = [
        migrations.AddField(
            model_name="exportjob",
            name="kind",
            field=models.CharField(default="xlsx", max_length=4),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=Q(("kind__in", ["xlsx", "csv"])), name="an_export_is_a_workbook_or_lines"
            ),
        ),
    ]
