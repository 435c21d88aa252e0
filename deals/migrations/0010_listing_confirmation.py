import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0009_listing_status'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='listing',
            name='company_confirmed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='confirmed by the start-up'),
        ),
        migrations.AddField(
            model_name='listing',
            name='objected_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='objected at'),
        ),
        migrations.AddField(
            model_name='listing',
            name='objected_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='objected by'),
        ),
        migrations.AddField(
            model_name='listing',
            name='objection',
            field=models.TextField(blank=True, max_length=1000, verbose_name='objection'),
        ),
    ]
