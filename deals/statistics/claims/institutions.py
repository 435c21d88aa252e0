"""I1 to I3: investors."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.statistics import focus, investors
from deals.statistics.claims import words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.focus import InvestorFocus, TypeFocus
from deals.statistics.investors import Activity, EntrantsRow, TypeRow
from deals.statistics.rows import Figure
from investors.models import Investor
from taxonomy import display

# Those whom the study names, by the name under which the register has them: their type, and where it says so their field.
LARGE = ("红杉资本中国", "腾讯投资", "IDG资本")
MIDDLE = ("金沙江创投", "达晨", "源码资本")
GOVERNMENT = ("中国工业互联网产业基金", "中国国有资本风险投资基金")
NAMED = {"large_venture": LARGE, "venture": MIDDLE, "government": GOVERNMENT}
# Smart manufacturing, in the study's categories: the machines and what runs them.
MANUFACTURING = ("devices", "automation")


def type_name(code: str) -> str:
    return str(Investor.Type(code).label)


def _activity(figure: Figure[Activity]) -> str:
    row = figure.row
    return _("%(active)s institutions active, %(new)s of them new") % {
        "active": display.count(row.active),
        "new": display.count(row.new),
    }


def _entrants(figure: Figure[EntrantsRow]) -> str:
    """The last two years, and the one with most where it is neither."""
    if not figure.rows:
        return display.DASH
    said = [
        _("%(year)s: %(number)s new") % {"year": row.year, "number": display.count(row.entrants)}
        for row in figure.rows[-2:]
    ]
    most = max(figure.rows, key=lambda row: row.entrants)
    if most not in figure.rows[-2:]:
        said.append(_("most in %(year)s: %(number)s") % {"year": most.year, "number": display.count(most.entrants)})
    return " · ".join(said)


def _surge(figure: Figure[EntrantsRow]) -> bool | None:
    """Whether 2018 and 2019 had at least twice as many entrants as any year before them."""
    entrants = {row.year: row.entrants for row in figure.rows}
    before = [number for year, number in entrants.items() if year < 2018]
    if not before or not sum(entrants.values()) or not {2018, 2019} <= set(entrants):
        return None
    return min(entrants[2018], entrants[2019]) >= 2 * max(before)


def _types(figure: Figure[TypeRow]) -> str:
    parts = [f"{type_name(row.key)} {display.count(row.active)}" for row in figure.rows]
    return " · ".join(parts) or display.DASH


def _named_are_there(figure: Figure[TypeRow]) -> bool | None:
    """Whether all four types are active and hold the institutions that the study names."""
    if not figure.rows:
        return None
    there = {row.key: {name.name_zh for name in row.leaders} for row in figure.rows}
    return "corporate" in there and all(set(names) <= there.get(kind, set()) for kind, names in NAMED.items())


def _breadth(figure: Figure[TypeFocus]) -> str:
    parts = [
        _("%(type)s: %(number).1f categories") % {"type": type_name(row.key), "number": row.categories}
        for row in figure.rows
    ]
    return " · ".join(parts) or display.DASH


def _large_are_broader(figure: Figure[TypeFocus]) -> bool | None:
    """Whether the large are broader than the small or mid and the corporate, and these keep to what they declare."""
    rows = {row.key: row for row in figure.rows}
    if not {"large_venture", "venture", "corporate"} <= set(rows):
        return None
    large, corporate = rows["large_venture"], rows["corporate"]
    narrower = max(rows["venture"].categories, corporate.categories)
    return large.categories > narrower and (corporate.share_within or 0) >= 0.9


def _broadest(figure: Figure[InvestorFocus]) -> str:
    wide = max((row.categories for row in figure.rows), default=0)
    if not wide:
        return display.DASH
    number = sum(row.categories == wide for row in figure.rows)
    return _("%(number)s institutions in %(categories)s categories, the most") % {
        "number": display.count(number),
        "categories": display.count(wide),
    }


def _focus_as_told(figure: Figure[InvestorFocus]) -> bool | None:
    """Whether those whose field the study tells keep to it; None where one of them is not listed."""
    rows = {row.name_zh: row for row in figure.rows}
    if not {*LARGE, "达晨", "金沙江创投"} <= set(rows):
        return None
    everywhere = all(rows[name].categories == 7 for name in LARGE)
    return everywhere and rows["达晨"].top.key == "software" and rows["金沙江创投"].top.key in MANUFACTURING


def _of_type(which: str = ""):
    return lambda scope, row: focus.institutions(scope, row.key, which)


ACTIVE = Claim(
    code="I1",
    question=gettext_lazy("Institutions active in the sector"),
    definition=gettext_lazy(
        "Institutions that took part in a standing venture round announced in the period. New are those whose first "
        "recorded round within the filters falls into the period, known all with a round up to its end."
    ),
    answer=investors.activity,
    columns=(
        Column(
            "active",
            gettext_lazy("Active institutions"),
            lambda row: row.active,
            behind=lambda scope, row: investors.active(scope),
        ),
        Column(
            "new", gettext_lazy("New among them"), lambda row: row.new, behind=lambda scope, row: investors.entered(scope)
        ),
        Column(
            "known",
            gettext_lazy("Known by then"),
            lambda row: row.known,
            behind=lambda scope, row: investors.known(scope),
        ),
        Column(
            "new_share",
            gettext_lazy("Share of new ones"),
            lambda row: row.new / row.active if row.active else None,
            Unit.SHARE,
        ),
    ),
    value=_activity,
    paper=gettext_lazy("over 100 institutions"),
    holds=lambda figure: figure.row.active > 100,
)  # fmt: skip
ENTRANTS = Claim(
    code="I1b",
    question=gettext_lazy("New institutions per year"),
    definition=gettext_lazy(
        "Institutions by the year of their first recorded venture round within the filters, for the ten years up to the "
        "end of the period as far as the records reach back (see R4): in the first of them an older institution counts "
        "as new too. The last year reaches to that day."
    ),
    answer=investors.entrants,
    columns=(
        Column("year", gettext_lazy("Year"), lambda row: row.year, Unit.YEAR),
        Column(
            "entrants",
            gettext_lazy("New institutions"),
            lambda row: row.entrants,
            behind=lambda scope, row: investors.entered(scope, row.year),
        ),
        Column(
            "known",
            gettext_lazy("Known by then"),
            lambda row: row.known,
            behind=lambda scope, row: investors.known(scope, row.year),
        ),
    ),
    value=_entrants,
    paper=gettext_lazy("a surge in 2018 and 2019"),
    holds=_surge,
    rule=gettext_lazy("It surges if 2018 and 2019 each have at least twice the entrants of any year before."),
)
TYPES = Claim(
    code="I2",
    question=gettext_lazy("Active institutions by type"),
    definition=gettext_lazy(
        "The institutions of I1 by their type, each type with those that took part in most rounds of the period. A "
        "round counts once for each type that took part in it, so that the types add up to more than all rounds."
    ),
    answer=investors.by_type,
    columns=(
        Column("type", gettext_lazy("Type"), lambda row: type_name(row.key), Unit.TEXT),
        Column(
            "active",
            gettext_lazy("Active institutions"),
            lambda row: row.active,
            behind=lambda scope, row: investors.active(scope, row.key),
        ),
        Column("share", gettext_lazy("Share"), lambda row: row.active / row.of_active, Unit.SHARE, rests_on="active"),
        Column(
            "new",
            gettext_lazy("New among them"),
            lambda row: row.new,
            behind=lambda scope, row: investors.entered(scope).filter(type=row.key),
        ),
        Column(
            "events",
            gettext_lazy("Events"),
            lambda row: row.events,
            behind=lambda scope, row: investors.events_of_type(scope, row.key),
        ),
        Column(
            "leaders",
            gettext_lazy("Most events"),
            lambda row: words.listed(name.name for name in row.leaders[:3]),
            Unit.TEXT,
        ),
    ),
    value=_types,
    paper=gettext_lazy(
        "large: Sequoia China, Tencent, IDG Capital; small or mid: GSR, Fortune, Source Code; two government funds; "
        "corporate investors"
    ),
    holds=_named_are_there,
)
BREADTH = Claim(
    code="I3",
    question=gettext_lazy("Breadth of focus by type of institution"),
    definition=gettext_lazy(
        "Revealed: the categories of all rounds of an institution up to the end of the period, each company counted in "
        "its primary category; means over the institutions of the type. Evenness is the entropy of an institution's "
        "rounds over the categories, 0 for one category, 1 for all alike; with few rounds it is low by nature. Declared: "
        "the categories that its active theses name, as they are today. Within: the rounds of the institutions that "
        "declare anything which lie in a category that they declare."
    ),
    answer=focus.focus_by_type,
    columns=(
        Column("type", gettext_lazy("Type"), lambda row: type_name(row.key), Unit.TEXT),
        Column("institutions", gettext_lazy("Institutions"), lambda row: row.denominator, behind=_of_type()),
        Column("categories", gettext_lazy("Categories of their rounds"), lambda row: row.categories, Unit.NUMBER),
        Column("evenness", gettext_lazy("Evenness"), lambda row: row.evenness, Unit.NUMBER),
        Column("wide", gettext_lazy("In all categories"), lambda row: row.numerator, behind=_of_type("wide")),
        Column("declaring", gettext_lazy("With a thesis"), lambda row: row.declaring, behind=_of_type("declaring")),
        Column("declared", gettext_lazy("Categories declared"), lambda row: row.declared, Unit.NUMBER),
        Column("within", gettext_lazy("Rounds within"), lambda row: row.share_within, Unit.SHARE),
    ),
    value=_breadth,
    paper=gettext_lazy("large ones in all categories, small and mid ones in fields of their own, corporate along their chain"),
    holds=_large_are_broader,
)  # fmt: skip
EACH = Claim(
    code="I3b",
    question=gettext_lazy("Breadth of focus of each institution"),
    definition=gettext_lazy(
        "As I3, for each of the institutions with most rounds up to the end of the period, two hundred at most."
    ),
    answer=focus.focus_by_investor,
    columns=(
        Column("name", gettext_lazy("Institution"), lambda row: row.name, Unit.TEXT),
        Column("type", gettext_lazy("Type"), lambda row: type_name(row.type), Unit.TEXT),
        Column(
            "events",
            gettext_lazy("Events"),
            lambda row: row.events,
            behind=lambda scope, row: focus.events_of(scope, row.key),
        ),
        Column("categories", gettext_lazy("Categories of their rounds"), lambda row: row.categories),
        Column("evenness", gettext_lazy("Evenness"), lambda row: row.evenness, Unit.NUMBER),
        Column("top", gettext_lazy("Most in"), lambda row: row.top.name, Unit.TEXT),
        Column(
            "top_events",
            gettext_lazy("Events there"),
            lambda row: row.top_events,
            behind=lambda scope, row: focus.events_of(scope, row.key, row.top.key),
        ),
        Column("declared", gettext_lazy("Categories declared"), lambda row: row.declared),
        Column("within", gettext_lazy("Rounds within"), lambda row: row.share_within, Unit.SHARE),
    ),
    value=_broadest,
    paper=gettext_lazy("Sequoia China, Tencent, IDG Capital: all; Fortune: industrial software; GSR: smart manufacturing"),
    holds=_focus_as_told,
)  # fmt: skip

CLAIMS: tuple[Claim, ...] = (ACTIVE, ENTRANTS, TYPES, BREADTH, EACH)
