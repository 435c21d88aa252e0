from django.db import migrations, models
from django.db.models.functions import Greatest


def establish(apps, schema_editor):
    """Whose word stands behind what is recorded so far: known from when on it counts; the rest is what one side says."""
    Membership = apps.get_model("investors", "Membership")
    for name in ("Deal", "Listing"):
        Model = apps.get_model("deals", name)
        staff = models.Q(recorded_by__is_staff=True) | models.Q(recorded_by__role="analyst")
        silent = models.Q(recorded_by=None, company_confirmed_at=None)
        if name == "Deal":
            silent &= models.Q(investor_confirmed_at=None)
        at_once = models.Q(source__isnull=False) | staff | silent | ~models.Q(status="reported")
        known = Model.objects.filter(at_once).values("pk")
        Model.objects.filter(pk__in=known).update(established_at=models.F("recorded_at"))
        by_parties = Model.objects.exclude(pk__in=known)
        if name == "Deal":
            # Before this release both words could be those of one person; what counted then goes on counting.
            both = by_parties.filter(company_confirmed_at__isnull=False, investor_confirmed_at__isnull=False)
            confirmed = list(both.values_list("pk", flat=True))
            both.update(established_at=Greatest("company_confirmed_at", "investor_confirmed_at"))
            by_parties = by_parties.exclude(pk__in=confirmed)
            for deal in by_parties.filter(investor_confirmed_at__isnull=False):
                named = deal.participations.order_by("pk").values_list("investor", flat=True)
                own = Membership.objects.filter(user=deal.recorded_by_id, investor__in=list(named))
                spoke = own.filter(role__in=["owner", "editor"]).order_by("pk").first()
                if spoke or len(named) == 1:
                    Model.objects.filter(pk=deal.pk).update(
                        confirming_investor=spoke.investor_id if spoke else named[0]
                    )
        by_parties.update(established_at=None, status="asserted")
        # Verified by an administrator later than it was recorded by a party: since then.
        late = Model.objects.filter(status="verified", source=None).exclude(pk__in=Model.objects.filter(staff | silent))
        late.update(established_at=models.F("verified_at"))


def restore(apps, schema_editor):
    for name in ("Deal", "Listing"):
        apps.get_model("deals", name).objects.filter(status="asserted").update(status="reported")


class Migration(migrations.Migration):
    # Alone: PostgreSQL changes no table on which the same transaction has written keys.
    dependencies = [("deals", "0040_established"), ("companies", "0003_claim"), ("investors", "0003_claim")]

    operations = [migrations.RunPython(establish, restore)]
