"""Deals of a market: what kind each is, who took part, what was listed and what is being raised."""

import re
from collections import defaultdict
from datetime import date

from django.utils import timezone

from companies.models import Company, Raise
from deals.imports.changes import Changes, differs
from deals.imports.companies import Companies
from deals.imports.investors import Investors
from deals.imports.report import Report
from deals.imports.rows import DealRow, Market
from deals.models import Deal, Listing, Participation
from taxonomy import labels
from taxonomy.amounts import UNDISCLOSED
from taxonomy.facts import Source
from taxonomy.models import Round
from taxonomy.names import fold

# Round labels, folded, that mean no venture round; the name of a board means a listing on it.
KINDS = {
    "acquisition": Deal.Kind.ACQUISITION,
    "acquired": Deal.Kind.ACQUISITION,
    "merger": Deal.Kind.ACQUISITION,
    "m&a": Deal.Kind.ACQUISITION,
    "ma": Deal.Kind.ACQUISITION,
    "收购": Deal.Kind.ACQUISITION,
    "并购": Deal.Kind.ACQUISITION,
    "被收购": Deal.Kind.ACQUISITION,
    "ipo": Deal.Kind.IPO,
    "ipo上市": Deal.Kind.IPO,
    "上市": Deal.Kind.IPO,
    "已上市": Deal.Kind.IPO,
    "主板上市": Deal.Kind.IPO,
    "首次公开募股": Deal.Kind.IPO,
    "initialpublicoffering": Deal.Kind.IPO,
    "postipo": Deal.Kind.FOLLOW_ON,
    "postipoequity": Deal.Kind.FOLLOW_ON,
    "ipo上市后": Deal.Kind.FOLLOW_ON,
    "上市后": Deal.Kind.FOLLOW_ON,
    "followon": Deal.Kind.FOLLOW_ON,
    "增发": Deal.Kind.FOLLOW_ON,
    "定增": Deal.Kind.FOLLOW_ON,
    "定向增发": Deal.Kind.FOLLOW_ON,
    "上市定增": Deal.Kind.FOLLOW_ON,
    "新三板定增": Deal.Kind.FOLLOW_ON,
    "rightsissue": Deal.Kind.RIGHTS_ISSUE,
    "配股": Deal.Kind.RIGHTS_ISSUE,
}
_LISTED = re.compile(r"(?:上市|挂牌)$")


class Rounds:
    """`read(label)` is the kind of a deal, its round or None, and the board of its listing or None."""

    def __init__(self, rounds: labels.Rounds, report: Report):
        self.rounds, self.report = rounds, report
        self.boards = labels.boards()
        self.unknown: Round = rounds.items["unknown"]

    def read(self, label: str) -> tuple[str, Round | None, str | None]:
        if not label:
            return Deal.Kind.VENTURE, self.unknown, None
        kind = KINDS.get(fold(label))
        if kind:
            return kind, None, "unknown" if kind == Deal.Kind.IPO else None
        found = self.rounds.find(label)
        # 科创板, and 科创板上市 as well.
        if found is None and (board := self.boards.find(label) or self.boards.find(_LISTED.sub("", label))):
            return Deal.Kind.IPO, None, board.code
        return Deal.Kind.VENTURE, found or self.unmapped(label), None

    def unmapped(self, label: str) -> Round:
        self.report.unread("round", label)
        return self.unknown

    def sought(self, label: str) -> Round:
        """The round that a raise seeks."""
        return (self.rounds.find(label) or self.unmapped(label)) if label else self.unknown


