from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0001_squashed_0037_verification'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='company',
            name='company_list',
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(fields=['-created_at', '-id', 'is_published'], name='company_newest'),
        ),
    ]
