"""The figures of a run in words and rows, for the pages of administrators. `ModelRun.figures` keeps codes and numbers."""

from dataclasses import dataclass

from auditlog.models import LogEntry
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching import inputs
from matching.models import AttentionSettings, ModelRun
from matching.training import DIRECTIONS, TO_INVESTORS, TO_RAISES
from matching.wording import Names, comma
from taxonomy import display

DIRECTION_NAMES = {
    TO_INVESTORS: gettext_lazy("Investors for start-ups"),
    TO_RAISES: gettext_lazy("Start-ups for investors"),
}
METHODS = {
    "model": gettext_lazy("This model, as readers see it"),
    "uncontrolled": gettext_lazy("This model without spreading attention"),
    "popularity": gettext_lazy("The most active of the last 12 months"),
    "category_cosine": gettext_lazy("The same category"),
    "content_cosine": gettext_lazy("The same category, keywords, place and round"),
}
MEASURES = [
    (
        "ndcg_10",
        gettext_lazy("NDCG@10"),
        gettext_lazy(
            "how well the first ten places are filled: 1 if later partners stand at the top, 0 if there is none"
        ),
    ),
    (
        "recall_20",
        gettext_lazy("Recall@20"),
        gettext_lazy("the share of all later partners that stand among the first twenty"),
    ),
    (
        "mrr",
        gettext_lazy("MRR"),
        gettext_lazy(
            "how early the first later partner comes: 1 for the first place, 0.5 for the second, 0.1 for the tenth"
        ),
    ),
    (
        "coverage_10",
        gettext_lazy("Coverage"),
        gettext_lazy("the share of all who could be shown that stand in somebody's first ten"),
    ),
    (
        "gini_10",
        gettext_lazy("Gini"),
        gettext_lazy("how unevenly the places are spread: 0 if all get the same, towards 1 if a few get all"),
    ),
]
DISTRIBUTIONS = {
    "category": gettext_lazy("Category"),
    "region": gettext_lazy("Region"),
    "round": gettext_lazy("Round"),
    "amount": gettext_lazy("Amount"),
}
SIZES = {
    "companies": gettext_lazy("Companies"),
    "investors": gettext_lazy("Investors"),
    "raises": gettext_lazy("Open raises"),
    "deals_12_months": gettext_lazy("Deals of the last 12 months, of every kind"),
}
STEPS = {
    "reading": gettext_lazy("Reading the market"),
    "training": gettext_lazy("Training and measuring"),
    "comparing": gettext_lazy("Comparing with the running model"),
    "saving": gettext_lazy("Saving the model"),
    "ranking": gettext_lazy("Ranking, all workers together"),
}
READINGS = {
    "steady": gettext_lazy("as before"),
    "moved": gettext_lazy("has moved"),
    "drifted": gettext_lazy("is different"),
}
# The chance that is made of both directions' scores.
BOTH = "both"
NAMES_OF_ATTENTION = {
    "max_share": gettext_lazy("Limit"),
    "max_loss": gettext_lazy("Price"),
    "floor": gettext_lazy("Floor"),
}
SHOWN_CHANGES = 5
# Groups beyond these are folded away.
SHOWN = 12


@dataclass(frozen=True)
class MethodRow:
    code: str
    name: str
    # Measure → {"mean", "low", "high"} or a bare number.
    figures: dict
    gain: dict | None


@dataclass(frozen=True)
class Direction:
    code: str
    name: str
    queries: int
    methods: list[MethodRow]
    exposure: dict
    # By how much the spreading of attention changes NDCG@10, None where that was not measured.
    spreading: float | None


@dataclass(frozen=True)
class Group:
    """Exposure of the open raises of one region or category."""

    name: str
    raises: int
    shown: float
    is_low: bool
    percent: int


@dataclass(frozen=True)
class Groups:
    """`average`: appearances per open raise, of all groups together."""

    groups: list[Group]
    average: float

    @property
    def first(self) -> list[Group]:
        return self.groups[:SHOWN]

    @property
    def rest(self) -> list[Group]:
        return self.groups[SHOWN:]

    @property
    def low(self) -> int:
        return sum(group.is_low for group in self.groups)


