"""Reasons of recommendations, found in the records at the moment a page shows them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import zip_longest

from django.utils import timezone

from companies.models import Raise
from deals.models import Deal, Introduction, Participation, Side
from matching import datasets, wording
from matching import market as m
from matching.explanation import Explainer
from matching.shares import Shares, market_shares
from matching.training import TO_INVESTORS, TO_RAISES

# Sentences that a list shows of one recommendation; the rest stands behind "all factors".
SHOWN_FOR, SHOWN_AGAINST = 3, 2
UNMET = ("thesis_other_category", "thesis_other_round", "thesis_other_place", "thesis_other_ticket")


@dataclass(frozen=True)
class Reason:
    """A factor of a score: its code, its contribution, and what the records say of it."""

    factor: str
    contribution: float
    sentences: tuple[wording.Sentence, ...]

    @property
    def name(self):
        return wording.FACTORS[self.factor]

    @property
    def help(self):
        return wording.FACTOR_HELP[self.factor]


def attach(subject, side: str, entries: list) -> list:
    """Fill `reasons` of `entries` (see `matching.reading.Entry`), strongest factor first. Few queries for all."""
    ranked = [entry for entry in entries if entry.factors]
    if not ranked:
        return entries
    others = [entry.target.pk for entry in ranked]
    companies, investors = ([subject.pk], others) if side == Side.COMPANY else (others, [subject.pk])
    # Tomorrow, so that what was recorded today is among the evidence.
    market = datasets.around(companies, investors, timezone.localdate() + timedelta(days=1), side)
    market = as_shown_to(subject, side, market)
    raises = {company: raise_id for raise_id, company in market.raises[m.COMPANY].items()}
    explainer = Explainer(market)
    direction = TO_INVESTORS if side == Side.COMPANY else TO_RAISES
    found = {}
    for entry in ranked:
        company, investor = (subject.pk, entry.target.pk) if side == Side.COMPANY else (entry.target.pk, subject.pk)
        # A raise may have ended since the list was made.
        found[entry.target.pk] = explainer.evidence(raises[company], investor, direction) if company in raises else {}
    shares = market_shares()
    names = wording.Names([item for evidence in found.values() for items in evidence.values() for item in items])
    for entry in ranked:
        entry.reasons = [
            Reason(factor, value, tuple(_sentences(found[entry.target.pk].get(factor, []), names, shares, side)))
            for factor, value in sorted(entry.factors.items(), key=lambda part: (part[0] == "base", -abs(part[1])))
        ]
    return entries


def as_shown_to(subject, side: str, market: m.Market) -> m.Market:
    """Return `market` without the amounts that `subject` may not read, so that no sentence tells them."""
    deals, raises, answers = market.deals.copy(), market.raises.copy(), market.answers.copy()
    secret = Deal.objects.filter(amount_audience=Deal.Audience.PARTIES, pk__in=deals.index.tolist())
    if side == Side.COMPANY:
        secret = secret.exclude(company=subject)
    else:
        secret = secret.exclude(pk__in=Participation.objects.filter(investor=subject).values("deal"))
        accepted = Introduction.objects.accepted().filter(investor=subject).values("company")
        asked = Raise.objects.filter(amount_audience=Raise.Audience.INTRODUCED, pk__in=raises.index.tolist())
        hidden = list(asked.exclude(company__in=accepted).values_list("pk", flat=True))
        raises.loc[hidden, [m.AMOUNT_LOW, m.AMOUNT_HIGH]] = float("nan")
        # To say that what was turned down asked for much the same would tell what it asked for.
        kept_back = Raise.objects.filter(
            amount_audience=Raise.Audience.INTRODUCED, company__in=answers[m.COMPANY].unique().tolist()
        ).exclude(company__in=accepted)
        answered = answers[m.COMPANY].isin(list(kept_back.values_list("company", flat=True)))
        answers.loc[answered, [m.AMOUNT_LOW, m.AMOUNT_HIGH]] = float("nan")
    deals.loc[list(secret.values_list("pk", flat=True)), m.AMOUNT] = float("nan")
    return replace(market, deals=deals, raises=raises, answers=answers)


def _sentences(evidence: list[dict], names: wording.Names, shares: Shares, side: str):
    for item in evidence:
        if (worded := wording.sentence(item, names, side)) is not None:
            # True, and yet no reason: others do it more often.
            yield replace(worded, stance=wording.UNKNOWN, is_below=True) if shares.is_below(item) else worded


def by_stance(reasons: list[Reason]) -> dict[str, list[wording.Sentence]]:
    """Return all that speaks for a pair and against it, and what is not known, strongest first.

    A sentence stands among those for the pair only where its factor raised the score, and among those against it only
    where the factor lowered it. What a thesis wants and does not get is always among them: the reader has written it.
    """
    found = {}
    # Shared words convince least of all, however much they weigh.
    ordered = sorted(reasons, key=lambda reason: reason.factor == "text")
    for stance, sign in ((wording.FOR, 1), (wording.AGAINST, -1)):
        speaking = [
            [sentence for sentence in reason.sentences if sentence.stance == stance]
            for reason in ordered
            if reason.contribution * sign > 0
        ]
        # The first sentence of each factor, before a factor says a second thing.
        found[stance] = [sentence for nth in zip_longest(*speaking) for sentence in nth if sentence]
    said = [sentence for reason in reasons for sentence in reason.sentences]
    unmet = [sentence for sentence in said if sentence.code in UNMET]
    found[wording.AGAINST] = unmet + [sentence for sentence in found[wording.AGAINST] if sentence not in unmet]
    # By the code: a true sentence that is no reason is known all the same.
    found[wording.UNKNOWN] = [sentence for sentence in said if wording.stance(sentence.code) == wording.UNKNOWN]
    # Two factors may rest on the same fact: it is said once.
    return {stance: list(dict.fromkeys(sentences)) for stance, sentences in found.items()}


def highlights(reasons: list[Reason]) -> tuple[list[wording.Sentence], list[wording.Sentence]]:
    """Return the sentences that a list shows: the first few that speak for the pair, and of those against it."""
    found = by_stance(reasons)
    against = found[wording.AGAINST]
    unmet = sum(sentence.code in UNMET for sentence in against)
    return found[wording.FOR][:SHOWN_FOR], against[: max(SHOWN_AGAINST, unmet)]
