"""What place and time say of a pair reaches whoever asks it."""

from __future__ import annotations

from spotid.project.candidates import Candidates
from spotid.review.lists import read_lists
from tests.conftest import Stock


def test_offers_know_what_place_and_time_say_or_that_they_say_nothing(stock: Stock) -> None:
    candidates = Candidates(stock.project.layout)
    candidates.keep_order([(0.9, -2.5, 0.125, stock.ids[0], stock.ids[3])])
    candidates.close()
    offers = {offer.comparison: offer for offer in read_lists(stock.project, stock.uids, 5)[stock.uids[0]]}
    told, silent = offers[stock.uids[3]], offers[stock.uids[1]]
    assert (told.score, told.located, told.feasible) == (0.9, -2.5, 0.125)
    assert (silent.located, silent.feasible) == (None, None)
    assert told.pair(stock.uids[0]) == (stock.uids[0], stock.uids[3])
