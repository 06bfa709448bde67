"""What the pages for everybody keep for hours: counts against floods, codes on their way, keys of what was joined."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("used", models.IntegerField()),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Joining",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=32)),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ticket", models.UUIDField(unique=True)),
                ("salt", models.BinaryField(max_length=16)),
                ("phone_hash", models.BinaryField(max_length=32)),
                ("sealed", models.BinaryField(null=True)),
                ("number", models.CharField(blank=True, default="", max_length=32)),
                ("tries", models.SmallIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tries__gte", 0), ("tries__lte", 5)),
                        name="a_code_is_tried_five_times_at_most",
                    )
                ],
            },
        ),
    ]
