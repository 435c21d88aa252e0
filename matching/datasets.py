"""From the database to the frames of `matching.market`.

The only module of the model's that knows Django. Money becomes CNY at the rate of the record's date; categories
are `scheme/code`, with their ancestors and what a crosswalk makes of them; regions are `Region.code`.
"""

from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache

import numpy as np
import pandas as pd
from django.db.models import Q
from django.utils import timezone

from companies.models import Company, CompanyCategory, Raise
from deals.models import Block, Deal, Introduction, Participation, Side
from investors.models import Investor, Thesis
from matching import market as m
from matching import sharding
from matching.models import Feedback, Refresh, Refreshed
from matching.pairs import cut
from taxonomy.models import Category, Crosswalk, ExchangeRate, Region, Round
from taxonomy.text import segmented

# A refresh reads all theses again, and few of them have changed.
_words = lru_cache(maxsize=20_000)(segmented)


class _Taxonomy:
    """Codes by key, read once for a market."""

    def __init__(self):
        rows = Category.objects.values_list("pk", "scheme__code", "path")
        self.categories = {pk: self._with_ancestors(scheme, path) for pk, scheme, path in rows}
        for origin, target in Crosswalk.objects.values_list("origin", "target"):
            extra = tuple(code for code in self.categories[target] if code not in self.categories[origin])
            self.categories[origin] += extra
        self.regions = {}
        for pk, code, kind, country in Region.objects.values_list("pk", "code", "kind", "country"):
            # A country is no place below the country.
            self.regions[pk] = ("" if kind == Region.Kind.COUNTRY else code, country)
        self.region_codes = dict(Region.objects.values_list("pk", "code"))
        self.members: dict[int, list[str]] = {}
        for group, code in Region.members.through.objects.values_list("from_region", "to_region__code"):
            self.members.setdefault(group, []).append(code)
        self.rounds = dict(Round.objects.values_list("code", "order"))
        self.rates = ExchangeRate.objects.table()

    @staticmethod
    def _with_ancestors(scheme: str, path: str) -> tuple[str, ...]:
        return tuple(f"{scheme}/{code}" for code in reversed(path.split("/")))

    def order(self, code: str | None) -> float:
        order = self.rounds.get(code)
        return float("nan") if order is None else float(order)

    def cny(self, amount, currency: str | None, on: date) -> float:
        value = None if amount is None or not currency else self.rates.convert(amount, currency, on)
        return float("nan") if value is None else float(value)

    @staticmethod
    def money(low, high, currency: str | None) -> tuple[str, ...]:
        """The exact amounts of a range whose ends are known, in the words of `matching.market`."""
        known = dict.fromkeys(amount for amount in (low, high) if amount is not None and currency)
        return tuple(f"{currency} {amount:.0f}" for amount in known)

    def thesis_regions(self, pks: list[int]) -> tuple[str, ...]:
        codes: list[str] = []
        for pk in pks:
            codes += [self.region_codes[pk], *self.members.get(pk, [])]
        return tuple(dict.fromkeys(codes))

    def all_codes(self, pks: list[int]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for pk in pks for code in self.categories[pk]))

    def own_codes(self, pks: list[int]) -> tuple[str, ...]:
        """The codes of the categories themselves: wanting a leaf is not wanting all of its root."""
        return tuple(dict.fromkeys(self.categories[pk][0] for pk in pks))


def _grouped(rows) -> dict[int, list]:
    found: dict[int, list] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return found


def _companies(taxonomy: _Taxonomy, wanted: Q) -> pd.DataFrame:
    tags = CompanyCategory.objects.order_by("company", "-is_primary", "pk").values_list("company", "category")
    links: dict[int, list[int]] = _grouped(tags.filter(company__in=Company.objects.filter(wanted)) if wanted else tags)
    ids, rows = [], []
    fields = ("pk", "region", "city", "keywords", "founded_on", "search_text")
    for pk, region, city, keywords, founded_on, text in (
        Company.objects.filter(wanted).order_by("pk").values_list(*fields).iterator(chunk_size=5000)
    ):
        categories = taxonomy.all_codes(links.get(pk, []))
        place, country = taxonomy.regions.get(region, ("", ""))
        ids.append(pk)
        rows.append(
            {
                m.CATEGORY: categories[0] if categories else "",
                m.CATEGORIES: categories,
                m.KEYWORDS: tuple(keyword.casefold() for keyword in keywords),
                m.COUNTRY: country,
                m.REGION: place,
                m.CITY: city.casefold(),
                m.FOUNDED_ON: founded_on,
                m.TEXT: text,
            }
        )
    return m.frame(m.COMPANIES, rows, ids)