def directions(run: ModelRun) -> list[Direction]:
    """The two directions of a run that was measured, with every method; empty where nothing could be measured."""
    quality = run.figures.get("quality") or {}
    found = []
    for code in DIRECTIONS:
        figures = quality.get("directions", {}).get(code)
        if not figures:
            continue
        gains = figures.get("gain", {})
        methods = figures.get("methods", {})
        order = [name for name in METHODS if name in methods]
        found.append(
            Direction(
                code=code,
                name=str(DIRECTION_NAMES[code]),
                queries=figures.get("queries", 0),
                methods=[MethodRow(name, str(METHODS[name]), methods[name], gains.get(name)) for name in order],
                exposure=figures.get("exposure", {}),
                spreading=(gains.get("uncontrolled") or {}).get("mean"),
            )
        )
    return found


def model_figures(run: ModelRun) -> list[dict]:
    """Per direction the NDCG@10 of the model and its gain over the nearest plain method: what a list of runs shows."""
    found = []
    for direction in directions(run):
        model = next((row for row in direction.methods if row.code == "model"), None)
        gains = [row.gain for row in direction.methods if row.code not in ("model", "uncontrolled") and row.gain]
        gains = [gain for gain in gains if gain["mean"] is not None]
        if model:
            found.append(
                {
                    "name": direction.name,
                    "ndcg": model.figures["ndcg_10"],
                    "gain": min(gains, key=lambda gain: gain["mean"], default=None),
                }
            )
    return found


def groups(run: ModelRun, key: str) -> Groups | None:
    """Exposure by `by_region` or `by_category`, the largest groups first; None where it was not measured."""
    quality = run.figures.get("quality") or {}
    rows = quality.get("directions", {}).get(TO_RAISES, {}).get(key)
    rows = [row for row in rows or [] if row["raises"] and row["shown"] is not None]
    if not rows:
        return None
    average = sum(row["shown"] * row["raises"] for row in rows) / sum(row["raises"] for row in rows)
    highest = max(row["shown"] for row in rows)
    names = Names([])
    name = names.place if key == "by_region" else names.category
    return Groups(
        [
            Group(
                name=name(row["code"]) if row["code"] else _("not stated"),
                raises=row["raises"],
                shown=row["shown"],
                is_low=row["shown"] < average / 2,
                percent=round(100 * row["shown"] / highest) if highest else 0,
            )
            for row in sorted(rows, key=lambda row: (-row["raises"], row["code"]))
        ],
        average,
    )


def calibration(run: ModelRun) -> list[dict]:
    """Per direction, and for both scores together, a name, bins and the two errors; empty where nothing was measured."""
    measured = run.figures.get("quality") or {}
    found = {**(measured.get("calibration") or {}), BOTH: measured.get(BOTH) or {}}
    names = {**DIRECTION_NAMES, BOTH: _("Both sides say yes")}
    return [
        {"code": code, "name": str(name), **found[code]}
        for code, name in names.items()
        if found.get(code, {}).get("bins")
    ]


def sizes(before: ModelRun | None, run: ModelRun) -> list[dict]:
    """What the model was fed, and by how much that differs from what another run was fed."""
    now = run.figures.get("inputs")
    if not now:
        return []
    then = (before.figures.get("inputs") if before else None) or {}
    rows = [
        {
            "name": name,
            "now": display.count(now["sizes"][key]),
            "change": inputs.change(then.get("sizes", {}).get(key), now["sizes"][key]),
        }
        for key, name in SIZES.items()
    ]
    median, earlier = now["median_amount"], then.get("median_amount")
    rows.append(
        {
            "name": _("Median amount of the open raises"),
            "now": display.DASH if median is None else display.money(float(f"{median:.2g}"), "CNY"),
            "change": inputs.change(earlier, median),
        }
    )
    return rows


def known(run: ModelRun) -> list[dict]:
    """The share of open raises that state a category, a region, a round and an amount."""
    shares = (run.figures.get("inputs") or {}).get("known", {})
    return [{"name": name, "share": shares.get(key)} for key, name in DISTRIBUTIONS.items() if shares]


def drift(before: ModelRun | None, run: ModelRun) -> list[dict]:
    """A row per distribution, of raises and of a year's deals; empty where one of the runs did not keep its inputs."""
    then, now = (before.figures.get("inputs") if before else None), run.figures.get("inputs")
    if not then or not now:
        return []
    found = inputs.drift(then, now)
    return [
        {"name": name, **{f"{frame}": _read(found[frame][key]) for frame in ("raises", "deals")}}
        for key, name in DISTRIBUTIONS.items()
    ]


def _read(index: dict | None) -> dict | None:
    return index and {**index, "words": READINGS[index["reading"]]}


def cost(run: ModelRun) -> list[tuple[str, float]]:
    """Seconds of each step."""
    seconds = run.figures.get("cost", {}).get("seconds", {})
    return [(str(name), seconds[step]) for step, name in STEPS.items() if step in seconds]


