import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import matching.fields
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    # What an installation has that was set up before these were drawn together.
    replaces = [
        ('matching', '0001_initial'),
        ('matching', '0002_run_progress_and_list_floor'),
        ('matching', '0003_held_runs_and_refreshes_done'),
        ('matching', '0004_attention_settings'),
        ('matching', '0005_packed_lists'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('companies', '0001_squashed_0037_verification'),
        ('investors', '0001_squashed_0037_verification'),
    ]

    operations = [
        migrations.CreateModel(
            name='AttentionSettings',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('max_share', models.PositiveSmallIntegerField(blank=True, default=5, help_text='A lower limit shows more institutions, and takes a fitting one off the first ten of some start-ups. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name="Limit: share of start-ups' first tens that one institution may stand in (%)")),
                ('max_loss', models.DecimalField(blank=True, decimal_places=1, default=Decimal('1'), help_text='The limit is loosened until it costs no more than this on later deals. 0: only what costs nothing. Empty: the limit holds whatever it costs, which can be a third of the quality.', max_digits=4, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='Price: part of the quality (NDCG@10) that may be given up for the limit (%)')),
                ('floor', models.PositiveSmallIntegerField(blank=True, help_text='Open raises of regions and categories that institutions see less often are lifted to this part of the average; they take the places of raises that fit better. Empty: nobody is lifted.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='Floor: attention to each region and category, of the average (%)')),
            ],
            options={
                'verbose_name': 'spreading of attention',
                'verbose_name_plural': 'spreading of attention',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='attention_settings_only_one'), models.CheckConstraint(condition=models.Q(models.Q(('max_share__isnull', True), ('max_share__range', (1, 100)), _connector='OR'), models.Q(('max_loss__isnull', True), ('max_loss__range', (0, 100)), _connector='OR'), models.Q(('floor__isnull', True), ('floor__range', (1, 100)), _connector='OR')), name='attention_settings_are_percent')],
            },
        ),
        migrations.CreateModel(
            name='ModelRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField(verbose_name='as of')),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('training', 'Training'), ('ranking', 'Ranking'), ('published', 'Published'), ('replaced', 'Replaced'), ('held', 'Held back'), ('discarded', 'Discarded'), ('failed', 'Failed')], default='queued', max_length=9, verbose_name='status')),
                ('attempt', models.PositiveIntegerField(default=0, verbose_name='attempt')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='leased until')),
                ('artefact', models.CharField(blank=True, max_length=200, verbose_name='artefact')),
                ('artefact_hash', models.CharField(blank=True, max_length=64, verbose_name='hash of the artefact')),
                ('stage', models.CharField(blank=True, max_length=40, verbose_name='stage')),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('figures', models.JSONField(blank=True, default=dict, verbose_name='figures')),
                ('error', models.TextField(blank=True, verbose_name='error')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked at')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started at')),
                ('ranked_at', models.DateTimeField(blank=True, null=True, verbose_name='ranked at')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                ('shown_until', models.DateTimeField(blank=True, null=True, verbose_name='shown until')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
            ],
            options={
                'verbose_name': 'model run',
                'verbose_name_plural': 'model runs',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['status', 'lease_until'], name='run_sweep')],
                'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('status__in', ['queued', 'training', 'ranking'])), name='run_one_at_a_time', violation_error_message='A run is under way already.')],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('switched_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='publication', to='matching.modelrun')),
            ],
            options={
                'verbose_name': 'publication',
                'verbose_name_plural': 'publications',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='publication_only_one')],
            },
        ),
        migrations.CreateModel(
            name='RecommendationList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('items', matching.fields.ItemsField(default=list)),
                ('ids', models.TextField(blank=True, default='')),
                ('floor', models.FloatField(default=-1e+308)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='recommendation_lists', to='companies.company')),
                ('investor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='recommendation_lists', to='investors.investor')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lists', to='matching.modelrun')),
            ],
            options={
                'verbose_name': 'recommendations',
                'verbose_name_plural': 'recommendations',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('company__isnull', False), ('investor__isnull', True)), models.Q(('company__isnull', True), ('investor__isnull', False)), _connector='OR'), name='recommendations_for_one_side'), models.UniqueConstraint(condition=models.Q(('company__isnull', False)), fields=('run', 'company'), name='recommendations_once_company'), models.UniqueConstraint(condition=models.Q(('investor__isnull', False)), fields=('run', 'investor'), name='recommendations_once_investor')],
            },
        ),
        migrations.CreateModel(
            name='Refresh',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('company', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='refresh', to='companies.company')),
                ('investor', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='refresh', to='investors.investor')),
            ],
            options={
                'verbose_name': 'pending refresh',
                'verbose_name_plural': 'pending refreshes',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('company__isnull', False), ('investor__isnull', True)), models.Q(('company__isnull', True), ('investor__isnull', False)), _connector='OR'), name='refresh_of_one_side')],
            },
        ),
        migrations.CreateModel(
            name='Refreshed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('company', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='refreshed', to='companies.company')),
                ('investor', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='refreshed', to='investors.investor')),
            ],
            options={
                'verbose_name': 'refresh done',
                'verbose_name_plural': 'refreshes done',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('company__isnull', False), ('investor__isnull', True)), models.Q(('company__isnull', True), ('investor__isnull', False)), _connector='OR'), name='refreshed_of_one_side')],
            },
        ),
        migrations.CreateModel(
            name='Shard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('company', 'Start-up'), ('investor', 'Investor')], max_length=8)),
                ('first', models.PositiveIntegerField()),
                ('last', models.PositiveIntegerField()),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done')], default='waiting', max_length=7)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('seconds', models.FloatField(blank=True, null=True)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shards', to='matching.modelrun')),
            ],
            options={
                'verbose_name': 'shard',
                'verbose_name_plural': 'shards',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['run', 'status', 'lease_until'], name='shard_sweep')],
                'constraints': [models.UniqueConstraint(fields=('run', 'side', 'first'), name='shard_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('last'))), name='shard_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('company', 'Start-up'), ('investor', 'Investor')], max_length=8, verbose_name='said by the')),
                ('kind', models.CharField(choices=[('saved', 'Saved'), ('passed', 'Passed'), ('hidden', 'Hidden')], max_length=6, verbose_name='answer')),
                ('reason', models.CharField(blank=True, choices=[('category', 'Not our field'), ('round', 'Too early or too late'), ('ticket', 'Amount does not fit'), ('place', 'Place does not fit'), ('conflict', 'Conflict with a holding or a partner'), ('known', 'Known already'), ('quality', 'Not convinced'), ('other', 'Another reason')], max_length=10, verbose_name='reason')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='companies.company')),
                ('investor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='investors.investor')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'feedback',
                'verbose_name_plural': 'feedback',
                'indexes': [models.Index(fields=['investor', 'side'], name='feedback_of_investor')],
                'constraints': [models.UniqueConstraint(fields=('company', 'investor', 'side'), name='feedback_once_per_side'), models.CheckConstraint(condition=models.Q(('kind', 'passed'), ('reason', ''), _negated=True), name='feedback_pass_has_reason')],
            },
        ),
    ]
