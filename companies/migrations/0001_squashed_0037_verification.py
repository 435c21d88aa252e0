import accounts.models
import accounts.naming
import accounts.parties
import accounts.uploads
import accounts.validators
import companies.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    # What an installation has that was set up before these were drawn together.
    replaces = [
        ('companies', '0001_initial'),
        ('companies', '0002_invitation'),
        ('companies', '0003_claim'),
        ('companies', '0004_changed_last'),
        ('companies', '0005_confirmed'),
        ('companies', '0036_names'),
        ('companies', '0037_verification'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('taxonomy', '0001_squashed_0003_source_in_english'),
    ]

    operations = [
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_ref', models.CharField(blank=True, max_length=64, verbose_name='name in the source')),
                ('name_zh', models.CharField(blank=True, max_length=200, verbose_name='legal name in Chinese')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='legal name in English')),
                ('short_zh', models.CharField(blank=True, max_length=100, verbose_name='short name in Chinese')),
                ('short_en', models.CharField(blank=True, max_length=100, verbose_name='short name in English')),
                ('credit_code', models.CharField(blank=True, max_length=18, validators=[accounts.validators.validate_credit_code], verbose_name='unified social credit code')),
                ('founded_on', models.DateField(blank=True, null=True, verbose_name='founded')),
                ('founded_precision', models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('quarter', 'Quarter'), ('year', 'Year')], default='day', max_length=7, verbose_name='founding date is a')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('summary_zh', models.CharField(blank=True, max_length=160, verbose_name='one line in Chinese')),
                ('summary_en', models.CharField(blank=True, max_length=200, verbose_name='one line in English')),
                ('description_zh', models.TextField(blank=True, max_length=5000, verbose_name='description in Chinese')),
                ('description_en', models.TextField(blank=True, max_length=8000, verbose_name='description in English')),
                ('business_model', models.CharField(blank=True, max_length=200, verbose_name='business model')),
                ('keywords', models.JSONField(blank=True, default=list, verbose_name='keywords')),
                ('logo', models.ImageField(blank=True, upload_to='logos/', validators=[django.core.validators.FileExtensionValidator(['png', 'jpg', 'jpeg', 'webp']), companies.validators.validate_logo], verbose_name='logo')),
                ('contact_name', models.CharField(blank=True, max_length=100, verbose_name='contact person')),
                ('contact_email', models.EmailField(blank=True, max_length=254, verbose_name='contact email')),
                ('contact_phone', models.CharField(blank=True, max_length=40, verbose_name='contact telephone')),
                ('is_published', models.BooleanField(default=True, verbose_name='published')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='verified at')),
                ('verified_facts', models.JSONField(blank=True, default=list, editable=False, verbose_name='what was verified')),
                ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='confirmed by its team')),
                ('nudged_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('search_text', models.TextField(blank=True, editable=False)),
                ('sort_zh', accounts.naming.SortKey('short_zh', 'name_zh', 'short_en', 'name_en', default='', editable=False, max_length=200)),
                ('sort_en', accounts.naming.SortKey('short_en', 'name_en', 'short_zh', 'name_zh', default='', editable=False, max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='recorded at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed at')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='incubated', to='companies.company', verbose_name='incubated by')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.region', verbose_name='place')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'company',
                'verbose_name_plural': 'companies',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['is_published', '-created_at'], name='company_list'), models.Index(fields=['sort_zh'], name='company_by_chinese_name'), models.Index(fields=['sort_en'], name='company_by_english_name'), models.Index(fields=['region', 'is_published'], name='company_by_region'), models.Index(fields=['-updated_at'], name='company_changed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('source_ref', ''), _negated=True), fields=('source', 'source_ref'), name='company_once_per_source'), models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_zh', ''), ('short_en', ''), ('short_zh', ''), _negated=True), name='company_has_a_name', violation_error_message='Give the company a name in Chinese or in English.'), models.UniqueConstraint(condition=models.Q(('credit_code', ''), _negated=True), fields=('credit_code',), name='company_once_per_credit_code', violation_error_message='A company with this unified social credit code is registered already.'), models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='company_not_own_parent', violation_error_message='A company cannot be incubated by itself.')],
            },
            bases=(accounts.parties.Party, models.Model),
        ),
        migrations.CreateModel(
            name='CompanyNames',
            fields=[
                ('text', models.TextField(editable=False)),
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='names', serialize=False, to='companies.company')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CompanyCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_primary', models.BooleanField(default=False, verbose_name='primary')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='company_links', to='taxonomy.category', verbose_name='category')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='category_links', to='companies.company')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'ordering': ['-is_primary', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('company', 'category'), name='company_category_once'), models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('company',), name='company_one_primary_category')],
            },
        ),
        migrations.AddField(
            model_name='company',
            name='categories',
            field=models.ManyToManyField(related_name='companies', through='companies.CompanyCategory', to='taxonomy.category'),
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
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='companies.company')),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='invited by')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None)), fields=('company', 'email'), name='company_invitation_once')],
            },
            bases=(accounts.models.OfParty, models.Model),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('editor', 'Editor'), ('viewer', 'Viewer')], default='owner', max_length=6, verbose_name='role')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='companies.company')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='company_roles', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'constraints': [models.UniqueConstraint(fields=('company', 'user'), name='company_member_once')],
            },
            bases=(accounts.models.OfParty, models.Model),
        ),
        migrations.CreateModel(
            name='Raise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_ref', models.CharField(blank=True, max_length=64, verbose_name='name in the source')),
                ('amount_low', models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='amount, from')),
                ('amount_high', models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='amount, to')),
                ('amount_text', models.CharField(blank=True, max_length=100, verbose_name='amount as the source wrote it')),
                ('amount_audience', models.CharField(choices=[('members', 'Everyone logged in'), ('investors', 'Investors'), ('introduced', 'Investors after an introduction')], default='investors', max_length=10, verbose_name='amount is shown to')),
                ('opened_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='opened')),
                ('closes_on', models.DateField(blank=True, null=True, verbose_name='closes')),
                ('ended_on', models.DateField(blank=True, editable=False, null=True, verbose_name='ended')),
                ('use_of_funds', models.TextField(blank=True, max_length=2000, verbose_name='use of funds')),
                ('status', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn')], default='open', max_length=9, verbose_name='status')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='recorded at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed at')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='raises', to='companies.company', verbose_name='company')),
                ('currency', models.ForeignKey(default='CNY', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.currency', verbose_name='currency')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.round', verbose_name='round')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'raise',
                'verbose_name_plural': 'raises',
                'ordering': ['-opened_on', '-pk'],
                'indexes': [models.Index(fields=['status', '-opened_on'], name='raise_open'), models.Index(fields=['-updated_at'], name='raise_changed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('source_ref', ''), _negated=True), fields=('source', 'source_ref'), name='raise_once_per_source'), models.CheckConstraint(condition=models.Q(models.Q(('amount_low__isnull', True), ('amount_low__gte', 0), _connector='OR'), models.Q(('amount_high__isnull', True), ('amount_high__gte', 0), _connector='OR'), models.Q(('amount_low__isnull', True), ('amount_high__isnull', True), ('amount_low__lte', models.F('amount_high')), _connector='OR')), name='raise_amount_low_range', violation_error_message='The range must begin at zero or above and end where it begins or later.'), models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('company',), name='company_one_open_raise', violation_error_message='This company has an open raise already: edit or close that one.'), models.CheckConstraint(condition=models.Q(('closes_on__isnull', True), ('closes_on__gte', models.F('opened_on')), _connector='OR'), name='raise_closes_after_opening', violation_error_message='The closing date lies before the opening date.'), models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('ended_on__isnull', False)), _connector='OR'), name='raise_ended_when_not_open')],
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
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verifications', to='companies.company')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
            ],
            options={
                'verbose_name': 'verification',
                'verbose_name_plural': 'verifications',
                'ordering': ['asked_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('company',), name='company_verification_once')],
            },
            bases=(accounts.models.OfParty, models.Model),
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
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='companies.company')),
            ],
            options={
                'verbose_name': 'claim',
                'verbose_name_plural': 'claims',
                'ordering': ['created_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('company', 'user'), name='company_claim_once')],
            },
            bases=(accounts.models.OfParty, models.Model),
        ),
        migrations.CreateModel(
            name='CompanyAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('folded', models.CharField(editable=False, max_length=200)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='companies.company')),
            ],
            options={
                'verbose_name': 'further name',
                'verbose_name_plural': 'further names',
                'indexes': [models.Index(fields=['folded'], name='company_by_spelling')],
                'constraints': [models.UniqueConstraint(fields=('company', 'name'), name='company_alias_once')],
            },
        ),
    ]
