from django.db import migrations, models

import matching.fields

LISTS_AT_ONCE = 500


def copied(apps, schema_editor, origin, target):
    """Write every list under its other form: the published run stays readable, to the last digit."""
    lists = apps.get_model("matching", "RecommendationList").objects.using(schema_editor.connection.alias)
    keys = list(lists.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), LISTS_AT_ONCE):
        some = list(lists.filter(pk__in=keys[start : start + LISTS_AT_ONCE]))
        for row in some:
            setattr(row, target, list(getattr(row, origin)))
        lists.bulk_update(some, [target], batch_size=100)


def pack(apps, schema_editor):
    copied(apps, schema_editor, "items", "packed")


def unpack(apps, schema_editor):
    copied(apps, schema_editor, "packed", "items")


class Migration(migrations.Migration):
    dependencies = [("matching", "0004_attention_settings")]

    operations = [
        migrations.AddField("recommendationlist", "packed", matching.fields.ItemsField(default=list)),
        migrations.RunPython(pack, unpack),
        migrations.RemoveField("recommendationlist", "items"),
        migrations.RenameField("recommendationlist", "packed", "items"),
    ]
