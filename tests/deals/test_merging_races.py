"""Many at the same moment: two records become one once, and no record is lost. On SQLite in a file and on PostgreSQL."""

from functools import partial

import pytest

from deals import actions, duplicates, merging, review
from deals.models import Deal, KeptApart, Merge, Participation
from tests.conftest import stands

Status = Deal.Status


def act(function, user, *pks):
    """`function(user, *deals)` on the deals as they stood before the start."""

    def run(start):
        deals = [Deal.objects.get(pk=pk) for pk in pks]
        start()
        return function(user, *deals)

    return run


@pytest.fixture
def record(record):
    """What is recorded here counts; what does not yet is the matter of `test_established`."""
    return lambda *args, **fields: stands(record(*args, **fields))


@pytest.fixture
def pair(cast, record):
    return record(), record(cast.investor)


def test_administrators_merge_one_pair_once(at_once, cast, pair):
    one, two = (deal.pk for deal in pair)
    merge = partial(act, merging.merge, cast.administrator)
    results = at_once(*[merge(one, two), merge(two, one)] * 6)
    (merger,) = [result for result in results if isinstance(result, Merge)]
    assert {type(result) for result in results} == {Merge, actions.TooLate}
    assert [deal.pk for deal in Deal.objects.standing()] == [merger.kept_id]
    assert Merge.objects.count() == 1


def test_a_merger_is_undone_once(at_once, cast, pair):
    merger = merging.merge(cast.administrator, *pair)

    def undo(start):
        row = Merge.objects.get(pk=merger.pk)
        start()
        return merging.undo(cast.administrator, row)

    results = at_once(*[undo] * 6)
    assert sorted(type(result).__name__ for result in results) == ["Merge"] + ["TooLate"] * 5
    assert Deal.objects.standing().count() == 2


@pytest.mark.parametrize("which", [0, 1])
def test_a_merger_and_a_review(at_once, cast, pair, which):
    """Whoever comes second finds what the first has made of it: a verified deal is not lost, nor a merged one verified."""
    one, two = pair
    verified = pair[which]
    merge = act(merging.merge, cast.administrator, one.pk, two.pk)
    merged, reviewed = at_once(merge, act(review.verify, cast.administrator, verified.pk))
    assert isinstance(merged, Merge)
    for deal in pair:
        deal.refresh_from_db()
    assert two.status == Status.MERGED and two.merged_into == one
    if isinstance(reviewed, Deal):
        assert one.status == Status.VERIFIED
    else:
        assert isinstance(reviewed, actions.TooLate) and (which, one.status) == (1, Status.REPORTED)


@pytest.mark.parametrize("other", [partial(review.reject, reason="wrong"), None])
def test_a_merger_and_what_excludes_it(at_once, cast, pair, other):
    """One of the two happens: a rejection or a pair kept apart is not overruled."""
    one, two = pair
    merge = act(merging.merge, cast.administrator, one.pk, two.pk)
    rival = (
        act(lambda user, deal: other(user, deal), cast.administrator, two.pk)
        if other
        else act(merging.keep_apart, cast.administrator, one.pk, two.pk)
    )
    results = at_once(merge, rival)
    refused = [result for result in results if isinstance(result, actions.ActionError)]
    assert len(refused) == 1 and refused[0].code in ("too_late", "kept_apart")
    two.refresh_from_db()
    happened = Merge.objects.count() + KeptApart.objects.count() + (two.status == Status.REJECTED)
    assert happened == 1


def test_what_two_record_at_one_moment_is_flagged(at_once, cast, record):
    """Without an introduction between them nothing says that it is one deal: both records stand, as a pair."""

    def enter(user, start):
        start()
        return record(user)

    results = at_once(partial(enter, cast.founder), partial(enter, cast.investor))
    assert [type(result) for result in results] == [Deal, Deal]
    (pair,) = duplicates.suspected()
    assert {pair.first, pair.second} == {result.pk for result in results}
    assert pair.strength == "very_likely"
    merging.merge(cast.administrator, *results)
    assert Deal.objects.standing().get().is_confirmed_by_both
    assert Participation.objects.filter(deal__in=Deal.objects.standing()).count() == 1