class Deals:
    def __init__(
        self,
        source: Source,
        market: Market,
        companies: Companies,
        investors: Investors,
        rounds: labels.Rounds,
        report: Report,
    ):
        self.source, self.market, self.companies, self.investors = source, market, companies, investors
        self.rounds, self.report = Rounds(rounds, report), report
        self.today = timezone.localdate()
        self.deals = Changes(Deal, report.tallies["deals"])
        self.participations = Changes(Participation, report.tallies["participations"])
        self.listings = Changes(Listing, report.tallies["listings"])
        self.raises = Changes(Raise, report.tallies["raises"])

    def plan(self) -> None:
        known = Deal.objects.filter(source=self.source) if self.source.pk else Deal.objects.none()
        have = {deal.source_ref: deal for deal in known if deal.source_ref}
        self.merged = set(Deal.objects.filter(merged__isnull=False).values_list("pk", flat=True))
        self._load_listings()
        by_ref: dict[str, Deal] = {}
        for row in self.market.deals.values():
            by_ref[row.ref] = self._deal(row, have.get(row.ref))
        self._participations(known, by_ref)
        self._raises()

    def held(self, deal: Deal) -> bool:
        """Whether somebody here has decided on the deal: what the source says now changes nothing."""
        return deal.status != Deal.Status.REPORTED or deal.pk in self.merged

    def _deal(self, row: DealRow, deal: Deal | None) -> Deal:
        company = self.companies.by_ref[row.company]
        kind, round_, board = self.rounds.read(row.round)
        fields = {
            "company": company,
            "announced_on": row.announced.first,
            "announced_precision": row.announced.precision,
        }
        if deal is None or any(differs(deal, name, fields[name]) for name in ("announced_on", "announced_precision")):
            fields["known_on"] = self._known(row)
        if row.round or deal is None:
            fields |= {"kind": kind, "round": round_, "round_label": row.round}
        if row.amount:
            amount = row.amount
            fields |= {
                "amount_kind": amount.kind,
                "amount_low": amount.low,
                "amount_high": amount.high,
                "currency_id": amount.currency or None,
                "amount_text": amount.text,
            }
        if deal is None:
            deal = Deal(source=self.source, source_ref=row.ref, **fields)
            self.deals.create(deal)
            self._listing(row, deal, board)
            return deal
        held = self.held(deal)
        self.deals.meet(deal, fields, held=held)
        if not held:
            self._listing(row, deal, board)
        return deal

    def _known(self, row: DealRow) -> date:
        """A source publishes by the end of the period that it names; what is here is known today."""
        return min(row.announced.last, self.today)

    # --- Listings -------------------------------------------------------------------------------------------------

    def _load_listings(self) -> None:
        self.known_listings, self.listed = {}, set()
        for listing in Listing.objects.select_related("source"):
            if listing.source_id and listing.source_id == self.source.pk:
                self.known_listings[listing.source_ref] = listing
            if listing.is_present:
                self.listed.add((listing.company_id, listing.board_id))

    def _listing(self, row: DealRow, deal: Deal, board: str | None) -> None:
        listing = self.known_listings.get(row.ref)
        if board is None:
            if listing and row.round:
                self.report.notices.add("listing_stays", "deals.csv", row.line, row.ref)
            return
        fields = {
            "company": deal.company,
            "listed_on": row.announced.first,
            "listed_precision": row.announced.precision,
        }
        if listing:
            if differs(listing, "listed_on", fields["listed_on"]):
                fields["known_on"] = self._known(row)
            # The source may not say on which board; whoever does so here knows better.
            fields = fields if board == "unknown" else {**fields, "board_id": board}
            # What an administrator has decided on stays as it is.
            self.listings.meet(listing, fields, held=listing.status != Listing.Status.REPORTED)
            return
        place = (deal.company.pk or id(deal.company), board)
        if board != "unknown" and place in self.listed:
            self.report.notices.add("board_twice", "deals.csv", row.line, row.ref)
            return
        self.listed.add(place)
        self.listings.create(
            Listing(
                source=self.source,
                source_ref=row.ref,
                board_id=board,
                offering=deal,
                known_on=self._known(row),
                **fields,
            )
        )

    # --- Who took part --------------------------------------------------------------------------------------------

    def _participations(self, known, by_ref: dict[str, Deal]) -> None:
        have = defaultdict(set)
        for deal, investor in Participation.objects.filter(deal__in=known).values_list("deal", "investor"):
            have[deal].add(investor)
        tally = self.participations.tally
        for deal_ref, investor_ref in self.market.participations:
            deal, investor = by_ref[deal_ref], self.investors.by_ref[investor_ref]
            if deal.pk and investor.pk and investor.pk in have[deal.pk]:
                tally.unchanged += 1
            elif deal.pk and self.held(deal):
                tally.kept += 1
            else:
                self.participations.create(Participation(deal=deal, investor=investor))

    # --- What is being raised -------------------------------------------------------------------------------------

    def _raises(self) -> None:
        if not self.market.raises:
            return
        ours, ended, elsewhere = {}, {}, set()
        for item in Raise.objects.select_related("company").filter(company__source=self.source.pk):
            if item.source_id != self.source.pk:
                if item.status == Raise.Status.OPEN:
                    elsewhere.add(item.company_id)
            elif item.status == Raise.Status.OPEN:
                ours[item.company_id] = item
            else:
                ended[item.source_ref] = item
        for row in self.market.raises.values():
            company: Company = self.companies.by_ref[row.company]
            if company.pk in elsewhere:
                self._leave("raise_elsewhere", row)
            elif row.ref in ended:
                self._leave("raise_ended", row)
            else:
                self._raise(row, company, ours.get(company.pk) if company.pk else None)

    def _leave(self, code: str, row) -> None:
        self.raises.tally.kept += 1
        self.report.notices.add(code, "raises.csv", row.line, row.company)

    def _raise(self, row, company: Company, known: Raise | None) -> None:
        fields = {"opened_on": row.opened_on, "source_ref": row.ref}
        if row.round or known is None:
            fields["round"] = self.rounds.sought(row.round)
        if row.amount:
            amount = row.amount
            fields |= {"amount_low": amount.low, "amount_high": amount.high, "amount_text": amount.text}
            if amount.kind != UNDISCLOSED:
                fields["currency_id"] = amount.currency
        if known:
            self.raises.meet(known, fields, held=self.companies.held(company))
        else:
            self.raises.create(Raise(source=self.source, company=company, **fields))
