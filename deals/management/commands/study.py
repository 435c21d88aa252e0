import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from deals.statistics.claims import CLAIMS, STUDY
from deals.statistics.claims.words import cell
from deals.statistics.describing import described
from deals.statistics.files import as_data
from deals.statistics.kept import recorded
from deals.statistics.scope import Scope
from deals.statistics.shared import together
from investors.models import Investor
from taxonomy.models import Category, Currency, Region, Round, Scheme, Source

# Rows of a figure that are printed; --json holds all.
SHOWN = 12
HOLDS = {True: gettext_lazy("holds"), False: gettext_lazy("differs"), None: gettext_lazy("not compared")}


class Command(BaseCommand):
    help = (
        "Answer every question of the study from the records: its code, the answer, the rows, the definition, the "
        "study's own value and whether the two agree."
    )

    def add_arguments(self, parser):
        several = {"action": "append", "default": [], "metavar": "CODE"}
        parser.add_argument("--scheme", default="", metavar="CODE", help="the sector: a category scheme")
        parser.add_argument("--category", **several, help="a category of the scheme, and all below it")
        parser.add_argument("--region", **several, help="a province, a cluster, a country")
        parser.add_argument("--round", **several)
        parser.add_argument("--investor-type", **several | {"metavar": None}, choices=Investor.Type.values)
        parser.add_argument("--currency", default="CNY", metavar="CODE")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, default=STUDY.first, metavar="DAY")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, default=STUDY.last, metavar="DAY")
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DAY", help="as known on that day")
        parser.add_argument("--verified", action="store_true", help="verified deals only")
        parser.add_argument("--language", default="en", choices=["en", "zh-hans"])
        parser.add_argument("--json", action="store_true", help="print the figures as JSON, with all rows")

    @together()
    def handle(self, **options):
        with override(options["language"]):
            scope = self._scope(options)
            self.recorded = recorded(scope)
            compared = scope == STUDY and Source.objects.filter(simulated=True).exists()
            answers = [(claim, claim.answer(scope)) for claim in CLAIMS.values()]
            if options["json"]:
                self._print_json(scope, answers, compared)
            else:
                self._print_text(scope, answers, compared)

    def _scope(self, options) -> Scope:
        known = {"scheme": Scheme, "region": Region, "round": Round, "currency": Currency}
        for name, model in known.items():
            codes = [*model.objects.order_by("pk").values_list("code", flat=True)]
            given = options[name] if isinstance(options[name], list) else [options[name]]
            for code in filter(None, given):
                if code not in codes:
                    raise CommandError(
                        _("--%(name)s: “%(code)s” is not known. Known are: %(codes)s")
                        % {"name": name, "code": code, "codes": ", ".join(codes[:40])}
                    )
        categories = self._categories(options)
        try:
            return Scope(
                options["first"],
                options["last"],
                categories[0].scheme.code if categories else options["scheme"],
                tuple(category.code for category in categories),
                tuple(options["region"]),
                tuple(options["round"]),
                tuple(options["investor_type"]),
                currency=options["currency"],
                verified_only=options["verified"],
                as_of=options["as_of"],
            )
        except ValueError as error:
            raise CommandError(_("--to lies before --from: the period ends before it begins.")) from error

    def _categories(self, options) -> list[Category]:
        """The categories that are named, all of one scheme: the one asked for, or else the one of the first of them."""
        scheme, categories = options["scheme"], []
        for code in options["category"]:
            found = Category.objects.filter(code=code, **({"scheme__code": scheme} if scheme else {}))
            # Of categories of the same name that of the scheme offered first.
            category = found.select_related("scheme").order_by("-scheme__is_default", "scheme", "pk").first()
            if category is None:
                raise CommandError(_("--category: “%(code)s” is not known in this scheme.") % {"code": code})
            categories.append(category)
            scheme = category.scheme.code
        return categories

    def _print_json(self, scope, answers, compared) -> None:
        figures = [
            as_data(claim, figure) | {"paper": str(claim.paper), "holds": claim.holds(figure) if compared else None}
            for claim, figure in answers
        ]
        whole = {"filters": dict(described(scope, self.recorded)), "compared": compared, "figures": figures}
        self.stdout.write(json.dumps(whole, ensure_ascii=False, indent=1))

    def _print_text(self, scope, answers, compared) -> None:
        for label, value in described(scope, self.recorded):
            self.stdout.write(f"{label}: {value}")
        for claim, figure in answers:
            self.stdout.write("")
            self.stdout.write(f"{claim.code}  {claim.question}")
            self.stdout.write(f"    {claim.value(figure)}")
            for row in figure.rows[:SHOWN] if len(figure.rows) > 1 else ():
                self.stdout.write("    · " + " | ".join(cell(column, column.get(row)) for column in claim.columns))
            if len(figure.rows) > SHOWN:
                self.stdout.write("    · " + _("and %(number)d more rows") % {"number": len(figure.rows) - SHOWN})
            self.stdout.write("    " + _("Definition: %(text)s") % {"text": claim.definition})
            if compared:
                verdict = HOLDS[claim.holds(figure)]
                self.stdout.write(
                    "    " + _("The study: %(value)s — %(verdict)s") % {"value": claim.paper, "verdict": verdict}
                )
                if claim.rule:
                    self.stdout.write(f"    {claim.rule}")
        if compared:
            held = sum(claim.holds(figure) is True for claim, figure in answers)
            self.stdout.write("")
            self.stdout.write(
                _("%(number)d of %(all)d figures agree with the study.") % {"number": held, "all": len(answers)}
            )
        else:
            self.stdout.write("")
            self.stdout.write(
                _("Compared with the study only on the demonstration market, for the study's sector, period and date.")
            )
