"""Figures of a market computed from its files alone, with pandas: nothing of the product but its table of rates."""

from pathlib import Path

import pandas as pd

from taxonomy.reference import FOLDER


class ByHand:
    """The venture events of one period of a market's files. `not_venture` are the round labels of other deals."""

    def __init__(self, folder: Path, first: str, last: str, not_venture: set[str]):
        self.companies = pd.read_csv(folder / "companies.csv").set_index("company_id")
        self.parts = pd.read_csv(folder / "participations.csv")
        deals = pd.read_csv(folder / "deals.csv", parse_dates=["announced_on"])
        deals["round"] = deals["round"].fillna("")
        self.all = deals[~deals["round"].isin(not_venture)].join(self.companies, on="company_id")
        self.deals = self.all[self.all["announced_on"].between(first, last)]

    def events(self) -> dict:
        return {"events": len(self.deals), "companies": self.deals["company_id"].nunique()}

    def total(self) -> float:
        """In CNY, exact amounts only, at the last rate known on the day."""
        rates = pd.read_csv(FOLDER / "rates.csv", parse_dates=["date"]).sort_values("date")
        known = self.deals[self.deals["amount"].notna()].sort_values("announced_on")
        sums = 0.0
        for currency, rows in known.groupby("currency"):
            if currency == "CNY":
                sums += rows["amount"].sum()
                continue
            own = rates[rates["currency"] == currency]
            at = pd.merge_asof(rows, own, left_on="announced_on", right_on="date")
            sums += (at["amount"] * at["cny"]).sum()
        return sums

    def undisclosed(self) -> int:
        return int(self.deals["amount"].isna().sum())

    def by_month(self) -> dict[str, int]:
        return self._counts(self.deals["announced_on"].dt.strftime("%Y-%m"))

    def by(self, column: str) -> dict[str, int]:
        return self._counts(self.deals[column])

    def active(self) -> int:
        return self._parts(self.deals)["investor_id"].nunique()

    def new(self) -> int:
        """Institutions of the period that were in no venture event before it."""
        before = self.all[self.all["announced_on"] < self.deals["announced_on"].min()]
        return len(set(self._parts(self.deals)["investor_id"]) - set(self._parts(before)["investor_id"]))

    def most_events(self) -> list[int]:
        return self._parts(self.deals)["investor_id"].value_counts().head(15).tolist()

    def several(self) -> int:
        return int((self.deals["company_id"].value_counts() > 1).sum())

    def _parts(self, deals: pd.DataFrame) -> pd.DataFrame:
        return self.parts[self.parts["deal_id"].isin(deals["deal_id"])].drop_duplicates(["deal_id", "investor_id"])

    @staticmethod
    def _counts(column: pd.Series) -> dict[str, int]:
        return {str(name): int(count) for name, count in column.value_counts().items()}
