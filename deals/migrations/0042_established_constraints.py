from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0041_whose_word")]

    operations = [
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status__in', ['reported', 'verified']), _negated=True), ('established_at__isnull', False), _connector='OR'), models.Q(models.Q(('status', 'asserted'), _negated=True), models.Q(('established_at__isnull', True), ('left_at__isnull', True)), _connector='OR')), name='deal_established'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status__in', ['reported', 'verified']), _negated=True), ('established_at__isnull', False), _connector='OR'), models.Q(models.Q(('status', 'asserted'), _negated=True), models.Q(('established_at__isnull', True), ('left_at__isnull', True)), _connector='OR')), name='listing_established'),
        ),
    ]