def why(run: ModelRun) -> str:
    """One sentence on what was decided about a run and why; empty where nothing was decided yet."""
    decided = run.figures.get("promotion") or {}
    values = {
        "other": decided.get("against"),
        "directions": comma(str(DIRECTION_NAMES[code]) for code in decided.get("worse", [])),
        "seen": decided.get("seen"),
    }
    sentences = {
        "first": _("No run was shown before: the first one is shown as it is."),
        "no_history": _(
            "There are too few earlier deals to measure a model on, so it could not be compared with run #%(other)s."
        ),
        "earlier_date": _(
            "It looks at an earlier day than run #%(other)s, which has learned from what came after that day: "
            "the two cannot be compared."
        ),
        "not_measured": _("Run #%(other)s was never measured, so there was nothing to compare with."),
        "other_features": _(
            "It weighs other features than run #%(other)s: the two cannot be compared on the same months."
        ),
        "artefact": _("The model of run #%(other)s can no longer be opened, so there was nothing to compare with."),
        "not_worse": _("On the latest months it is not worse than run #%(other)s, in either direction."),
        "worse": _("On the latest months it is worse than run #%(other)s: %(directions)s."),
        "below_popularity": _("In both directions a plain list of the most active does better."),
        "switched": _(
            "It was compared with run #%(other)s, but readers were led to run #%(seen)s while it was being made."
        ),
    }
    return sentences.get(decided.get("why"), "") % values


def comparison(run: ModelRun) -> list[dict]:
    """Per direction the paired difference of NDCG@10 to the run that readers saw; empty where there is none."""
    decided = run.figures.get("promotion") or {}
    found = decided.get("comparison") or {}
    return [
        {"name": str(DIRECTION_NAMES[code]), "is_worse": code in decided["worse"], **found[code]}
        for code in DIRECTIONS
        if code in found
    ]


def attention(parameters: dict) -> str:
    """What `AttentionSettings.parameters` mean, in words."""
    values = {name: _percent(value) for name, value in parameters.items() if value is not None}
    if parameters["max_share"] is None:
        limit = _("No limit on how often one institution is shown.")
    elif parameters["max_loss"] is None:
        limit = _("One institution in at most %(max_share)s of start-ups' first tens, whatever it costs.") % values
    else:
        limit = (
            _(
                "One institution in at most %(max_share)s of start-ups' first tens, as far as that costs no more than "
                "%(max_loss)s of NDCG@10."
            )
            % values
        )
    if parameters["floor"] is None:
        return limit
    floor = _("Each region and category gets at least %(floor)s of the average attention.") % values
    return display.sentences(limit, floor)


def attention_history() -> list[tuple[LogEntry, str]]:
    """The latest changes of how attention is spread, newest first: the entry of the audit record, and its fields in words."""
    entries = LogEntry.objects.get_for_model(AttentionSettings).filter(action=LogEntry.Action.UPDATE)
    return [
        (
            entry,
            comma(
                f"{words} {_value(entry.changes[name][0])} → {_value(entry.changes[name][1])}"
                for name, words in NAMES_OF_ATTENTION.items()
                if name in entry.changes
            ),
        )
        for entry in entries.select_related("actor").order_by("-timestamp", "-pk")[:SHOWN_CHANGES]
    ]


def _value(kept: str) -> str:
    """A percentage as the audit record keeps it."""
    return _("none") if kept == "None" else _percent(float(kept) / 100)


def _percent(value: float) -> str:
    return f"{100 * value:g}%"


def fallback(run: ModelRun) -> str:
    """Say in which directions nothing could be learned, and what the order follows there; empty where all is learned."""
    directions = [code for code in DIRECTIONS if run.figures.get("fallback", {}).get(code)]
    if not directions:
        return ""
    return _(
        "Too few deals were recorded to learn from (%(directions)s). There the order follows popularity (who invests "
        "most) and how well category, round, place and thesis agree, with fixed weights."
    ) % {"directions": comma(str(DIRECTION_NAMES[code]) for code in directions)}


def nothing_measured(run: ModelRun) -> str:
    """Why a run has no figures of quality."""
    if run.is_unfinished and not run.ranked_at:
        return _("The figures appear once the model is trained.")
    if run.status == ModelRun.Status.FAILED and "quality" not in run.figures:
        return _("The run ended before its model could be measured.")
    if "quality" not in run.figures:
        return _("This run was made by an earlier release, which did not measure its models.")
    return _("Measuring needs deals of several earlier half-years, and too few are recorded.")
