"""Reasons in words. `matching.explanation` lists the codes and their values; here each has its sentence.

Sentences speak of the institution as "it" to a start-up and as "you" to the institution itself.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from companies.models import Company
from deals.models import Side
from investors.models import Investor
from taxonomy import display
from taxonomy.models import Category, Region, Round
from taxonomy.names import in_letters, is_chinese

FOR, AGAINST, UNKNOWN = "for", "against", "unknown"
SHOWN_WORDS = 5

FACTORS = {
    "category": gettext_lazy("Category"),
    "round": gettext_lazy("Round"),
    "ticket": gettext_lazy("Ticket size"),
    "place": gettext_lazy("Place"),
    "text": gettext_lazy("Description"),
    "portfolio": gettext_lazy("Portfolio"),
    "activity": gettext_lazy("Activity"),
    "thesis": gettext_lazy("Thesis"),
    "answers": gettext_lazy("Earlier answers"),
    "together": gettext_lazy("Together"),
    "attention": gettext_lazy("Attention spread"),
    "base": gettext_lazy("Starting point"),
}
# What each factor compares, for the page that explains the method.
FACTOR_HELP = {
    "category": gettext_lazy("categories and keywords against those of earlier deals"),
    "round": gettext_lazy("the round against the rounds usually joined"),
    "ticket": gettext_lazy("the amount asked against the size of rounds usually joined"),
    "place": gettext_lazy("city, province and country against those of earlier deals"),
    "text": gettext_lazy("words of the profile against those of the portfolio and the thesis"),
    "portfolio": gettext_lazy("co-investors and similar companies in the portfolio"),
    "activity": gettext_lazy("how often and how lately deals were made"),
    "thesis": gettext_lazy("what the institution says it looks for"),
    "answers": gettext_lazy("what either side saved, asked for, accepted, passed or declined before"),
    "together": gettext_lazy(
        "many weak signs that say more at once than one by one, as the model has seen in earlier deals; no single record stands behind it"
    ),
    "attention": gettext_lazy("lower for whoever is shown to very many others, higher for whoever is hardly shown"),
    "base": gettext_lazy("what all pairs share"),
}


def stance(code: str) -> str:
    """Whether a piece of evidence speaks for the pair, against it, or says that something is not known."""
    if code.startswith("unknown_") or code in ("no_thesis", "no_record", "first_raise", "answers_kept"):
        return UNKNOWN
    if code.startswith("no_") or code in ("ticket_outside", "answers_refused", "answers_unlike") or "_other_" in code:
        return AGAINST
    return FOR


@dataclass(frozen=True)
class Sentence:
    """`address` leads to the deals that the sentence counts, where it counts deals; `is_below` says that the market has
    a larger share of such deals."""

    code: str
    stance: str
    text: str
    address: str = ""
    is_below: bool = False


class Names:
    """Names behind the codes and ids of some evidence, in the reader's language."""

    def __init__(self, evidence: list[dict]):
        self.investor_ids = {item["investor"] for item in evidence if "investor" in item}
        self.investor_ids |= {pk for item in evidence for pk in item.get("institutions", [])}
        self.company_ids = {pk for item in evidence for pk in item.get("companies", [])}
        self.language = get_language()

    @cached_property
    def _categories(self) -> dict[str, str]:
        return {f"{row.scheme.code}/{row.code}": row.name for row in Category.objects.select_related("scheme")}

    @cached_property
    def _regions(self) -> dict[str, str]:
        named = {row.code: row.name for row in Region.objects.only("code", "name_zh", "name_en")}
        # A city is kept as it was written; one that is a province too, such as 上海, has a name in both languages.
        for row in Region.objects.provinces():
            for label in (row.name_zh, row.name_en):
                named.setdefault(label.casefold(), row.name)
        return named

    @cached_property
    def _rounds(self) -> dict[str, str]:
        return {row.code: row.name for row in Round.objects.all()}

    @cached_property
    def _investors(self) -> dict[int, str]:
        return {row.pk: row.name for row in Investor.objects.published().filter(pk__in=self.investor_ids)}

    @cached_property
    def _companies(self) -> dict[int, str]:
        return {row.pk: row.name for row in Company.objects.published().filter(pk__in=self.company_ids)}

    def category(self, code: str) -> str:
        return self._categories.get(code, code)

    def categories(self, codes) -> str:
        return comma(self.category(code) for code in codes)

    def place(self, code: str) -> str:
        if (region := self._regions.get(code)) is not None:
            return region
        if code.isascii():
            return code.title()
        return code if is_chinese() else in_letters(code)

    def places(self, codes) -> str:
        return comma(self.place(code) for code in codes)

    def round(self, code: str) -> str:
        return self._rounds.get(code, code)

    def rounds(self, codes) -> str:
        return comma(self.round(code) for code in codes)

    def investor(self, pk: int) -> str:
        return self._investors.get(pk, _("an institution that is not shown"))

    def answered(self, value: dict) -> str:
        """The parties that were answered, as far as they are shown."""
        known, ids = (
            (self._companies, value["companies"]) if "companies" in value else (self._investors, value["institutions"])
        )
        return comma(known[pk] for pk in ids if pk in known) or _("names that are not shown any more")

    def companies(self, ids) -> str:
        return comma(self._companies[pk] for pk in ids if pk in self._companies)


