import sys
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import MaxLengthValidator, validate_slug
from django.db import DatabaseError
from django.utils.translation import gettext as _

from deals.imports.actions import import_market, source_code
from deals.imports.problems import Problems, Refused
from taxonomy.facts import Source


class ProgressLine:
    """One line that is written over on a terminal, and a line for each new step elsewhere."""

    def __init__(self, stream):
        self.stream, self.step = stream, None
        self.terminal = stream.isatty()

    def __call__(self, step: str, count: int) -> None:
        text = f"{step}: {count:,}" if count else f"{step} …"
        if self.terminal:
            self.stream.write(f"\r\x1b[K{text}")
        elif step != self.step:
            self.stream.write(f"{step} …\n")
        self.step = step
        self.stream.flush()

    def end(self) -> None:
        if self.terminal and self.step:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


class Command(BaseCommand):
    help = (
        "Take in a folder of market CSV files (companies, investors, deals, participations and, optionally, raises): "
        "all of it or nothing. Running it again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--check", action="store_true", help="only report what would be done")
        parser.add_argument(
            "--source", default="", metavar="CODE", help="the source's code (default: the folder's name)"
        )
        parser.add_argument(
            "--attribution", default="", metavar="TEXT", help="shown wherever a record of this source is shown"
        )

    def handle(self, folder, check, source, attribution, **options):
        source = source or source_code(folder)
        try:
            validate_slug(source)
            MaxLengthValidator(64)(source)
        except ValidationError:
            raise CommandError(
                _("“%(code)s” cannot be a source's code. Give one of letters, digits, - and _ with --source.")
                % {"code": source}
            ) from None
        if len(attribution) > (limit := Source._meta.get_field("attribution").max_length):
            raise CommandError(_("The attribution has more than %(limit)s characters.") % {"limit": limit})
        progress = ProgressLine(sys.stderr if self.stderr is None else self.stderr._out)
        try:
            report = import_market(folder, source, attribution=attribution, check=check, progress=progress)
        except Refused as refusal:
            progress.end()
            raise CommandError(self.refusal(refusal.problems)) from None
        except DatabaseError as error:
            progress.end()
            raise CommandError(
                _("The database refused the market; nothing was written. It says: %(error)s") % {"error": error}
            ) from error
        progress.end()
        self.stdout.write("\n".join(report.lines()))
        if report.changes and not check:
            self.stdout.write(_("Recommendations know of it after the next run: manage.py match"))

    def refusal(self, problems: Problems) -> str:
        lines = [str(problem) for problem in problems.first]
        if problems.count > len(lines):
            lines.append(_("… and %(count)s more.") % {"count": f"{problems.count - len(lines):,}"})
        lines.append(_("Nothing was written: %(count)s problems.") % {"count": f"{problems.count:,}"})
        return "\n".join(lines)
