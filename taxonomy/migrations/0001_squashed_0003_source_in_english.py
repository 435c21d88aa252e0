import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    # What an installation has that was set up before these were drawn together.
    replaces = [
        ('taxonomy', '0001_initial'),
        ('taxonomy', '0002_products_and_milestones'),
        ('taxonomy', '0003_source_in_english'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Board',
            fields=[
                ('name_zh', models.CharField(max_length=120, verbose_name='Chinese name')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('aliases', models.JSONField(blank=True, default=list, verbose_name='further spellings')),
                ('code', models.SlugField(max_length=20, primary_key=True, serialize=False, verbose_name='code')),
                ('exchange_zh', models.CharField(blank=True, max_length=60, verbose_name='Chinese name of the exchange')),
                ('exchange_en', models.CharField(blank=True, max_length=60, verbose_name='English name of the exchange')),
                ('opened_on', models.DateField(blank=True, null=True, verbose_name='first trading day')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position in lists')),
            ],
            options={
                'verbose_name': 'board',
                'verbose_name_plural': 'boards',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Currency',
            fields=[
                ('name_zh', models.CharField(max_length=120, verbose_name='Chinese name')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('aliases', models.JSONField(blank=True, default=list, verbose_name='further spellings')),
                ('code', models.CharField(max_length=3, primary_key=True, serialize=False, verbose_name='code')),
                ('symbol', models.CharField(blank=True, max_length=6, verbose_name='symbol')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position in lists')),
            ],
            options={
                'verbose_name': 'currency',
                'verbose_name_plural': 'currencies',
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('name_zh', models.CharField(max_length=120, verbose_name='Chinese name')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('aliases', models.JSONField(blank=True, default=list, verbose_name='further spellings')),
                ('code', models.SlugField(max_length=20, primary_key=True, serialize=False, verbose_name='code')),
                ('order', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='order')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position in lists')),
            ],
            options={
                'verbose_name': 'round',
                'verbose_name_plural': 'rounds',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Scheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=64, unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=120, verbose_name='Chinese name')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('description_zh', models.TextField(blank=True, verbose_name='Chinese description')),
                ('description_en', models.TextField(blank=True, verbose_name='English description')),
                ('is_default', models.BooleanField(default=False, verbose_name='offered first')),
            ],
            options={
                'verbose_name': 'scheme',
                'verbose_name_plural': 'schemes',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='scheme_one_default')],
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=64, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='English name')),
                ('url', models.URLField(blank=True, verbose_name='address')),
                ('licence', models.CharField(blank=True, max_length=200, verbose_name='licence')),
                ('attribution', models.CharField(blank=True, max_length=300, verbose_name='attribution')),
                ('attribution_en', models.CharField(blank=True, max_length=300, verbose_name='attribution in English')),
                ('simulated', models.BooleanField(default=False, verbose_name='simulated')),
            ],
            options={
                'verbose_name': 'source',
                'verbose_name_plural': 'sources',
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_zh', models.CharField(max_length=120, verbose_name='Chinese name')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('aliases', models.JSONField(blank=True, default=list, verbose_name='further spellings')),
                ('code', models.CharField(max_length=64, verbose_name='code')),
                ('path', models.CharField(editable=False, max_length=255, verbose_name='path')),
                ('definition_zh', models.TextField(blank=True, verbose_name='Chinese definition')),
                ('definition_en', models.TextField(blank=True, verbose_name='English definition')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='taxonomy.category', verbose_name='parent')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='taxonomy.scheme', verbose_name='scheme')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'ordering': ['scheme', 'order', 'code'],
                'indexes': [models.Index(fields=['scheme', 'path'], name='category_by_path')],
                'constraints': [models.UniqueConstraint(fields=('scheme', 'code'), name='category_once_per_scheme'), models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='category_not_own_parent')],
            },
        ),
        migrations.CreateModel(
            name='Region',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_zh', models.CharField(max_length=120, verbose_name='Chinese name')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('aliases', models.JSONField(blank=True, default=list, verbose_name='further spellings')),
                ('code', models.CharField(max_length=80, unique=True, verbose_name='code')),
                ('kind', models.CharField(choices=[('country', 'Country'), ('province', 'Province'), ('area', 'Area'), ('macro', 'Statistical region'), ('cluster', 'Cluster')], max_length=10, verbose_name='kind')),
                ('country', models.CharField(blank=True, max_length=3, verbose_name='country (ISO 3166 alpha-3)')),
                ('gb_code', models.CharField(blank=True, max_length=6, verbose_name='GB/T 2260 code')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('members', models.ManyToManyField(blank=True, related_name='groups', to='taxonomy.region', verbose_name='members')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='taxonomy.region', verbose_name='part of')),
            ],
            options={
                'verbose_name': 'region',
                'verbose_name_plural': 'regions',
                'ordering': ['order', 'code'],
                'indexes': [models.Index(fields=['country', 'kind'], name='region_by_country')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('gb_code', ''), _negated=True), fields=('gb_code',), name='region_once_per_gb_code'), models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='region_not_own_part')],
            },
        ),
        migrations.AddField(
            model_name='scheme',
            name='source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='taxonomy.source', verbose_name='source'),
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_zh', models.CharField(max_length=120, verbose_name='Chinese name')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('aliases', models.JSONField(blank=True, default=list, verbose_name='further spellings')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('on', models.DateField(verbose_name='date')),
                ('precision', models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('quarter', 'Quarter'), ('year', 'Year')], default='day', max_length=7, verbose_name='date is a')),
                ('board', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='taxonomy.board', verbose_name='board')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'milestone',
                'verbose_name_plural': 'milestones',
                'ordering': ['on', 'code'],
            },
        ),
        migrations.CreateModel(
            name='GrossProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('value', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='gross regional product in CNY')),
                ('province', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gross_products', to='taxonomy.region', verbose_name='province')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'gross regional product',
                'verbose_name_plural': 'gross regional products',
                'ordering': ['-year', 'province'],
                'constraints': [models.UniqueConstraint(fields=('province', 'year'), name='product_once_a_year'), models.CheckConstraint(condition=models.Q(('value__gt', 0)), name='product_positive')],
            },
        ),
        migrations.CreateModel(
            name='Crosswalk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weight', models.DecimalField(decimal_places=3, default=Decimal('1'), max_digits=4, verbose_name='share')),
                ('origin', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leads_to', to='taxonomy.category', verbose_name='from')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fed_by', to='taxonomy.category', verbose_name='to')),
            ],
            options={
                'verbose_name': 'crosswalk',
                'verbose_name_plural': 'crosswalks',
                'constraints': [models.UniqueConstraint(fields=('origin', 'target'), name='crosswalk_once'), models.CheckConstraint(condition=models.Q(('origin', models.F('target')), _negated=True), name='crosswalk_not_to_itself'), models.CheckConstraint(condition=models.Q(('weight__gt', 0), ('weight__lte', 1)), name='crosswalk_share')],
            },
        ),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='from')),
                ('cny', models.DecimalField(decimal_places=6, max_digits=16, verbose_name='CNY for one unit')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('currency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='taxonomy.currency', verbose_name='currency')),
            ],
            options={
                'verbose_name': 'exchange rate',
                'verbose_name_plural': 'exchange rates',
                'constraints': [models.UniqueConstraint(fields=('currency', 'date'), name='rate_once_per_day'), models.CheckConstraint(condition=models.Q(('cny__gt', 0)), name='rate_positive')],
            },
        ),
    ]
