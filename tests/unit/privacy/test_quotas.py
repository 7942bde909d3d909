from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from virtaama.privacy.quotas import Let, Quota, Standing

MINUTE = Quota(name="a minute", most=3, seconds=60)


def tried(quota: Quota, moments: list[float]) -> list[float]:
    """The moments at which somebody who tries at all of these is let through."""
    standing, through = Standing.of(quota, {}, 0.0), []
    for moment in moments:
        let = Let.through((Standing.of(quota, standing.counts, moment),))
        (standing,) = let.standings
        if let.held_back is None:
            through.append(moment)
    return through


@given(
    st.integers(1, 20),
    st.sampled_from([1, 7, 60, 3_600, 86_400]),
    st.lists(st.floats(0, 1), min_size=1, max_size=200),
    st.floats(0.5, 6),
)
def test_in_no_span_of_its_length_more_than_the_quota_is_let_through(
    most: int, seconds: int, places: list[float], spans: float
) -> None:
    quota = Quota(name="any", most=most, seconds=seconds)
    moments = sorted(1_800_000_000 + place * spans * seconds for place in places)
    through = tried(quota, moments)
    for moment in through:
        assert sum(1 for each in through if moment - seconds < each <= moment) <= most
    # And nobody is held back for longer than a span and a piece of it after there is room.
    for moment in set(moments) - set(through):
        assert sum(1 for each in through if moment - seconds - quota.piece <= each <= moment) >= most


def test_who_waits_as_long_as_is_said_is_let_through_and_not_a_second_before() -> None:
    moments = [0.0, 10.5, 20.9]
    standing = Standing.of(MINUTE, {0: 1, 10: 1, 20: 1}, 21.0)
    assert (standing.left, standing.more_in) == (0, 40)
    assert tried(MINUTE, [*moments, 60.0]) == moments
    assert tried(MINUTE, [*moments, 61.0]) == [*moments, 61.0]


def test_with_room_left_it_is_said_when_there_is_more() -> None:
    standing = Standing.of(MINUTE, {10: 2}, 15.0)
    assert (standing.left, standing.more_in) == (1, 56)
    assert Standing.of(MINUTE, {}, 15.0).more_in == 0


def test_a_quota_that_was_lowered_waits_until_there_is_room_under_it() -> None:
    standing = Standing.of(MINUTE, {1: 4, 30: 2}, 31.0)
    assert standing.left == 0
    assert standing.more_in == 31  # at 62 four of the six are over
    assert Standing.of(Quota(name="less", most=2, seconds=60), standing.counts, 31.0).more_in == 60


def test_of_several_quotas_all_count_or_none() -> None:
    hour = Quota(name="an hour", most=5, seconds=3_600)
    full = Let.through((Standing.of(MINUTE, {}, 0.0), Standing.of(hour, {0: 5}, 0.0)))
    assert full.held_back is not None
    assert full.held_back.quota is hour
    assert full.standings[0].counts == {}
    both = Let.through((Standing.of(MINUTE, {}, 0.0), Standing.of(hour, {}, 0.0)))
    assert both.held_back is None
    assert [standing.counts for standing in both.standings] == [{0: 1}, {0: 1}]


def test_a_clock_that_was_put_back_lets_nobody_through_twice() -> None:
    assert tried(MINUTE, [100.0, 100.5, 101.0, 40.0, 41.0]) == [100.0, 100.5, 101.0]
