"""Who is stood in for: a cover names the colleague."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_organisation"),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="colleague",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stand_ins",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("colleague__isnull", False), ("purpose", "cover")),
                    models.Q(("colleague__isnull", True), ("purpose", "grant")),
                    _connector="OR",
                ),
                name="a_cover_and_no_grant_stands_in_for_a_colleague",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("colleague", models.F("user")), _negated=True),
                name="nobody_stands_in_for_themselves",
            ),
        ),
    ]
