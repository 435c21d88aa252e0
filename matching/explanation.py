"""Evidence behind a recommendation, as codes and values; nothing is worded here.

``Explainer(market).reasons(raise_id, investor_id, contributions)`` returns one dict per factor of the
score, the weightiest first, ``base`` last::

    {"factor": "category", "contribution": 0.81, "evidence": [{"code": "category_deals", ...}, ...]}

``contribution`` is the factor's part of the shown score; negative speaks against. ``evidence`` lists what the
records say about that factor, whichever way it speaks; it may be empty. Values are JSON-able; ids are those
of the market; lists of ids are the latest ``CAP``; ``of`` counts the investor's dated deals before
``as_of`` of which the property is known. Codes:

category   category_deals      category, n, of, since (year of the first), deals: its deals in that category
           no_category_deals   category, of
           (for an investor without deals, here and for round, ticket and place: what its thesis says of it)
           shared_keywords     keywords (at most CAP), n, deals: its deals with any of the raise's keywords
           unknown_category    the company states none
round      round_deals         round, n, of, since, deals
           no_round_deals      round, of
           unknown_round       the raise states none
ticket     ticket_range        low, high (15% and 85% quantile of the rounds it joined), n, and the raise's
                               own amount_low and amount_high, None where it names no such end
           ticket_outside      the same, and side ("below" or "above"), when all that is asked lies outside
           unknown_amount      the raise states none
           unknown_ticket      no deal of the investor has a known amount
place      place_deals         level ("city", "region" or "country": the closest that occurs), place,
country, n,
                               of, since, deals
           no_place_deals      level (the closest stated), place, country, of
           unknown_place       the company states none
text       shared_words        words (at most WORDS), companies: words of the profile found in its portfolio
           thesis_words        words (at most WORDS), found in what the investor writes of itself
           shared_concepts     concepts (at most CAP, each [the company's spelling, the other]), companies: terms of the
                               field that its portfolio writes in the other language, or with another word
           thesis_concepts     concepts: the same, of what the investor writes of itself
portfolio  co_investor         investor (already in the raising company), n, companies: companies both are in
           similar_companies   companies, n: its companies with the same category that share place or round
activity   recent_activity     n, months (12), last (ISO date)                       start-up → investor
           no_recent_activity  months (12), last
           no_record           the investor has no recorded deal
           raise_history       n (deals), investors, last                            investor → start-up
           first_raise         the company has no recorded deal
thesis     thesis_category     thesis, categories (wanted and met)
           thesis_round        thesis, round
           thesis_place        thesis, place
           thesis_ticket       thesis, low, high, amount_low, amount_high: the round has room for the ticket
           thesis_overlap      the same, and the round may also be smaller or larger than the ticket
           thesis_part         the same, and the round is larger than any such ticket
           thesis_keywords     thesis, keywords
           thesis_other_category  thesis, wanted, category            declared, and not met
           thesis_other_round     thesis, wanted, round
           thesis_other_place     thesis, wanted, place
           thesis_other_ticket    thesis, low, high, amount_low, amount_high, side
           no_thesis           the investor declares none
answers    answers_own         last: the reader's side saved, asked to meet or accepted this very one
           answers_alike       aspects (shared by them and this one), n, companies or institutions, last (ISO date): what
                               the reader's side saved, asked to meet or accepted
           answers_refused     aspect (blamed, and shared by this one), n, companies or institutions, last: what it
                               passed or declined for that
           answers_unlike      aspects, n, companies or institutions, last: what it passed or declined, blaming none
           answers_kept        what the other side answered is not shown; all that is said of it
together   (no evidence)
attention  (no evidence)
base       (no evidence)
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from matching import answers, glossary
from matching import market as m
from matching import profiles as p
from matching.market import Market
from matching.stopwords import GENERIC
from matching.theses import ticket_fits, wanted_categories
from matching.training import TO_INVESTORS

CAP = 5
# Words are of two languages, and a reader wants those of one.
WORDS = 4 * CAP
# Deals that a counted fact names: all of them, so that its number can be counted again, unless they are very many.
MOST_DEALS = 100


def _number(value) -> float | None:
    return None if pd.isna(value) else float(value)


def _telling(text: str) -> set[str]:
    """The words of a segmented text without numbers, single letters and what any profile may say."""
    found = {word for word in text.casefold().split() if len(word) > 1 and not word[0].isnumeric()}
    return found - GENERIC


def _whole(words: list[str]) -> list[str]:
    """``words`` without those that are a part of another: a long Chinese word is followed by its parts."""
    return [word for word in words if not any(word != other and word in other for other in words)]


@lru_cache(maxsize=20_000)
def _named(text: str) -> dict[int, tuple[str, ...]]:
    """Concept of the glossary → the spellings by which a segmented text names it, those that any profile may use left
    out; the longest first."""
    named = glossary.default().named(text.split())
    kept = {concept: spellings - GENERIC for concept, spellings in named.items()}
    return {c: tuple(sorted(spellings, key=lambda s: (-len(s), s))) for c, spellings in kept.items() if spellings}


def _otherwise(mine: dict, theirs: dict) -> list[tuple[str, str]]:
    """(my spelling, theirs) of each concept that both name, by no spelling in common."""
    both = [(mine[concept], theirs[concept]) for concept in mine if concept in theirs]
    return [(ours[0], others[0]) for ours, others in both if not set(ours).intersection(others)]


def _longest(pairs: list[tuple[str, str]]) -> list[list[str]]:
    """``pairs`` once each, the longest first, without those that are a part of another on both sides."""
    kept: list[list[str]] = []
    for ours, other in sorted(set(pairs), key=lambda pair: (-len(pair[0] + pair[1]), pair)):
        if not any(ours in longer and other in wider for longer, wider in kept):
            kept.append([ours, other])
    return kept


class Explainer:
    """Looks up evidence in the records of ``market`` that are dated before its ``as_of``."""

    def __init__(self, market: Market):
        self.market = market.before(market.as_of)
        self.raises = market.raises
        part = p.past_participations(self.market)
        deals = self.market.deals.loc[part[m.DEAL], [m.ROUND, m.AMOUNT]].reset_index(drop=True)
        company = self.market.companies.reindex(part[m.COMPANY])
        columns = (m.CATEGORY, m.CATEGORIES, m.KEYWORDS, m.COUNTRY, m.REGION, m.CITY, m.TEXT)
        rows = pd.concat([part, deals, company[list(columns)].reset_index(drop=True)], axis=1)
        self._deals = {i: list(group.itertuples()) for i, group in rows.groupby(m.INVESTOR)}
        self._companies = {i: {row.company for row in group} for i, group in self._deals.items()}
        self._investors = part.groupby(m.COMPANY)[m.INVESTOR].agg(lambda ids: list(dict.fromkeys(ids))).to_dict()
        self._rounds = self.market.deals.groupby(m.COMPANY)[m.DATE].agg(["size", "max"])
        self._theses = {i: list(group.itertuples()) for i, group in market.theses.groupby(m.INVESTOR)}
        self._words = Counter(w for text in self.market.companies[m.TEXT] for w in _telling(text))
        self._year_ago = pd.Timestamp(market.as_of) - pd.DateOffset(months=12)

    def reasons(self, raise_id: int, investor_id: int, contributions, direction=TO_INVESTORS) -> list[dict]:
        """``contributions``: one row of ``Ranking.contributions``. An id that is not open is a KeyError."""
        evidence = self.evidence(raise_id, investor_id, direction)
        reasons = [
            {"factor": factor, "contribution": round(float(value), 6), "evidence": evidence.get(factor, [])}
            for factor, value in zip(p.FACTORS, contributions, strict=True)
        ]
        return sorted(reasons, key=lambda r: (r["factor"] == p.BASE, -abs(r["contribution"])))

    def evidence(self, raise_id: int, investor_id: int, direction=TO_INVESTORS) -> dict[str, list[dict]]:
        """Factor → evidence of one pair, recommended or not."""
        raised = self.raises.loc[raise_id]
        company = self.market.companies.loc[raised[m.COMPANY]]
        deals = self._deals.get(investor_id, [])
        low, high = raised[m.AMOUNT_LOW], raised[m.AMOUNT_HIGH]
        low, high = (high if np.isnan(low) else low), (low if np.isnan(high) else high)
        asked = {"amount_low": _number(raised[m.AMOUNT_LOW]), "amount_high": _number(raised[m.AMOUNT_HIGH])}
        thesis = self._thesis(raised, company, (low, high), asked, investor_id)
        told = _by_factor(thesis) if not deals else {}
        return {
            p.CATEGORY: self._category(company, deals) + told.get(p.CATEGORY, []),
            p.ROUND: self._round(raised, deals) + told.get(p.ROUND, []),
            p.TICKET: self._ticket(low, high, asked, deals) + told.get(p.TICKET, []),
            p.PLACE: self._place(company, deals) + told.get(p.PLACE, []),
            p.TEXT: self._text(company, investor_id, deals),
            p.PORTFOLIO: self._portfolio(raised, company, investor_id, deals),
            p.ACTIVITY: self._activity(deals) if direction == TO_INVESTORS else self._traction(raised),
            p.THESIS: thesis,
            p.ANSWERS: self._answers(raise_id, investor_id, direction),
        }

    @cached_property
    def _said(self) -> pd.DataFrame:
        return answers.counted(self.market)

    @cached_property
    def _kinds(self) -> pd.DataFrame:
        return answers.investor_values(self.market)

    def _answers(self, raise_id: int, investor_id: int, direction: str) -> list[dict]:
        """Evidence of the reader's own side alone; answers of the other are its own business."""
        reader, column, own = (
            (m.OF_COMPANY, m.COMPANY, self.raises.at[raise_id, m.COMPANY])
            if direction == TO_INVESTORS
            else (m.OF_INVESTOR, m.INVESTOR, investor_id)
        )
        said = self._said[(self._said[m.SIDE] == reader) & (self._said[column] == own)]
        kept = {"code": "answers_kept"}
        # What most readers get, on every entry of a list.
        if said.empty:
            return [kept]
        if direction == TO_INVESTORS:
            others = said[m.INVESTOR].to_numpy()
            theirs, mine = self._kinds, self._kinds[self._kinds["row"] == investor_id]
            row, listed = others, "institutions"
        else:
            others = said[m.COMPANY].to_numpy()
            theirs = answers.raise_values(answers.with_company(said, self.market))
            mine = answers.raise_values(p.raise_profiles(self.market, [raise_id]))
            row, listed = np.arange(len(said)), "companies"
        silent = answers.countries(self.market) if direction == TO_INVESTORS else ()
        shared = answers.shared(theirs, mine, silent)
        rows = said.assign(other=others, shared=[shared.get(number, ()) for number in row])
        # What was said of this very one is no likeness to others.
        target = investor_id if direction == TO_INVESTORS else self.raises.at[raise_id, m.COMPANY]
        is_itself = (rows["other"] == target) & (rows["aspect"] == "")
        itself = rows[is_itself]
        of_itself = [{"code": "answers_own", "last": itself[m.AT].max().date().isoformat()}] if len(itself) else []
        return [*of_itself, *self._told(rows[~is_itself], listed), kept]

    @staticmethod
    def _told(rows: pd.DataFrame, listed: str) -> list[dict]:
        found = []
        for blamed, some in rows[rows["shared"].map(len) > 0].groupby("aspect"):
            named = blamed not in ("", answers.WHOLE)
            if named:
                some = some[[blamed in aspects for aspects in some["shared"]]]
                said = {"code": "answers_refused", "aspect": blamed}
            else:
                # those with most in common stand for all
                some = some[some["shared"].map(len) == some["shared"].map(len).max()]
                some = some[some["shared"] == some["shared"].iloc[-1]]
                code = "answers_unlike" if blamed else "answers_alike"
                said = {"code": code, "aspects": list(some["shared"].iloc[-1])}
            if len(some):
                others = [int(other) for other in dict.fromkeys(some["other"])]
                last = some[m.AT].max().date().isoformat()
                found.append({**said, "n": len(others), listed: others[-CAP:], "last": last})
        return found

    @staticmethod
    def _counted(code: str, found: list, known: list, **values) -> dict:
        """`n` of the `of` deals since the year of the first that counts: what can be counted again in the records."""
        since = found[0].date.year
        return {
            "code": code,
            **values,
            "n": len(found),
            "of": sum(row.date.year >= since for row in known),
            "since": since,
            "deals": [row.deal for row in found[-MOST_DEALS:]],
        }

    def _category(self, company, deals) -> list[dict]:
        category = company[m.CATEGORY]
        evidence = []
        if not category:
            evidence.append({"code": "unknown_category"})
        elif deals:
            known = [row for row in deals if row.category]
            found = [row for row in known if category == row.category or category in row.categories]
            if found:
                evidence.append(self._counted("category_deals", found, known, category=category))
            else:
                evidence.append({"code": "no_category_deals", "category": category, "of": len(known)})
        keywords = set(company[m.KEYWORDS])
        shared = [row for row in deals if keywords.intersection(row.keywords)] if keywords else []
        if shared:
            met = sorted(keywords.intersection(*[{k for row in shared for k in row.keywords}]))
            evidence.append(
                {
                    "code": "shared_keywords",
                    "keywords": met[:CAP],
                    "n": len(shared),
                    "deals": [row.deal for row in shared[-CAP:]],
                }
            )
        return evidence

    def _round(self, raised, deals) -> list[dict]:
        code = raised[m.ROUND]
        if not code:
            return [{"code": "unknown_round"}]
        known = [row for row in deals if row.round]
        found = [row for row in known if row.round == code]
        if found:
            return [self._counted("round_deals", found, known, round=code)]
        return [{"code": "no_round_deals", "round": code, "of": len(known)}] if deals else []

    def _ticket(self, asked_low, asked_high, asked, deals) -> list[dict]:
        if np.isnan(asked_low):
            return [{"code": "unknown_amount"}]
        amounts = [row.amount for row in deals if row.amount > 0]
        if not amounts:
            return [{"code": "unknown_ticket"}] if deals else []
        low, high = (float(v) for v in np.quantile(amounts, [0.15, 0.85] if len(amounts) >= 5 else [0, 1]))
        side = "below" if asked_high < low else "above" if asked_low > high else ""
        found = {"low": low, "high": high, "n": len(amounts), **asked}
        return [{"code": "ticket_outside", "side": side, **found} if side else {"code": "ticket_range", **found}]

    def _place(self, company, deals) -> list[dict]:
        stated = [(level, company[level]) for level in (m.CITY, m.REGION, m.COUNTRY) if company[level]]
        if not stated:
            return [{"code": "unknown_place"}]
        if not deals:
            return []
        country = company[m.COUNTRY]
        for level, place in stated:
            known = [row for row in deals if getattr(row, level)]
            found = [row for row in known if getattr(row, level) == place and row.country == country]
            if found:
                return [self._counted("place_deals", found, known, level=level, place=place, country=country)]
        level, place = stated[0]
        return [{"code": "no_place_deals", "level": level, "place": place, "country": country, "of": len(deals)}]

    def _text(self, company, investor_id, deals) -> list[dict]:
        words = _telling(company[m.TEXT])
        if not words:
            return []
        evidence = []
        found = {row.company: words.intersection(row.text.casefold().split()) for row in deals if row.text}
        met = self._rarest(set().union(*found.values())) if found else []
        if met:
            companies = [c for c, shared in found.items() if shared][-CAP:]
            evidence.append({"code": "shared_words", "words": met[:WORDS], "companies": companies})
        own = [self.market.investors[m.TEXT].get(investor_id, "")]
        own += [thesis.text for thesis in self._theses.get(investor_id, [])]
        met = self._rarest(words.intersection(" ".join(own).casefold().split()))
        if met:
            evidence.append({"code": "thesis_words", "words": met[:WORDS]})
        return evidence + self._concepts(company, deals, " ".join(own))

    @staticmethod
    def _concepts(company, deals, own: str) -> list[dict]:
        """Terms of the glossary that both sides name and no shared word shows."""
        mine, evidence = _named(company[m.TEXT]), []
        met = {row.company: found for row in deals if (found := _otherwise(mine, _named(row.text)))}
        if met:
            concepts = _longest([pair for found in met.values() for pair in found])[:CAP]
            evidence.append({"code": "shared_concepts", "concepts": concepts, "companies": list(met)[-CAP:]})
        if found := _otherwise(mine, _named(own)):
            evidence.append({"code": "thesis_concepts", "concepts": _longest(found)[:CAP]})
        return evidence

    def _rarest(self, words: set[str]) -> list[str]:
        """``words`` that say something: not in half of all profiles, the rarest first."""
        few = max(2, len(self.market.companies) / 2)
        said = self._words
        return _whole(sorted((word for word in words if said[word] <= few), key=lambda word: (said[word], word)))

    def _portfolio(self, raised, company, investor_id, deals) -> list[dict]:
        evidence = []
        mine = self._companies.get(investor_id, set())
        together = []
        for other in self._investors.get(raised[m.COMPANY], []):
            shared = mine.intersection(self._companies[other]) - {raised[m.COMPANY]}
            if shared and other != investor_id:
                together.append({"code": "co_investor", "investor": int(other), "n": len(shared), "companies": shared})
        together.sort(key=lambda item: (-item["n"], item["investor"]))
        for item in together[:CAP]:
            evidence.append({**item, "companies": sorted(int(c) for c in item["companies"])[:CAP]})
        like = [
            row.company
            for row in deals
            if row.category
            and row.category == company[m.CATEGORY]
            and ((row.region and row.region == company[m.REGION]) or (row.round and row.round == raised[m.ROUND]))
        ]
        like = list(dict.fromkeys(like))
        if like:
            evidence.append({"code": "similar_companies", "n": len(like), "companies": like[-CAP:]})
        return evidence

    def _activity(self, deals) -> list[dict]:
        if not deals:
            return [{"code": "no_record"}]
        last = deals[-1].date.date().isoformat()
        recent = sum(row.date >= self._year_ago for row in deals)
        if recent:
            return [{"code": "recent_activity", "n": recent, "months": 12, "last": last}]
        return [{"code": "no_recent_activity", "months": 12, "last": last}]

    def _traction(self, raised) -> list[dict]:
        company = raised[m.COMPANY]
        if company not in self._rounds.index:
            return [{"code": "first_raise"}]
        number, last = self._rounds.loc[company]
        return [
            {
                "code": "raise_history",
                "n": int(number),
                "investors": len(self._investors.get(company, [])),
                "last": last.date().isoformat(),
            }
        ]

    def _thesis(self, raised, company, span, asked, investor_id) -> list[dict]:
        theses = self._theses.get(investor_id, [])
        if not theses:
            return [{"code": "no_thesis"}]
        return max((self._one_thesis(t, raised, company, span, asked) for t in theses), key=_met)

    def _one_thesis(self, thesis, raised, company, span, asked) -> list[dict]:
        number, evidence = int(thesis.Index), []
        have = [c for c in wanted_categories(company) if c]
        if thesis.categories and have:
            met = [c for c in have if c in thesis.categories]
            evidence.append(
                {"code": "thesis_category", "thesis": number, "categories": met}
                if met
                else {
                    "code": "thesis_other_category",
                    "thesis": number,
                    "wanted": list(thesis.categories)[:CAP],
                    "category": company[m.CATEGORY],
                }
            )
        if thesis.rounds and raised[m.ROUND]:
            code = raised[m.ROUND]
            evidence.append(
                {"code": "thesis_round", "thesis": number, "round": code}
                if code in thesis.rounds
                else {
                    "code": "thesis_other_round",
                    "thesis": number,
                    "wanted": list(thesis.rounds),
                    "round": code,
                }
            )
        places = [company[level] for level in (m.REGION, m.COUNTRY, m.CITY) if company[level]]
        if thesis.regions and places:
            met = [place for place in places if place in thesis.regions]
            evidence.append(
                {"code": "thesis_place", "thesis": number, "place": met[0]}
                if met
                else {
                    "code": "thesis_other_place",
                    "thesis": number,
                    "wanted": list(thesis.regions)[:CAP],
                    "place": places[0],
                }
            )
        if not (np.isnan(span[0]) or (np.isnan(thesis.ticket_low) and np.isnan(thesis.ticket_high))):
            evidence.append({"thesis": number, **_thesis_ticket(thesis, span), **asked})
        wanted = {k.casefold() for k in thesis.keywords}
        met = [k for k in company[m.KEYWORDS] if k.casefold() in wanted]
        if met:
            evidence.append({"code": "thesis_keywords", "thesis": number, "keywords": met[:CAP]})
        return evidence


