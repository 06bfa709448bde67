"""Whether somebody reported anything outside their district is answered without passing what they reported in it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_lists_of_a_million"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("reporter__isnull", False)),
                fields=["reporter", "district", "id"],
                name="cases_by_reporter_and_district",
            ),
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_by_reporter",
        ),
    ]