def _investors(taxonomy: _Taxonomy, wanted: Q) -> pd.DataFrame:
    ids, rows = [], []
    for pk, kind, region, text in (
        Investor.objects.filter(wanted).order_by("pk").values_list("pk", "type", "region", "search_text")
    ):
        ids.append(pk)
        rows.append({m.TYPE: kind, m.COUNTRY: taxonomy.regions.get(region, ("", ""))[1], m.TEXT: text})
    return m.frame(m.INVESTORS, rows, ids)


def _theses(taxonomy: _Taxonomy, as_of: date, wanted: Q) -> pd.DataFrame:
    theses = Thesis.objects.active().filter(wanted).order_by("pk")
    keys = {
        name: _grouped(getattr(Thesis, name).through.objects.order_by("pk").values_list("thesis", column))
        for name, column in (
            ("categories", "category"),
            ("excluded", "category"),
            ("rounds", "round"),
            ("regions", "region"),
        )
    }
    ids, rows = [], []
    fields = ("pk", "investor", "ticket_low", "ticket_high", "currency", "keywords", "title", "text")
    for pk, investor, low, high, currency, keywords, title, text in theses.values_list(*fields):
        ids.append(pk)
        rows.append(
            {
                m.INVESTOR: investor,
                m.CATEGORIES: taxonomy.own_codes(keys["categories"].get(pk, [])),
                m.EXCLUDED: taxonomy.own_codes(keys["excluded"].get(pk, [])),
                m.ROUNDS: tuple(keys["rounds"].get(pk, [])),
                m.REGIONS: taxonomy.thesis_regions(keys["regions"].get(pk, [])),
                m.KEYWORDS: tuple(keyword.casefold() for keyword in keywords),
                m.TICKET_LOW: taxonomy.cny(low, currency, as_of),
                m.TICKET_HIGH: taxonomy.cny(high, currency, as_of),
                m.TEXT: _words(title, text, *keywords),
            }
        )
    return m.frame(m.THESES, rows, ids)


def _deals(taxonomy: _Taxonomy, as_of: date, wanted: Q) -> pd.DataFrame:
    ids, rows = [], []
    fields = ("pk", "company", "announced_on", "round", "kind", "amount_low", "amount_high", "currency")
    known = Deal.objects.standing().known_on(as_of).filter(wanted, announced_on__lte=as_of).order_by("pk")
    for pk, company, day, round_, kind, low, high, currency in known.values_list(*fields).iterator(chunk_size=5000):
        # The middle of a range in orders of magnitude; of a lower bound, the bound.
        amount = taxonomy.cny(low, currency, day)
        if high is not None and low and high > low:
            amount = (amount * taxonomy.cny(high, currency, day)) ** 0.5
        ids.append(pk)
        rows.append(
            {
                m.COMPANY: company,
                m.DATE: day,
                m.ROUND: round_ or "",
                m.ROUND_ORDER: taxonomy.order(round_),
                m.AMOUNT: amount,
                m.MONEY: taxonomy.money(low, high, currency) if low == high else (),
                m.KIND: kind,
            }
        )
    return m.frame(m.DEALS, rows, ids)


def _latest(as_of: date, wanted: Q, fields: tuple[str, ...]) -> dict[int, tuple]:
    """Company → `fields` (key and company first) of its open raise; of several on a past day the latest speaks for it."""
    open_raises = Raise.objects.open_on(as_of).filter(wanted, company__is_published=True)
    return {row[1]: row for row in open_raises.order_by("opened_on", "pk").values_list(*fields)}


def _current_raises(taxonomy: _Taxonomy, old: pd.DataFrame, moment, as_of: date) -> pd.DataFrame:
    """The open raises; those that have not changed since `moment` are taken from `old`, not read again."""
    ids = np.array(sorted(pk for pk, _ in _latest(as_of, Q(), ("pk", "company")).values()), np.int64)
    changed = list(Raise.objects.filter(updated_at__gte=moment).values_list("pk", flat=True))
    same = ids[np.isin(ids, old.index) & ~np.isin(ids, changed)]
    fresh = _raises(taxonomy, as_of, Q(pk__in=np.setdiff1d(ids, same).tolist()))
    return _replace(old.loc[same], fresh, []).loc[ids]


