from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def verify(apps, schema_editor):
    """A listing stands as its offering does; what was typed into the administration was an administrator's word."""
    Deal, Listing = apps.get_model("deals", "Deal"), apps.get_model("deals", "Listing")
    offering = Deal.objects.filter(pk=OuterRef("offering"))
    Listing.objects.filter(offering__status="verified").update(
        status="verified",
        verified_at=Subquery(offering.values("verified_at")),
        verified_by=Subquery(offering.values("verified_by")),
    )
    Listing.objects.filter(status="reported", source=None).update(status="verified", verified_at=F("recorded_at"))


class Migration(migrations.Migration):
    dependencies = [("deals", "0008_listing_standing")]

    operations = [migrations.RunPython(verify, migrations.RunPython.noop)]
