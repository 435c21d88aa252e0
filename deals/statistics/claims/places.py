"""V7 to V11: where venture events take place."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.statistics.claims import columns, words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.economy import EconomyRow, activity_and_product, correlation_of
from deals.statistics.regions import (
    ClusterRow,
    by_cluster,
    by_macro_region,
    by_province,
    by_western_province,
    companies_of,
    companies_of_group,
)
from deals.statistics.rows import Figure, PopulationRow, ShareRow
from deals.statistics.scope import Scope
from taxonomy import display

EAST, SICHUAN, CHONGQING = "CN-EAST", "CN-SC", "CN-CQ"
LEADERS = {"CN-BJ", "CN-GD", "CN-SH", "CN-JS"}


def _events(scope: Scope, row):
    return scope.deals().filter(company__in=companies_of(row.key).values("pk"))


def _companies(scope: Scope, row):
    return scope.companies().filter(pk__in=companies_of(row.key).values("pk"))


def _of_row(row: ClusterRow):
    return companies_of_group(row.key) if row.role == ClusterRow.TOGETHER else companies_of(row.key)


def _cluster_events(scope: Scope, row: ClusterRow):
    return scope.deals().filter(company__in=_of_row(row).values("pk"))


def _province_columns(events=_events, companies=_companies) -> tuple[Column, ...]:
    return columns.of_part(gettext_lazy("Province"), events, companies)


def _in_group(companies, row: PopulationRow):
    return companies.filter(pk__in=companies_of_group(row.key).values("pk"))


def _either(scope: Scope, row: PopulationRow):
    listed, funded = scope.listed_companies().values("pk"), scope.companies().values("pk")
    inside = companies_of_group(row.key)
    return inside.filter(pk__in=listed) | inside.filter(pk__in=funded)


def _east(figure: Figure[PopulationRow]) -> PopulationRow | None:
    return next((row for row in figure.rows if row.key == EAST), None)


def _east_shares(figure: Figure[PopulationRow]) -> str:
    row = _east(figure)
    if row is None:
        return display.DASH
    return _("%(region)s: listed %(listed)s, funded %(funded)s, either %(either)s") % {
        "region": row.name,
        "listed": words.share(row.listed_share),
        "funded": words.share(row.funded_share),
        "either": words.share(row.either_share),
    }


def _mostly_east(figure: Figure[PopulationRow]) -> bool:
    row = _east(figure)
    return row is not None and all(
        (share or 0) > 0.7 for share in (row.listed_share, row.funded_share, row.either_share)
    )


def _role(figure: Figure[ClusterRow], role: str) -> list[ClusterRow]:
    return [row for row in figure.rows if row.role == role]


def _cluster(figure: Figure[ClusterRow]) -> str:
    rows = [*_role(figure, ClusterRow.TOGETHER), *_role(figure, ClusterRow.BESIDE)]
    return words.leaders(rows, lambda row: row.events, len(rows))


def _below_and_even(figure: Figure[ClusterRow]) -> bool:
    """Each province of the cluster below each beside it, and none with more than twice as much as another."""
    members, beside = _role(figure, ClusterRow.MEMBER), _role(figure, ClusterRow.BESIDE)

    def holds(by: str) -> bool:
        counts = [getattr(row, by) for row in members]
        return max(counts) < min(getattr(row, by) for row in beside) and max(counts) <= 2 * min(counts)

    return holds("events") and holds("companies")


def _weak_west(figure: Figure[ShareRow]) -> bool:
    """All others of the West together below Sichuan and below Chongqing."""
    events = {row.key: row.events for row in figure.rows}
    exceptions = [events.pop(SICHUAN, 0), events.pop(CHONGQING, 0)]
    return min(exceptions) > sum(events.values())


def _correlation(figure: Figure[EconomyRow]) -> str:
    found = correlation_of(figure.rows)
    if found.pearson is None or found.spearman is None:
        return _("Too little varies to compare")
    return _("Pearson %(pearson)s, Spearman %(spearman)s over %(number)s provinces") % {
        "pearson": f"{found.pearson:.2f}",
        "spearman": f"{found.spearman:.2f}",
        "number": found.n,
    }


def _goes_with_product(figure: Figure[EconomyRow]) -> bool | None:
    found = correlation_of(figure.rows)
    if found.pearson is None or found.spearman is None:
        return None
    return found.pearson > 0 and found.spearman > 0


CLAIMS = (
    Claim(
        code="V7",
        question=gettext_lazy("Venture events by province"),
        definition=gettext_lazy(
            "Venture events of each Chinese province, and the companies in them, by the seat of the company. Those "
            "elsewhere or without a place are left out of the whole."
        ),
        answer=by_province,
        columns=_province_columns(),
        value=lambda figure: words.leaders(figure.rows, lambda row: row.events),
        paper=gettext_lazy("Beijing, Guangdong, Shanghai and Jiangsu lead"),
        holds=lambda figure: {row.key for row in figure.rows[:4] if row.events} == LEADERS,
    ),
    Claim(
        code="V8",
        question=gettext_lazy("The East’s share of listed and of funded companies"),
        definition=gettext_lazy(
            "Companies of each statistical region among those listed by the end of the period, among those with a "
            "venture event in it, and among those that are either. Companies outside the four regions are left out of "
            "the whole."
        ),
        answer=by_macro_region,
        columns=(
            columns.name(gettext_lazy("Region")),
            Column(
                "listed",
                gettext_lazy("Listed companies"),
                lambda row: row.listed,
                behind=lambda scope, row: _in_group(scope.listed_companies(), row),
            ),
            Column(
                "listed_share",
                gettext_lazy("Share of the listed"),
                lambda row: row.listed_share,
                Unit.SHARE,
                rests_on="listed",
            ),
            Column(
                "funded",
                gettext_lazy("Funded companies"),
                lambda row: row.funded,
                behind=lambda scope, row: _in_group(scope.companies(), row),
            ),
            Column(
                "funded_share",
                gettext_lazy("Share of the funded"),
                lambda row: row.funded_share,
                Unit.SHARE,
                rests_on="funded",
            ),
            Column("either", gettext_lazy("Listed or funded"), lambda row: row.either, behind=_either),
            Column(
                "either_share",
                gettext_lazy("Share of either"),
                lambda row: row.either_share,
                Unit.SHARE,
                rests_on="either",
            ),
        ),
        value=_east_shares,
        paper=gettext_lazy("Over 70%"),
        holds=_mostly_east,
    ),
    Claim(
        code="V9",
        question=gettext_lazy("The Yangtze River Delta beside Beijing and Guangdong"),
        definition=gettext_lazy(
            "Venture events and companies of each province of the Yangtze River Delta (Shanghai, Jiangsu, Zhejiang, "
            "Anhui), of all four together, and of Beijing and Guangdong."
        ),
        answer=by_cluster,
        columns=_province_columns(
            _cluster_events, lambda scope, row: scope.companies().filter(pk__in=_of_row(row).values("pk"))
        ),
        value=_cluster,
        paper=gettext_lazy("Each province below Beijing and Guangdong, even among themselves"),
        holds=_below_and_even,
        rule=gettext_lazy("The provinces are even among themselves if none has more than twice as many as another."),
    ),
    Claim(
        code="V10",
        question=gettext_lazy("Venture events in the western provinces"),
        definition=gettext_lazy(
            "Venture events and companies of each of the twelve western provinces, as a share of those of all provinces."
        ),
        answer=by_western_province,
        columns=_province_columns(),
        value=lambda figure: words.leaders(figure.rows, lambda row: row.events, 3),
        paper=gettext_lazy("Weak but for Sichuan and Chongqing"),
        holds=_weak_west,
    ),
    Claim(
        code="V11",
        question=gettext_lazy("Venture activity beside the economic level of the province"),
        definition=gettext_lazy(
            "Venture events of each province beside its gross regional product of the last whole year on file, and the "
            "correlation of both over the provinces: Pearson’s of the values, Spearman’s of the ranks. Hong Kong, Macao "
            "and Taiwan, which the source does not hold, are left out."
        ),
        answer=activity_and_product,
        columns=(
            columns.name(gettext_lazy("Province")),
            columns.events(_events),
            columns.companies(_companies),
            columns.money(lambda row: row.product, gettext_lazy("Gross regional product"), "product", ""),
            Column("year", gettext_lazy("Year"), lambda row: row.year, Unit.YEAR),
            Column("source", gettext_lazy("Source"), lambda row: row.source and row.source.name, Unit.TEXT),
        ),
        value=_correlation,
        paper=gettext_lazy("Positive correlation"),
        holds=_goes_with_product,
    ),
)
