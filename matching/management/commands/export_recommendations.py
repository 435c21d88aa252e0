import csv
import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from matching import reading
from matching.models import Publication


class Command(BaseCommand):
    help = "Write the published recommendations of both sides as CSV, under the ids of the source."

    def add_arguments(self, parser):
        parser.add_argument("--out", type=Path, required=True, help="folder for the two files")
        parser.add_argument("--top", type=int, default=100, help="recommendations for each subject")

    def handle(self, *, out: Path, top: int, **options):
        if top < 1:
            raise CommandError(_("--top must be at least 1."))
        publication = Publication.objects.select_related("run").first()
        if publication is None:
            raise CommandError(_("No run has been published yet: run “manage.py match” first."))
        out.mkdir(parents=True, exist_ok=True)
        files = [
            (
                "startup_to_investor.csv",
                ["company_id", "investor_id"],
                reading.pairs_for_companies(publication.run, top),
            ),
            (
                "investor_to_startup.csv",
                ["investor_id", "company_id"],
                reading.pairs_for_investors(publication.run, top),
            ),
        ]
        for name, columns, rows in files:
            count = 0
            partial = out / f".{name}.part"
            with partial.open("w", encoding="utf-8", newline="") as handle:
                writer = csv.writer(handle)
                writer.writerow([*columns, "rank", "score"])
                for subject, target, rank, score in rows:
                    writer.writerow([subject, target, rank, f"{score:.6f}"])
                    count += 1
            os.replace(partial, out / name)
            self.stdout.write(_("%(file)s: %(count)s rows") % {"file": out / name, "count": count})