# Without a record a thesis is the taste that these factors measure.
_FACTOR_OF = {
    "category": p.CATEGORY,
    "keywords": p.CATEGORY,
    "round": p.ROUND,
    "ticket": p.TICKET,
    "part": p.TICKET,
    "place": p.PLACE,
}


def _by_factor(evidence: list[dict]) -> dict[str, list[dict]]:
    """What a thesis meets and does not, by the factor that measures the same of deals."""
    found: dict[str, list[dict]] = {}
    for item in evidence:
        if factor := _FACTOR_OF.get(item["code"].rpartition("_")[2]):
            found.setdefault(factor, []).append(item)
    return found


def _thesis_ticket(thesis, span) -> dict:
    """How a round of ``span`` (lowest and highest sum) stands to a thesis's ticket; an end that is not known is open."""
    low, high = thesis.ticket_low, thesis.ticket_high
    found = {"low": _number(low), "high": _number(high)}
    # Any sum of the span is enough: the raise is not yet closed.
    if not ticket_fits(span[1], low, np.nan):
        return {"code": "thesis_other_ticket", "side": "below", **found}
    if not ticket_fits(span[0], np.nan, high):
        return {"code": "thesis_other_ticket", "side": "above", **found}
    if span[0] > high:
        return {"code": "thesis_part", **found}
    # Some sums of the span are no ticket: below it, or more than it.
    overlaps = span[0] < low or span[1] > high
    return {"code": "thesis_overlap" if overlaps else "thesis_ticket", **found}


def _met(evidence: list[dict]) -> int:
    return sum(-1 if "_other_" in item["code"] else 1 for item in evidence)