ASPECTS = {
    "category": pgettext_lazy("in common", "category"),
    "keywords": pgettext_lazy("in common", "keywords"),
    "place": pgettext_lazy("in common", "place"),
    "round": pgettext_lazy("in common", "round"),
    "ticket": pgettext_lazy("in common", "amount"),
    "type": pgettext_lazy("in common", "type of institution"),
}


def _answered(value: dict, names: Names) -> dict:
    """Values of a sentence about answers. Its date is that of the latest."""
    aspects = value.get("aspects") or [value["aspect"]]
    return {
        "n": value["n"],
        "names": names.answered(value),
        "aspects": comma(str(ASPECTS[aspect]) for aspect in aspects),
        "last": display.partial_date(date.fromisoformat(value["last"])),
    }


def _told(value: dict, names: Names, of_all: str, of_some: str) -> str:
    """The sentence about answers for those that are all named, or for those of which a part is."""
    named = value.get("companies") or value.get("institutions") or []
    return (of_all if value["n"] <= len(named) else of_some) % _answered(value, names)


def comma(words) -> str:
    return pgettext("between the items of a list", ", ").join(words)


def _about(value: float | None, digits: int = 2) -> float | None:
    """Two digits of a quantile; four of what somebody entered, which may be a converted sum."""
    return None if value is None else float(f"{value:.{digits}g}")


def _whose(side: str) -> dict[str, str]:
    if side == Side.INVESTOR:
        return {"whose": _("your"), "who": _("you"), "they": _("You"), "yours": True}
    return {"whose": _("its"), "who": _("it"), "they": _("It"), "yours": False}


def sentence(item: dict, names: Names, side: str) -> Sentence | None:
    """Word one piece of evidence for a reader on `side`, or None for a code that this version does not know."""
    template = _TEMPLATES.get(item["code"])
    if template is None:
        return None
    text = template({**item, **_whose(side)}, names)
    return Sentence(item["code"], stance(item["code"]), text[:1].upper() + text[1:], _address(item))


def _address(item: dict) -> str:
    """Where all deals are listed that a fact counts; empty where it names fewer."""
    deals = item.get("deals", [])
    if not deals or len(deals) != item["n"]:
        return ""
    return f"{reverse('deals:list')}?numbers={','.join(map(str, deals))}"


def _range(low: float | None, high: float | None, digits: int = 2) -> str:
    return display.money_range(_about(low, digits), _about(high, digits), "CNY")


def _asked(value: dict) -> str:
    return _range(value["amount_low"], value["amount_high"], 4)


def _lies_within(value: dict) -> bool:
    """Whether all that is asked lies in the usual range."""
    ends = [end for end in (value["amount_low"], value["amount_high"]) if end is not None]
    return all(value["low"] <= end <= value["high"] for end in ends)


def _ticket(value: dict) -> dict:
    """The ticket of a thesis, as it was entered."""
    return {**value, "range": _range(value["low"], value["high"], 4), "amount": _asked(value)}


def _words(words: list[str]) -> str:
    """The words of the reader's language first: the other language says the same once more."""
    chinese = is_chinese()
    return comma(sorted(words, key=lambda word: word.isascii() == chinese)[:SHOWN_WORDS])


def _concepts(pairs: list[list[str]]) -> str:
    """Each term in both spellings, that of the reader's language first: machine vision / 机器视觉."""
    chinese = is_chinese()
    return comma(" / ".join(sorted(pair, key=lambda word: word.isascii() == chinese)) for pair in pairs)


