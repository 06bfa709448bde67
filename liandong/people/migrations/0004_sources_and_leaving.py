"""Where posts came from, so that loads end only what loads brought; when a person leaves."""

from typing import Any

from django.db import migrations, models


def what_stands_was_loaded(apps: Any, schema_editor: Any) -> None:
    """Until now a folder was the only way to a post, but for those of services."""
    apps.get_model("people", "Post").objects.filter(user__is_service=False).update(source="folder")


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_covers"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="source",
            field=models.CharField(
                choices=[("hand", "手工任命"), ("folder", "区数据文件"), ("sheet", "表格导入")],
                default="hand",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="leaves_on",
            field=models.DateField(null=True),
        ),
        migrations.RunPython(what_stands_was_loaded, migrations.RunPython.noop),
    ]
