from django.db import migrations
from django.db.models import Exists, F, OuterRef


def confirm(apps, schema_editor):
    """Who recorded a listing for the company has said so."""
    Listing, Membership = apps.get_model("deals", "Listing"), apps.get_model("companies", "Membership")
    editors = Membership.objects.filter(
        company=OuterRef("company"), user=OuterRef("recorded_by"), role__in=["owner", "editor"]
    )
    own = Listing.objects.filter(Exists(editors), source=None)
    own.update(company_confirmed_at=F("recorded_at"))


class Migration(migrations.Migration):
    dependencies = [("deals", "0010_listing_confirmation")]

    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]