_TEMPLATES = {
    "category_deals": lambda v, n: (
        ngettext(
            "%(n)s of %(whose)s %(of)s deals since %(since)s was in %(category)s",
            "%(n)s of %(whose)s %(of)s deals since %(since)s were in %(category)s",
            v["n"],
        )
        % {**v, "category": n.category(v["category"])}
    ),
    "no_category_deals": lambda v, n: (
        _("none of %(whose)s %(of)s deals was in %(category)s") % {**v, "category": n.category(v["category"])}
    ),
    "shared_keywords": lambda v, n: (
        _("keywords shared with %(n)s of %(whose)s deals: %(keywords)s") % {**v, "keywords": comma(v["keywords"])}
    ),
    "unknown_category": lambda v, n: _("the company states no category"),
    "round_deals": lambda v, n: (
        ngettext(
            "%(n)s of %(whose)s %(of)s deals since %(since)s was at %(round)s",
            "%(n)s of %(whose)s %(of)s deals since %(since)s were at %(round)s",
            v["n"],
        )
        % {**v, "round": n.round(v["round"])}
    ),
    "no_round_deals": lambda v, n: (
        _("none of %(whose)s %(of)s deals was at %(round)s") % {**v, "round": n.round(v["round"])}
    ),
    "unknown_round": lambda v, n: _("the raise states no round"),
    "ticket_range": lambda v, n: (
        (
            _("the amount asked lies in the usual size of rounds that %(who)s joined: %(range)s")
            if _lies_within(v)
            else _("the amount asked (%(amount)s) reaches into the usual size of rounds that %(who)s joined: %(range)s")
        )
        % {**v, "amount": _asked(v), "range": _range(v["low"], v["high"])}
    ),
    "ticket_outside": lambda v, n: (
        (
            _("the amount asked (%(amount)s) lies below the usual size of rounds that %(who)s joined: %(range)s")
            if v["side"] == "below"
            else _("the amount asked (%(amount)s) lies above the usual size of rounds that %(who)s joined: %(range)s")
        )
        % {**v, "amount": _asked(v), "range": _range(v["low"], v["high"])}
    ),
    "unknown_amount": lambda v, n: _("the amount asked is not shown"),
    "unknown_ticket": lambda v, n: _("no amount is known of %(whose)s deals") % v,
    "place_deals": lambda v, n: (
        ngettext(
            "%(n)s of %(whose)s %(of)s deals since %(since)s was in %(place)s",
            "%(n)s of %(whose)s %(of)s deals since %(since)s were in %(place)s",
            v["n"],
        )
        % {**v, "place": n.place(v["place"])}
    ),
    "no_place_deals": lambda v, n: _("none of %(whose)s %(of)s deals was near the company's place") % v,
    "unknown_place": lambda v, n: _("the company states no place"),
    "shared_words": lambda v, n: (
        _("words shared with %(whose)s portfolio: %(words)s") % {**v, "words": _words(v["words"])}
    ),
    "thesis_words": lambda v, n: (
        (
            _("words shared with what you write: %(words)s")
            if v["yours"]
            else _("words shared with what it writes: %(words)s")
        )
        % {"words": _words(v["words"])}
    ),
    "shared_concepts": lambda v, n: (
        _("%(whose)s portfolio and the company both speak of %(concepts)s")
        % {**v, "concepts": _concepts(v["concepts"])}
    ),
    "thesis_concepts": lambda v, n: (
        (
            _("you and the company both speak of %(concepts)s")
            if v["yours"]
            else _("it and you both speak of %(concepts)s")
        )
        % {"concepts": _concepts(v["concepts"])}
    ),
    "co_investor": lambda v, n: (
        ngettext(
            "%(investor)s is in the company already, and shares %(n)s other company with %(who)s",
            "%(investor)s is in the company already, and shares %(n)s other companies with %(who)s",
            v["n"],
        )
        % {**v, "investor": n.investor(v["investor"])}
    ),
    "similar_companies": lambda v, n: (
        (
            ngettext(
                "%(n)s similar company in %(whose)s portfolio: %(companies)s",
                "%(n)s similar companies in %(whose)s portfolio: %(companies)s",
                v["n"],
            )
            if v["n"] <= len(v["companies"])
            else _("%(n)s similar companies in %(whose)s portfolio, among them %(companies)s")
        )
        % {**v, "companies": n.companies(v["companies"])}
    ),
    "recent_activity": lambda v, n: (
        ngettext(
            "%(they)s made %(n)s deal in the last %(months)s months, on %(last)s",
            "%(they)s made %(n)s deals in the last %(months)s months, the latest on %(last)s",
            v["n"],
        )
        % {**v, "last": display.partial_date(date.fromisoformat(v["last"]))}
    ),
    "no_recent_activity": lambda v, n: (
        _("%(they)s made no deal in the last %(months)s months; the latest was on %(last)s")
        % {**v, "last": display.partial_date(date.fromisoformat(v["last"]))}
    ),
    "no_record": lambda v, n: _("no deal is recorded yet"),
    "raise_history": lambda v, n: (
        ngettext(
            "the company has %(n)s recorded deal, on %(last)s",
            "the company has %(n)s recorded deals, the latest on %(last)s",
            v["n"],
        )
        % {**v, "last": display.partial_date(date.fromisoformat(v["last"]))}
    ),
    "first_raise": lambda v, n: _("no earlier deal of the company is recorded"),
    "thesis_category": lambda v, n: (
        _("%(whose)s thesis wants %(categories)s") % {**v, "categories": n.categories(v["categories"])}
    ),
    "thesis_round": lambda v, n: _("%(whose)s thesis wants %(round)s") % {**v, "round": n.round(v["round"])},
    "thesis_place": lambda v, n: _("%(whose)s thesis wants %(place)s") % {**v, "place": n.place(v["place"])},
    "thesis_ticket": lambda v, n: _("the amount asked fits the ticket in %(whose)s thesis: %(range)s") % _ticket(v),
    "thesis_overlap": lambda v, n: (
        _("the amount asked (%(amount)s) overlaps the ticket in %(whose)s thesis in part: %(range)s") % _ticket(v)
    ),
    "thesis_part": lambda v, n: (
        _("the ticket in %(whose)s thesis (%(range)s) can be a part of this round: %(amount)s") % _ticket(v)
    ),
    "thesis_keywords": lambda v, n: _("%(whose)s thesis names %(keywords)s") % {**v, "keywords": comma(v["keywords"])},
    "thesis_other_category": lambda v, n: (
        _("%(whose)s thesis wants other categories: %(wanted)s") % {**v, "wanted": n.categories(v["wanted"])}
    ),
    "thesis_other_round": lambda v, n: (
        _("%(whose)s thesis wants other rounds: %(wanted)s") % {**v, "wanted": n.rounds(v["wanted"])}
    ),
    "thesis_other_place": lambda v, n: (
        _("%(whose)s thesis wants other places: %(wanted)s") % {**v, "wanted": n.places(v["wanted"])}
    ),
    "thesis_other_ticket": lambda v, n: (
        (
            _("the amount asked (%(amount)s) is smaller than the ticket in %(whose)s thesis: %(range)s")
            if v["side"] == "below"
            else _("the amount asked (%(amount)s) is more than ten times the ticket in %(whose)s thesis: %(range)s")
        )
        % _ticket(v)
    ),
    "no_thesis": lambda v, n: _("%(they)s declared no thesis") % v,
}
# Answers are told to the side that gave them alone, so these speak to it whichever it is.
_TEMPLATES |= {
    "answers_own": lambda v, n: (
        _("you saved it, asked to meet it or accepted it, on %(last)s")
        % {"last": display.partial_date(date.fromisoformat(v["last"]))}
    ),
    "answers_alike": lambda v, n: _told(
        v,
        n,
        ngettext(
            "you saved, asked to meet or accepted %(n)s alike in %(aspects)s: %(names)s, on %(last)s",
            "you saved, asked to meet or accepted %(n)s alike in %(aspects)s: %(names)s; the latest on %(last)s",
            v["n"],
        ),
        _(
            "you saved, asked to meet or accepted %(n)s alike in %(aspects)s, among them %(names)s; the latest on %(last)s"
        ),
    ),
    "answers_refused": lambda v, n: _told(
        v,
        n,
        ngettext(
            "you turned down %(n)s for the %(aspects)s, which is much the same here: %(names)s, on %(last)s",
            "you turned down %(n)s for the %(aspects)s, which is much the same here: %(names)s; the latest on %(last)s",
            v["n"],
        ),
        _(
            "you turned down %(n)s for the %(aspects)s, which is much the same here, among them %(names)s; the latest on %(last)s"
        ),
    ),
    "answers_unlike": lambda v, n: _told(
        v,
        n,
        ngettext(
            "you turned down, hid or left unanswered %(n)s alike in %(aspects)s: %(names)s, on %(last)s",
            "you turned down, hid or left unanswered %(n)s alike in %(aspects)s: %(names)s; the latest on %(last)s",
            v["n"],
        ),
        _(
            "you turned down, hid or left unanswered %(n)s alike in %(aspects)s, among them %(names)s; the latest on %(last)s"
        ),
    ),
    "answers_kept": lambda v, n: _("answers of the other side count as well, and are not shown"),
}
CODES = frozenset(_TEMPLATES)