def _raises(taxonomy: _Taxonomy, as_of: date, wanted: Q) -> pd.DataFrame:
    ids, rows = [], []
    fields = ("pk", "company", "opened_on", "round", "amount_low", "amount_high", "currency")
    latest = _latest(as_of, wanted, fields)
    for pk, company, opened_on, round_, low, high, currency in sorted(latest.values()):
        ids.append(pk)
        rows.append(
            {
                m.COMPANY: company,
                m.OPENED_ON: opened_on,
                m.ROUND: round_,
                m.ROUND_ORDER: taxonomy.order(round_),
                m.AMOUNT_LOW: taxonomy.cny(low, currency, opened_on),
                m.AMOUNT_HIGH: taxonomy.cny(high, currency, opened_on),
                m.MONEY: taxonomy.money(low, high, currency),
            }
        )
    return m.frame(m.RAISES, rows, ids)


def _until(as_of: date) -> tuple[datetime, datetime | None]:
    """Up to when answers count, and the `now` of `matching.market`.

    A market of today knows all that was said until this moment; one of a past day, only what was said before that day.
    """
    if as_of >= timezone.localdate():
        now = timezone.now()
        return now, _local(now)
    return timezone.make_aware(datetime.combine(as_of, time.min)), None


def _local(moment: datetime) -> datetime:
    return timezone.make_naive(moment)


def _blocks(until: datetime, wanted: Q) -> pd.DataFrame:
    """Pairs that one side has blocked, hidden or passed: neither side is shown the other again."""
    said = Feedback.objects.filter(wanted, created_at__lte=until, kind__in=[Feedback.Kind.HIDDEN, Feedback.Kind.PASSED])
    kept_away = Block.objects.filter(wanted, created_at__lte=until).order_by()
    rows = said.values_list("company", "investor").union(kept_away.values_list("company", "investor"))
    return m.frame(m.BLOCKS, [{m.COMPANY: c, m.INVESTOR: i} for c, i in rows])


_SAID = ["label", m.COMPANY, m.INVESTOR, m.SIDE, m.KIND, m.REASON, m.AT, "raise"]


def _answers(taxonomy: _Taxonomy, until: datetime, wanted: Q) -> pd.DataFrame:
    """What either side said up to `until`, with the raise that it was about; labels stay the same from one reading to
    the next, so that what has changed is found.

    The tables hold each introduction's request and its answer, and of feedback what stands now and since when: of an
    answer that was taken back, or replaced by another, nothing is left, for a past day neither.
    """
    feedback = Feedback.objects.filter(wanted, created_at__lte=until)
    rows = [
        (3 * pk, company, investor, side, kind, reason, at, None)
        for pk, company, investor, side, kind, reason, at in feedback.values_list(
            "pk", "company", "investor", "side", "kind", "reason", "created_at"
        ).iterator(chunk_size=5000)
    ]
    fields = (
        "pk",
        "company",
        "investor",
        "asked_side",
        "asked_at",
        "status",
        "decline_reason",
        "answered_at",
        "raise_asked",
    )
    asked = Introduction.objects.filter(wanted, asked_at__lte=until)
    for pk, company, investor, side, asked_at, status, reason, at, raise_ in asked.values_list(*fields).iterator(
        chunk_size=5000
    ):
        rows.append((3 * pk + 1, company, investor, side, m.ASKED, "", asked_at, raise_))
        if at is not None and at <= until:
            other = Side.INVESTOR if side == Side.COMPANY else Side.COMPANY
            said_by = side if status == Introduction.Status.WITHDRAWN else other
            rows.append((3 * pk + 2, company, investor, said_by, status, reason, at, raise_))
    if not rows:
        return m.empty(m.ANSWERS)
    said = pd.DataFrame.from_records(rows, columns=_SAID)
    said[m.AT] = pd.to_datetime([_local(at) for at in said[m.AT]]).astype("datetime64[s]")
    labels = said["label"].to_numpy()
    return m.frame(m.ANSWERS, _with_raise(taxonomy, said).drop(columns=["label", "raise"])).set_axis(labels, axis=0)


