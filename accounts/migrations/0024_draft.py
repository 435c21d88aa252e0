import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_muted_and_digests")]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("step", models.CharField(blank=True, max_length=20, verbose_name="step")),
                ("values", models.JSONField(default=dict, verbose_name="values")),
                (
                    "updated_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name="changed at"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "draft", "verbose_name_plural": "drafts"},
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("user", "kind"), name="draft_once_per_form"),
        ),
    ]
