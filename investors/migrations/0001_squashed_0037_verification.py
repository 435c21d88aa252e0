import accounts.models
import accounts.naming
import accounts.parties
import accounts.uploads
import accounts.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    # What an installation has that was set up before these were drawn together.
    replaces = [
        ('investors', '0001_initial'),
        ('investors', '0002_invitation'),
        ('investors', '0003_claim'),
        ('investors', '0004_changed_last'),
        ('investors', '0005_confirmed'),
        ('investors', '0036_names'),
        ('investors', '0037_verification'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('taxonomy', '0001_squashed_0003_source_in_english'),
    ]

    operations = [
        migrations.CreateModel(
            name='Investor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_ref', models.CharField(blank=True, max_length=64, verbose_name='name in the source')),
                ('name_zh', models.CharField(blank=True, max_length=200, verbose_name='name in Chinese')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='name in English')),
                ('type', models.CharField(choices=[('large_venture', 'Large venture investor'), ('venture', 'Small or mid venture investor'), ('corporate', 'Corporate investor'), ('government', 'Government fund'), ('angel', 'Angel group'), ('private_equity', 'Private equity'), ('unknown', 'Type not known')], default='unknown', max_length=14, verbose_name='type')),
                ('assets', models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='assets under management')),
                ('founded_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='founded in')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('description_zh', models.TextField(blank=True, max_length=5000, verbose_name='description in Chinese')),
                ('description_en', models.TextField(blank=True, max_length=8000, verbose_name='description in English')),
                ('contact_name', models.CharField(blank=True, max_length=100, verbose_name='contact person')),
                ('contact_email', models.EmailField(blank=True, max_length=254, verbose_name='contact email')),
                ('contact_phone', models.CharField(blank=True, max_length=40, verbose_name='contact telephone')),
                ('is_published', models.BooleanField(default=True, verbose_name='published')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='verified at')),
                ('verified_facts', models.JSONField(blank=True, default=list, editable=False, verbose_name='what was verified')),
                ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='confirmed by its team')),
                ('nudged_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('search_text', models.TextField(blank=True, editable=False)),
                ('sort_zh', accounts.naming.SortKey('name_zh', 'name_en', default='', editable=False, max_length=200)),
                ('sort_en', accounts.naming.SortKey('name_en', 'name_zh', default='', editable=False, max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='recorded at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed at')),
                ('assets_currency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.currency', verbose_name='currency of the assets')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.region', verbose_name='place')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'investor',
                'verbose_name_plural': 'investors',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['is_published', 'type'], name='investor_list'), models.Index(fields=['sort_zh'], name='investor_by_chinese_name'), models.Index(fields=['sort_en'], name='investor_by_english_name'), models.Index(fields=['-updated_at'], name='investor_changed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('source_ref', ''), _negated=True), fields=('source', 'source_ref'), name='investor_once_per_source'), models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_zh', ''), _negated=True), name='investor_has_a_name', violation_error_message='Give the institution a name in Chinese or in English.'), models.CheckConstraint(condition=models.Q(('assets__isnull', True), models.Q(('assets__gte', 0), ('assets_currency__isnull', False)), _connector='OR'), name='investor_assets', violation_error_message='Give the assets with their currency; they cannot be negative.')],
            },
            bases=(accounts.parties.Party, models.Model),
        ),
        migrations.CreateModel(
            name='InvestorNames',
            fields=[
                ('text', models.TextField(editable=False)),
                ('investor', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='names', serialize=False, to='investors.investor')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.CharField(max_length=100, verbose_name='your position there')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='what shows it')),
                ('proof_email', models.EmailField(blank=True, max_length=254, verbose_name="address of the party's domain")),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('confirmed', 'Confirmed'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=9, verbose_name='status')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('investor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='investors.investor')),
            ],
            options={
                'verbose_name': 'claim',
                'verbose_name_plural': 'claims',
                'ordering': ['created_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('investor', 'user'), name='investor_claim_once')],
            },
            bases=(accounts.models.OfParty, models.Model),
        ),
        migrations.CreateModel(
            name='InvestorAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('folded', models.CharField(editable=False, max_length=200)),
                ('investor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='investors.investor')),
            ],
            options={
                'verbose_name': 'further name',
                'verbose_name_plural': 'further names',
                'indexes': [models.Index(fields=['folded'], name='investor_by_spelling')],
                'constraints': [models.UniqueConstraint(fields=('investor', 'name'), name='investor_alias_once')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='email')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('editor', 'Editor'), ('viewer', 'Viewer')], default='editor', max_length=6, verbose_name='role')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='sent at')),
                ('expires_at', models.DateTimeField(verbose_name='valid until')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted at')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn at')),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='accepted by')),
                ('investor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='investors.investor')),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='invited by')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None)), fields=('investor', 'email'), name='investor_invitation_once')],
            },
            bases=(accounts.models.OfParty, models.Model),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('editor', 'Editor'), ('viewer', 'Viewer')], default='owner', max_length=6, verbose_name='role')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('investor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='investors.investor')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='investor_roles', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'constraints': [models.UniqueConstraint(fields=('investor', 'user'), name='investor_member_once')],
            },
            bases=(accounts.models.OfParty, models.Model),
        ),
        migrations.CreateModel(
            name='Thesis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_ref', models.CharField(blank=True, max_length=64, verbose_name='name in the source')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='title')),
                ('ticket_low', models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='ticket, from')),
                ('ticket_high', models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='ticket, to')),
                ('keywords', models.JSONField(blank=True, default=list, verbose_name='keywords')),
                ('text', models.TextField(blank=True, max_length=4000, verbose_name='in your own words')),
                ('unmapped', models.JSONField(blank=True, default=list, editable=False, verbose_name='labels that could not be mapped')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='recorded at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed at')),
                ('categories', models.ManyToManyField(blank=True, related_name='wanted_by', to='taxonomy.category', verbose_name='categories wanted')),
                ('currency', models.ForeignKey(default='CNY', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.currency', verbose_name='currency')),
                ('excluded', models.ManyToManyField(blank=True, related_name='excluded_by', to='taxonomy.category', verbose_name='categories excluded')),
                ('investor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='theses', to='investors.investor', verbose_name='investor')),
                ('regions', models.ManyToManyField(blank=True, related_name='+', to='taxonomy.region', verbose_name='regions')),
                ('rounds', models.ManyToManyField(blank=True, related_name='+', to='taxonomy.round', verbose_name='rounds')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'thesis',
                'verbose_name_plural': 'theses',
                'ordering': ['-is_active', 'pk'],
                'indexes': [models.Index(fields=['is_active', 'investor'], name='thesis_active'), models.Index(fields=['-updated_at'], name='thesis_changed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('source_ref', ''), _negated=True), fields=('source', 'source_ref'), name='thesis_once_per_source'), models.CheckConstraint(condition=models.Q(models.Q(('ticket_low__isnull', True), ('ticket_low__gte', 0), _connector='OR'), models.Q(('ticket_high__isnull', True), ('ticket_high__gte', 0), _connector='OR'), models.Q(('ticket_low__isnull', True), ('ticket_high__isnull', True), ('ticket_low__lte', models.F('ticket_high')), _connector='OR')), name='thesis_ticket_low_range', violation_error_message='The range must begin at zero or above and end where it begins or later.')],
            },
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credit_code', models.CharField(blank=True, max_length=18, validators=[accounts.validators.validate_credit_code], verbose_name='unified social credit code')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note')),
                ('file', models.FileField(blank=True, max_length=200, upload_to=accounts.uploads.RandomName('verifications'), verbose_name='document')),
                ('name', models.CharField(blank=True, editable=False, max_length=150)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('verified', 'Verified'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('ended', 'Taken away'), ('lapsed', 'Lapsed: name or code changed')], default='waiting', max_length=9, verbose_name='status')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked at')),
                ('facts', models.JSONField(blank=True, default=list, verbose_name='what was checked')),
                ('reason', models.CharField(blank=True, choices=[('name', 'The credit code belongs to another name'), ('code', 'The credit code is not registered'), ('website', 'The website does not lead to this organisation'), ('people', 'Nothing shows that its members act for it'), ('duplicate', 'Another profile stands for the same organisation'), ('evidence', 'The document does not show what it should'), ('other', 'Another reason')], max_length=9, verbose_name='reason')),
                ('answer', models.TextField(blank=True, max_length=1000, verbose_name='answer')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('investor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verifications', to='investors.investor')),
            ],
            options={
                'verbose_name': 'verification',
                'verbose_name_plural': 'verifications',
                'ordering': ['asked_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('investor',), name='investor_verification_once')],
            },
            bases=(accounts.models.OfParty, models.Model),
        ),
    ]
