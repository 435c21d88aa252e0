import django.db.models.deletion
from django.db import migrations, models

import accounts.naming
from accounts.naming import BATCH, SortKey, names_text

NAMES = ("name_zh", "name_en")
ZH, EN = SortKey("name_zh", "name_en"), SortKey("name_en", "name_zh")


def keep_names(apps, schema_editor):
    """Rows that are here already are sorted and found by name as new ones are."""
    party, names = apps.get_model("investors", "Investor"), apps.get_model("investors", "InvestorNames")
    known = party.objects.only(*NAMES).order_by("pk").prefetch_related("aliases")
    batch = []
    for row in known.iterator(chunk_size=BATCH):
        row.sort_zh, row.sort_en = ZH.of(row), EN.of(row)
        batch.append(row)
        if len(batch) == BATCH:
            write(party, names, batch)
            batch = []
    write(party, names, batch)


def write(party, names, rows):
    party.objects.bulk_update(rows, ["sort_zh", "sort_en"])
    names.objects.bulk_create(
        names(pk=row.pk, text=names_text(
            [name for name in (getattr(row, field) for field in NAMES) if name] + [alias.name for alias in row.aliases.all()]
        ))
        for row in rows
    )


class Migration(migrations.Migration):

    dependencies = [
        ("investors", "0005_confirmed"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvestorNames",
            fields=[
                ("text", models.TextField(editable=False)),
                ("investor", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="names", serialize=False, to="investors.investor")),
            ],
            options={"abstract": False},
        ),
        migrations.AddField(
            model_name="investor",
            name="sort_zh",
            field=accounts.naming.SortKey("name_zh", "name_en", default="", editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="investor",
            name="sort_en",
            field=accounts.naming.SortKey("name_en", "name_zh", default="", editable=False, max_length=200),
        ),
        migrations.AddIndex(
            model_name="investor",
            index=models.Index(fields=["sort_zh"], name="investor_by_chinese_name"),
        ),
        migrations.AddIndex(
            model_name="investor",
            index=models.Index(fields=["sort_en"], name="investor_by_english_name"),
        ),
        migrations.RunPython(keep_names, migrations.RunPython.noop, elidable=True),
    ]