def _with_raise(taxonomy: _Taxonomy, said: pd.DataFrame) -> pd.DataFrame:
    """`said` with round and amounts: of its own raise, else of the one that the company had opened last by then."""
    fields = ("pk", "company", "opened_on", "round", "amount_low", "amount_high", "currency")
    answered = Raise.objects.filter(company__in=said[m.COMPANY].unique().tolist())
    opened: dict[int, list[tuple[date, int]]] = {}
    asked = {}
    for pk, company, opened_on, round_, low, high, currency in answered.order_by("opened_on", "pk").values_list(
        *fields
    ):
        opened.setdefault(company, []).append((opened_on, pk))
        asked[pk] = (round_, taxonomy.cny(low, currency, opened_on), taxonomy.cny(high, currency, opened_on))
    found = []
    for company, at, own in zip(said[m.COMPANY], said[m.AT], said["raise"], strict=True):
        if own not in asked:
            own = next((pk for day, pk in reversed(opened.get(company, ())) if day <= at.date()), None)
        found.append(asked.get(own, ("", float("nan"), float("nan"))))
    said[m.ROUND], said[m.AMOUNT_LOW], said[m.AMOUNT_HIGH] = zip(*found, strict=True)
    return said


def _answers_now(taxonomy: _Taxonomy, market: m.Market, moment, until: datetime) -> pd.DataFrame:
    """The answers of `market`, read at `moment`, and those of whoever has answered since: each asked for a refresh."""
    asked = [*Refresh.objects.values_list("company", "investor")]
    asked += Refreshed.objects.filter(asked_at__gte=moment).values_list("company", "investor")
    companies = [company for company, _ in asked if company]
    investors = [investor for _, investor in asked if investor]
    fresh = _answers(taxonomy, until, Q(company__in=companies) | Q(investor__in=investors))
    stale = market.answers[m.COMPANY].isin(companies) | market.answers[m.INVESTOR].isin(investors)
    if not stale.any() and fresh.empty:
        return market.answers
    return _replace(market.answers[~stale], fresh, [])


def load(as_of: date) -> m.Market:
    """Return everything known on `as_of`: published investors, all companies, standing deals, open raises, answers."""
    taxonomy = _Taxonomy()
    until, now = _until(as_of)
    investors = Q(investor__is_published=True)
    companies = _companies(taxonomy, Q())
    deals = _deals(taxonomy, as_of, Q())
    participations = Participation.objects.filter(investors).order_by("pk").values_list("deal", "investor", "is_lead")
    rows = pd.DataFrame.from_records(list(participations), columns=[m.DEAL, m.INVESTOR, m.LEAD])
    return m.Market(
        as_of=as_of,
        companies=companies,
        investors=_investors(taxonomy, Q(is_published=True)),
        theses=_theses(taxonomy, as_of, investors),
        deals=deals,
        participations=m.frame(m.PARTICIPATIONS, rows[rows[m.DEAL].isin(deals.index)]),
        raises=_raises(taxonomy, as_of, Q()),
        blocks=_blocks(until, Q()),
        answers=_answers(taxonomy, until, Q()),
        now=now,
    )


def around(companies: list[int], investors: list[int], as_of: date, answered_by: str | None = None) -> m.Market:
    """Return the part of the market that speaks about some pairs: their profiles, raises, theses and deals.

    What they said of others is in it for one side alone, `answered_by`: answers are shown to nobody else.
    """
    taxonomy = _Taxonomy()
    answers = m.empty(m.ANSWERS)
    if answered_by:
        until, _ = _until(as_of)
        own = Q(company__in=companies) if answered_by == Side.COMPANY else Q(investor__in=investors)
        answers = _answers(taxonomy, until, own)
        answers = answers[answers[m.SIDE] == answered_by].reset_index(drop=True)
    theirs = Participation.objects.filter(investor__in=investors).values("deal")
    deals = _deals(taxonomy, as_of, Q(pk__in=theirs) | Q(company__in=companies))
    parts = Participation.objects.filter(deal__in=deals.index.tolist(), investor__is_published=True)
    rows = pd.DataFrame.from_records(
        list(parts.order_by("pk").values_list("deal", "investor", "is_lead")), columns=[m.DEAL, m.INVESTOR, m.LEAD]
    )
    everybody = set(investors) | set(rows[m.INVESTOR]) | set(answers[m.INVESTOR])
    return m.Market(
        as_of=as_of,
        companies=_companies(
            taxonomy, Q(pk__in={*companies, *deals[m.COMPANY].tolist(), *answers[m.COMPANY].tolist()})
        ),
        investors=_investors(taxonomy, Q(pk__in=everybody)),
        theses=_theses(taxonomy, as_of, Q(investor__in={*investors, *answers[m.INVESTOR].tolist()})),
        deals=deals,
        participations=m.frame(m.PARTICIPATIONS, rows),
        raises=_raises(taxonomy, as_of, Q(company__in=companies)),
        answers=answers,
    )


