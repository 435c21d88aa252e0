"""Whether a new run may take the place of the one that readers see.

Decided when it is trained, by the paired difference of the two models on the latest months; applied by
`matching.publication` once the run is ranked. Reasons are codes; `matching.quality` words them.
"""

import math
from datetime import date

import numpy as np

from matching import artefacts
from matching.models import ModelRun, Publication
from matching.training import DIRECTIONS

PUBLISH, HOLD = "publish", "hold"


def decide(matcher, quality: dict | None, as_of: date, running: ModelRun | None) -> dict:
    """Return what to do with a freshly trained model, as it is kept in `figures["promotion"]`.

    decision    publish or hold
    why         first, no_history, earlier_date, not_measured (the running one), other_features, artefact, not_worse |
                worse, below_popularity, switched
    against     the id of the run that readers see, None where there is none
    comparison  direction → paired difference of NDCG@10 (mean, low, high, queries), None where there is none
    worse       the directions in which the whole interval lies below zero
    detail      what kept the artefact of the running model from being opened
    """
    comparison, why, detail = _compare(matcher, quality, as_of, running)
    worse = [direction for direction, difference in (comparison or {}).items() if _is_below_zero(difference)]
    held = ""
    if running and _is_below_popularity(quality):
        held = "below_popularity"
    elif worse:
        held = "worse"
    return {
        "decision": HOLD if held else PUBLISH,
        "why": held or why,
        "against": running.pk if running else None,
        "comparison": comparison,
        "worse": worse,
        "detail": detail,
    }


def _compare(matcher, quality, as_of, running) -> tuple[dict | None, str, str]:
    """Return (comparison or None, why it is what it is, details of an artefact that cannot be opened)."""
    if running is None:
        return None, "first", ""
    if quality is None:
        return None, "no_history", ""
    if as_of < running.as_of:
        # The running model has learned from the very deals that this one would be measured on.
        return None, "earlier_date", ""
    try:
        other = artefacts.load(running.artefact, running.artefact_hash).matcher
    except artefacts.ArtefactError as error:
        return None, "artefact", str(error)
    comparison = plain(matcher.compare(other))
    if not comparison:
        return None, "other_features" if running.figures.get("quality") else "not_measured", ""
    if all(difference["high"] is None for difference in comparison.values()):
        return None, "no_history", ""
    return comparison, "not_worse", ""


def _is_below_zero(difference: dict) -> bool:
    return difference["high"] is not None and difference["high"] < 0


def _is_below_popularity(quality: dict | None) -> bool:
    """Whether plain popularity fills the first ten places better in both directions."""
    if quality is None:
        return False
    found = []
    for direction in DIRECTIONS:
        methods = quality["directions"].get(direction, {}).get("methods", {})
        model, popularity = (methods.get(name, {}).get("ndcg_10", {}).get("mean") for name in ("model", "popularity"))
        found.append(model is not None and popularity is not None and model < popularity)
    return all(found)


def standing(run: ModelRun, publication: Publication | None) -> dict:
    """Return the decision on a ranked run as it stands now: what was compared with must still be what readers see."""
    decided = run.figures.get("promotion", {})
    now = publication.run_id if publication else None
    if decided.get("decision") == PUBLISH and now is not None and now != decided["against"]:
        return {**decided, "decision": HOLD, "why": "switched", "seen": now}
    return decided


def plain(value):
    """`value` as JSON keeps it on every database: plain numbers, None for what is not a number."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
