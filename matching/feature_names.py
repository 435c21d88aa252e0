"""The features of a pair by name: which there are, in which order, and the factor each belongs to."""

from matching import profiles as p
from matching.answers import ANSWER_FEATURES
from matching.theses import THESIS_FEATURES

# What the deals of an investor's co-investors tell of its own taste.
FRIENDS = ("region", "city", "category", "round", "amount")
INVESTOR_FEATURES = (
    "deals_6m",
    "deals_18m",
    "deals_60m",
    "entries_12m",
    "same_season",
    "idle",
    "companies",
    "tenure",
    "follow_on_share",
    "pace",
    "forecast",
)
# Near in one sense and near in another is no nearer than once: what two features of place are together.
TOGETHER = (("lr_country", "lr_region"), ("lr_country", "friends_region"))
NEAR_TWICE = tuple("_and_".join(pair) for pair in TOGETHER)
APPEAL = ("round", "region", "category", "amount", "age", "nth", "syndicate")
SURE = ("country", "region", "category", "round", "amount")
RAISE_FEATURES = (
    "raise_amount",
    "raise_amount_known",
    "raise_nth",
    "raise_syndicate",
    "raise_since_last",
    "raise_is_first",
    "raise_age",
    "raise_keywords",
    *(f"appeal_{name}" for name in APPEAL),
)
PAIR_FEATURES = (
    *(f"lr_{a.name}" for a in p.ATTRIBUTES),
    "co_investors_sum",
    "like",
    "like_recent",
    *(f"sure_{name}" for name in SURE),
    "ease",
    "ease_popular",
    *(f"friends_{name}" for name in FRIENDS),
    *NEAR_TWICE,
    "text_portfolio",
    "text_profile",
    *THESIS_FEATURES,
    *ANSWER_FEATURES,  # the last: a block of a market without answers leaves them out
)
FEATURES = (*PAIR_FEATURES, *INVESTOR_FEATURES, *RAISE_FEATURES)

FACTOR_OF = {
    **{f"lr_{a.name}": a.factor for a in p.ATTRIBUTES},
    "co_investors_sum": p.PORTFOLIO,
    "like": p.PORTFOLIO,
    "like_recent": p.PORTFOLIO,
    **{f"sure_{a.name}": a.factor for a in p.ATTRIBUTES if a.name in SURE},
    "ease": p.PORTFOLIO,
    "ease_popular": p.PORTFOLIO,
    **{f"friends_{name}": p.PORTFOLIO for name in FRIENDS},
    **dict.fromkeys(NEAR_TWICE, p.PLACE),
    "text_portfolio": p.TEXT,
    "text_profile": p.TEXT,
    **dict.fromkeys(THESIS_FEATURES, p.THESIS),
    **dict.fromkeys(ANSWER_FEATURES, p.ANSWERS),
    **dict.fromkeys(INVESTOR_FEATURES, p.ACTIVITY),
    **dict.fromkeys(RAISE_FEATURES, p.ACTIVITY),
}
