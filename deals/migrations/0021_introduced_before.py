from django.db import migrations


def put_into_the_pipeline(apps, schema_editor):
    """Whoever was introduced before there was a pipeline stands in it, as invested where a deal came of it."""
    Introduction, Card = apps.get_model("deals", "Introduction"), apps.get_model("deals", "PipelineCard")
    Participation = apps.get_model("deals", "Participation")
    standing = Participation.objects.filter(deal__status__in=["reported", "verified"])
    known = set(standing.values_list("deal__company", "investor"))
    cards = {}
    for met in Introduction.objects.filter(status="accepted").order_by("pk").iterator():
        pair = met.company_id, met.investor_id
        ours = met.asked_by_id if met.asked_side == "investor" else met.answered_by_id
        cards[pair] = Card(
            company_id=met.company_id,
            investor_id=met.investor_id,
            stage="invested" if pair in known else "introduced",
            added_by_id=ours,
            added_at=met.answered_at,
            moved_at=met.answered_at,
        )
    Card.objects.bulk_create(cards.values(), batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("deals", "0020_pipeline")]

    operations = [migrations.RunPython(put_into_the_pipeline, migrations.RunPython.noop)]
