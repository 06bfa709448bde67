"""Mediation bodies (调解组织) are a kind of unit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_accounts"),
    ]

    operations = [
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
                    ("mediation", "调解组织"),
                    ("grid", "网格"),
                ],
                max_length=12,
            ),
        ),
    ]
