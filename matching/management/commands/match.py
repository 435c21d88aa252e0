import sys
import time
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from matching import quality, runs, tasks
from matching.models import ModelRun


class Command(BaseCommand):
    help = "Train on what was known on a date and rank the market: through Celery, or in this process."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=date.fromisoformat, help="YYYY-MM-DD; today if left out")
        parser.add_argument("--inline", action="store_true", help="run all shards in this process, without a worker")

    def handle(self, *, as_of, inline, **options):
        try:
            run = runs.request(as_of)
        except runs.RunUnderWay as other:
            run = self._take_over(other.run, as_of, inline)
        self.stderr.write(_("Run %(run)s, as of %(day)s") % {"run": run.pk, "day": run.as_of})
        self.shown = ""
        if inline:
            run = runs.finish_inline(run.pk, self._show)
        else:
            tasks.enqueue(tasks.train, run.pk)
            run = self._wait(run)
        self.stderr.write("")
        if run.status == ModelRun.Status.HELD:
            self.stdout.write(
                _("Run %(run)s is held back; readers keep the run before it. %(why)s")
                % {"run": run.pk, "why": quality.why(run)}
            )
            self.stdout.write(
                _("Publish it all the same, or discard it: %(address)s")
                % {"address": settings.SITE_URL + run.get_absolute_url()}
            )
            return
        if run.status != ModelRun.Status.PUBLISHED:
            raise CommandError(_("Run %(run)s failed: %(error)s") % {"run": run.pk, "error": run.error})
        self.stdout.write(
            _("Run %(run)s is published: %(lists)s lists in %(seconds).0f s")
            % {
                "run": run.pk,
                "lists": run.lists.count(),
                "seconds": (run.finished_at - run.created_at).total_seconds(),
            }
        )
        self.stdout.write(quality.why(run))
        if said := quality.fallback(run):
            self.stdout.write(said)

    def _take_over(self, run: ModelRun, as_of, inline: bool) -> ModelRun:
        """A run that a killed process left behind makes way; one that lives does not."""
        if not runs.abandon(run):
            raise CommandError(
                _("Run %(run)s is under way. Wait until it ends, or for its lease to run out.") % {"run": run.pk}
            )
        return runs.request(as_of)

    def _show(self, stage: str, done: int, total: int) -> None:
        line = f"{stage} {done}/{total}" if total else stage
        if line != self.shown:
            self.shown = line
            if sys.stderr.isatty():
                self.stderr.write(f"\r{line:<60}", ending="")
            else:
                self.stderr.write(line)

    def _wait(self, run: ModelRun) -> ModelRun:
        asked, warned = time.monotonic(), False
        while run.is_unfinished:
            self._show(*runs.progress(run))
            if run.attempt == 0 and not warned and time.monotonic() - asked > 15:
                warned = True
                self.stderr.write(
                    _("No worker has taken the run yet. Start one: celery -A config worker --beat, or use --inline.")
                )
            # Progress lives in the run's row, which has no event to wait for.
            time.sleep(0.5)
            run.refresh_from_db()
        return run