def _replace(old: pd.DataFrame, fresh: pd.DataFrame, stale: list[int]) -> pd.DataFrame:
    """`old` without the rows named in `stale` (and those that `fresh` brings anew), and `fresh` behind it."""
    if fresh.empty and not len(stale):
        return old
    kept = old[~(old.index.isin(fresh.index) | old.index.isin(stale))]
    if fresh.empty:
        return kept
    return pd.concat([kept, fresh]) if len(kept) else fresh


def current(
    market: m.Market, moment, as_of: date, companies: list[int] | None = None, investors: list[int] | None = None
) -> m.Market:
    """Return `market`, read at `moment`, with everything as it is now: what a refresh ranks.

    Theses and blocks are read again whole; profiles, raises, deals and answers where they changed since `moment`. With
    `companies`, their raises only, before all investors; with `investors` as well, only what speaks about pairs of
    these (`matching.pairs.cut`).
    """
    taxonomy = _Taxonomy()
    until, now = _until(as_of)
    market = replace(market, answers=_answers_now(taxonomy, market, moment, until))
    touched = Q(updated_at__gte=moment) | Q(participations__recorded_at__gte=moment)
    their_companies = Q() if companies is None else Q(company__in=companies)
    their_investors = Q() if investors is None else Q(investor__in=investors)
    changed = Q(updated_at__gte=moment)
    changed_companies = changed
    if companies is not None and investors is not None:
        market = cut(market, companies, investors)
        # What was said of a company is what its like is judged by, so it is read as it is now as well.
        changed_companies &= Q(pk__in={*companies, *market.answers[m.COMPANY].tolist()})
        known = Q(pk__in=market.deals.index.tolist())
        touched &= known | their_companies | Q(participations__investor__in=investors)
    changed_deals = list(Deal.objects.filter(touched).values_list("pk", flat=True).distinct())
    fresh_deals = _deals(taxonomy, as_of, Q(pk__in=changed_deals))
    parts = Participation.objects.filter(deal__in=fresh_deals.index.tolist(), investor__is_published=True)
    rows = pd.DataFrame.from_records(
        list(parts.order_by("pk").values_list("deal", "investor", "is_lead")), columns=[m.DEAL, m.INVESTOR, m.LEAD]
    )
    untouched = market.participations[~market.participations[m.DEAL].isin(changed_deals)]
    changed_investors = list(
        Investor.objects.filter(changed if investors is None else changed & Q(pk__in=investors)).values_list(
            "pk", flat=True
        )
    )
    return m.Market(
        as_of=market.as_of,
        companies=_replace(market.companies, _companies(taxonomy, changed_companies), []),
        investors=_replace(
            market.investors, _investors(taxonomy, Q(pk__in=changed_investors, is_published=True)), changed_investors
        ),
        theses=_theses(taxonomy, as_of, Q(investor__is_published=True) & their_investors),
        deals=_replace(market.deals, fresh_deals, changed_deals),
        participations=pd.concat([untouched, m.frame(m.PARTICIPATIONS, rows)], ignore_index=True)
        if len(rows)
        else untouched,
        raises=_current_raises(taxonomy, market.raises, moment, as_of)
        if companies is None
        else _raises(taxonomy, as_of, their_companies),
        blocks=_blocks(until, their_companies & their_investors),
        answers=market.answers,
        now=now,
    )


def subjects(market: m.Market, side: str):
    """Return the ids of those who receive a list, raises for the start-ups' side and investors for theirs, with those
    that are alike near each other.
    """
    return sharding.raises_in_order(market) if side == Side.COMPANY else sharding.investors_in_order(market)
