"""Ways through the work: complete, in their order, without circles; second looks and blind opinions."""

from __future__ import annotations

import itertools
import uuid

import pytest
from review_helpers import asked_until_done, new_uid, say

from spotid.errors import BadRequestError, NothingToUndoError
from spotid.project import ledger
from spotid.project.candidates import Candidates
from spotid.review import filters
from spotid.review.desk import Desk
from spotid.review.filters import Filters
from spotid.review.question import Asked
from spotid.review.ways import useful
from spotid.review.ways.blind import LATER, SHARE, drawn
from spotid.review.ways.together import Together, log_odds
from spotid.review.ways.useful import MostUseful, settled
from spotid.words import Verdict

CERTAIN, USEFUL, SECOND, BLIND = (Asked(name) for name in ("certain", "useful", "second", "blind"))


def drawn_uid() -> str:
    """The number of an answer that is drawn for a second opinion."""
    return next(uid for uid in map(str, (uuid.uuid4() for _ in itertools.count())) if drawn(uid) < SHARE)


@pytest.mark.parametrize("way", ["anchor", "certain", "useful"])
def test_every_complete_way_ends_with_the_same_animals(stock, way: str) -> None:
    desk = Desk(stock.project, 5)
    truth = dict(zip(stock.uids, [1, 2, 1, 2, 1, 3], strict=True))
    shown = asked_until_done(desk, truth, Asked(way))
    assert len({frozenset(pair) for pair in shown}) == len(shown) and desk.queue.total.left == 0
    groups = {frozenset(desk.identities.group(uid)) for uid in stock.uids}
    assert {frozenset(truth[one] for one in group) for group in groups} == {frozenset([n]) for n in (1, 2, 3)}
    assert len(groups) == 3


def test_most_certain_first_goes_by_likeness_whatever_the_anchor(stock) -> None:
    stock.list_all(lambda a, b: (7 * (a + b) % 11) / 11)
    desk = Desk(stock.project, 5)
    scores = []
    question = desk.question(None, CERTAIN)
    while question.state == "pair":
        scores.append(question.offer.score)
        question = desk.answer(new_uid(), "different", *question.shown, asked=CERTAIN)[2]
    assert scores == sorted(scores, reverse=True) and len(scores) == 15


def test_most_useful_first_joins_large_groups_before_strangers(stock) -> None:
    stock.list_all(lambda a, b: {frozenset((0, 3)): 0.95, frozenset((4, 5)): 0.97}.get(frozenset((a, b)), 0.5))
    desk = Desk(stock.project, 5)
    assert desk.question(None, USEFUL).shown == (stock.uids[4], stock.uids[5])
    say(desk, "same", stock.uids[0], stock.uids[1])
    say(desk, "same", stock.uids[2], stock.uids[3])
    assert desk.question(None, CERTAIN).shown == (stock.uids[4], stock.uids[5])
    question = desk.question(None, USEFUL)
    assert set(question.shown) == {stock.uids[0], stock.uids[3]}, "four pairs that are likely are more than one"


def test_questions_about_an_animal_rise_when_it_grows_elsewhere(stock, monkeypatch) -> None:
    monkeypatch.setattr(useful, "LIKELY", 0.1)
    stock.list_all(lambda a, b: {frozenset((0, 5)): 0.2, frozenset((4, 5)): 0.5}.get(frozenset((a, b)), 0.02))
    desk = Desk(stock.project, 5)
    say(desk, "same", stock.uids[0], stock.uids[1])
    say(desk, "same", stock.uids[1], stock.uids[2])
    assert desk.question(None, USEFUL).shown == (stock.uids[4], stock.uids[5])
    say(desk, "same", stock.uids[2], stock.uids[3])
    assert desk.question(None, USEFUL).shown == (stock.uids[0], stock.uids[5])


def test_sizes_count_only_for_likely_matches(stock) -> None:
    """Else hundreds of unlikely questions about the best known animals come before likely ones about others."""
    stock.list_all(lambda a, b: {frozenset((0, 5)): 0.3, frozenset((4, 5)): 0.5}.get(frozenset((a, b)), 0.02))
    desk = Desk(stock.project, 5)
    for one in range(3):
        say(desk, "same", stock.uids[one], stock.uids[one + 1])
    assert desk.question(None, USEFUL).shown == (stock.uids[4], stock.uids[5])
    assert settled(0.9, 4, 5) == 1 + 0.9 * 4 * 5 and settled(0.5, 4, 5) == 0.5


def test_of_equally_alike_pairs_that_comes_first_whose_animals_are_alike_all_over(stock) -> None:
    alike = {(0, 2): 0.6, (1, 2): 0.1, (3, 5): 0.6, (4, 5): 0.55, (0, 1): 0.9, (3, 4): 0.9}
    stock.list_all(lambda a, b: alike.get((min(a, b), max(a, b)), 0.02))
    desk = Desk(stock.project, 5)
    assert set(desk.question(None, USEFUL).shown) <= {*stock.uids[:2], *stock.uids[3:5]}
    say(desk, "same", stock.uids[0], stock.uids[1], asked=USEFUL)
    say(desk, "same", stock.uids[3], stock.uids[4], asked=USEFUL)
    assert set(desk.question(None, USEFUL).shown) == {stock.uids[3], stock.uids[5]}, "0.55 beside 0.6, not 0.1"
    assert set(desk.question(None, CERTAIN).shown) == {stock.uids[0], stock.uids[2]}


def test_pairs_that_nobody_listed_count_as_the_last_of_a_list(stock) -> None:
    candidates = Candidates(stock.project.layout)
    candidates.begin("nearest only")
    nearest = {0: (1, 3), 1: (0, 4), 2: (5, 4), 3: (4, 0), 4: (3, 1), 5: (2, 3)}
    lists = [[(stock.ids[b], 0.5, s, False) for b, s in zip(two, (0.4, 0.3), strict=True)] for two in nearest.values()]
    candidates.keep_lists(zip(stock.ids, lists, strict=True))
    for one in stock.ids:
        candidates.keep_checked("test", one, [], [])
    candidates.close()
    desk = Desk(stock.project, 5)
    together = Together(desk)
    assert together(stock.uids[2], stock.uids[3]) is None, "both stand alone"
    say(desk, "same", stock.uids[0], stock.uids[1])
    best, mean = together(stock.uids[0], stock.uids[2])
    assert best == mean == pytest.approx(log_odds(0.3), abs=0.1)
    assert together(stock.uids[2], stock.uids[1]) == (best, mean), "the same from either side"


def test_what_is_kept_of_two_animals_is_what_would_be_worked_out_anew(stock) -> None:
    stock.list_all(lambda a, b: (7 * (a + b) % 11) / 11)
    desk = Desk(stock.project, 5)
    desk.question(None, USEFUL)
    for a, b, kind in ((0, 1, "same"), (2, 3, "same"), (0, 4, "different"), (1, 2, "same")):
        say(desk, kind, stock.uids[a], stock.uids[b], asked=USEFUL)
        kept, fresh = desk.ways.find("useful")._together, Together(desk)
        assert all(kept(x, y) == fresh(x, y) for x, y in itertools.combinations(stock.uids, 2))


def test_the_order_of_useful_questions_can_be_exchanged(stock, monkeypatch) -> None:
    stock.list_all(lambda a, b: (a + b) / 20)
    monkeypatch.setattr(MostUseful, "by", staticmethod(lambda desk, anchor, offer: -offer.score))
    assert Desk(stock.project, 5).question(None, USEFUL).offer.score == 1 / 20


@pytest.mark.parametrize("way", ["certain", "useful"])
def test_what_is_left_for_later_returns_after_all_others(stock, way: str) -> None:
    desk, asked = Desk(stock.project, 5), Asked(way)
    first = desk.question(None, asked)
    assert desk.question(None, asked) == first, "asking changes nothing"
    seen = [frozenset(first.shown)]
    question = desk.move(first.shown[0], 1, asked, first.shown[1])
    while frozenset(question.shown) not in seen:
        seen.append(frozenset(question.shown))
        question = desk.move(None, 1, asked)
    assert question == first and len(seen) == 15
    assert desk.ways.find(way).left(asked) == 15


def test_hard_pairs_return_on_every_way_when_all_else_is_answered(stock) -> None:
    desk = Desk(stock.project, 5)
    hard = desk.question(None, CERTAIN).shown
    say(desk, "cannot_tell", *hard, asked=CERTAIN)
    for a, b in itertools.combinations(stock.uids, 2):
        if {a, b} != set(hard):
            say(desk, "different", a, b)
    assert set(desk.question(None, CERTAIN).shown) == set(hard)
    say(desk, "cannot_tell", *hard, asked=CERTAIN)
    assert desk.question(None, CERTAIN).state == "all_done"


def test_filters_choose_anchors_and_elsewhere_one_of_both_pictures(stock) -> None:
    desk = Desk(stock.project, 5)
    north, south = stock.uids[:3], stock.uids[3:]
    asked = Asked("anchor", Filters(station="South"))
    assert desk.ways.find("anchor").left(asked) == 12, "all pairs but the three within North"
    question = desk.question(None, asked)
    assert question.anchor == south[0]
    for _ in range(12):
        assert question.anchor in south
        question = desk.answer(new_uid(), "different", *question.shown, asked=asked)[2]
    assert question.state == "all_done" and desk.ways.find("anchor").left(asked) == 0
    rest = Asked("certain", Filters(station="North"))
    assert desk.ways.find("certain").left(rest) == desk.queue.total.left == 3
    assert set(desk.question(None, rest).shown) <= set(north)
    assert desk.question(None, Asked("certain", Filters(station="South"))).state == "all_done"


def test_days_sides_and_quality_filter(stock) -> None:
    with stock.project.store.write() as connection:
        connection.execute("UPDATE sighting SET quality = 0.1 * id")
    desk = Desk(stock.project, 5)
    desk.say_flank(new_uid(), stock.uids[1], "left", stock.uids[1])

    def passing(**said: object) -> list[int]:
        passes = filters.read({name.rstrip("_"): value for name, value in said.items()}).passes(desk.seen, desk.sides)
        return [place for place, uid in enumerate(stock.uids) if passes(uid)]

    assert passing(from_="2026-03-03", to="2026-03-05") == [2, 3, 4]
    assert passing(flank="left") == [1] and passing(flank="unknown") == [0, 2, 3, 4, 5]
    assert passing(quality="0.35") == [3, 4, 5] and passing(quality=0) == list(range(6))
    assert passing(species="Panthera pardus") == []
    told = filters.choices(desk.seen, desk.sides)
    assert told["stations"] == [{"name": "North", "count": 3}, {"name": "South", "count": 3}]
    assert (told["first"], told["last"]) == ("2026-03-01", "2026-03-06")


@pytest.mark.parametrize(
    "said",
    [{"from": "31.3.2026"}, {"to": "2026-02-30"}, {"quality": "good"}, {"quality": 2}, {"quality": "nan"}]
    + [{"flank": "top"}, {"station": ["North"]}, {"species": "x" * 300}, {"from": "2026-04-02", "to": "2026-04-01"}],
)
def test_what_can_not_be_a_filter_is_refused_with_a_sentence(said: dict[str, object]) -> None:
    with pytest.raises(BadRequestError) as refused:
        filters.read(said)
    assert refused.value.sentence and refused.value.advice


# --- second looks ----------------------------------------------------------------------------------------------------


def mistaken(stock) -> Desk:
    """Sightings 0 and 1 were joined, and 2 was called new, and 2 and 0 called different although they are one."""
    desk = Desk(stock.project, 2)
    say(desk, "same", stock.uids[0], stock.uids[1])
    say(desk, "different", stock.uids[0], stock.uids[2], reviewer="KR")
    say(desk, "new", stock.uids[2])
    return desk


def test_animals_seen_once_are_compared_again_and_deeper(stock) -> None:
    desk = mistaken(stock)
    offered = {offer.comparison for offer in desk.queue.offers[stock.uids[2]]}
    assert len(offered) == 2
    desk.question(None, SECOND)
    near = desk.ways.find("second")._nearest(stock.uids[2])
    assert len(near) == 5 and near.keys() > offered
    looked = set()
    question = desk.question(None, SECOND)
    assert stock.uids[2] in question.shown, "only this individual was seen once"
    while question.state == "pair":
        assert frozenset(question.shown) not in looked, "in circles"
        looked.add(frozenset(question.shown))
        question = desk.answer(new_uid(), "different", *question.shown, asked=SECOND)[2]
    assert frozenset((stock.uids[0], stock.uids[2])) in looked, "what was called different is shown once more"
    assert desk.ways.find("second").left(SECOND) == 0


def test_same_on_a_second_look_takes_back_what_the_same_person_said(stock) -> None:
    desk = mistaken(stock)
    event = say(desk, "same", stock.uids[2], stock.uids[0], asked=SECOND, reviewer="KR")
    assert desk.identities.group(stock.uids[0]) == set(stock.uids[:3]) and desk.identities.conflicts() == []
    rows = ledger.events(stock.project.store)
    assert [row.kind for row in rows[-2:]] == [Verdict.UNDO, Verdict.SAME] and rows[-2].target == rows[1].uid
    assert desk.answer(event.uid, "same", stock.uids[2], stock.uids[0], asked=SECOND)[1], "a double click is one answer"
    assert len(ledger.events(stock.project.store)) == len(rows)


def test_what_somebody_else_said_stays_and_is_a_conflict(stock) -> None:
    desk = mistaken(stock)
    say(desk, "same", stock.uids[2], stock.uids[0], asked=SECOND, reviewer="AB")
    assert [(one.a, one.b) for one in desk.identities.conflicts()] == [tuple(sorted((stock.uids[0], stock.uids[2])))]


def test_a_look_that_was_taken_back_comes_again(stock) -> None:
    desk = mistaken(stock)
    pair = {stock.uids[0], stock.uids[2]}
    assert any(set(shown) == pair for shown in seen_on_second_looks(desk))
    say(desk, "different", *sorted(pair), asked=SECOND)
    assert all(set(shown) != pair for shown in seen_on_second_looks(desk))
    desk.undo(new_uid(), asked=SECOND)
    assert any(set(shown) == pair for shown in seen_on_second_looks(desk))


def test_two_sides_are_not_looked_at_again(stock) -> None:
    desk = mistaken(stock)
    first, third = stock.uids[0], stock.uids[2]
    assert any(set(shown) == {first, third} for shown in seen_on_second_looks(desk))
    desk.say_flank(new_uid(), first, "left", first)
    desk.say_flank(new_uid(), third, "right", third)
    assert all(set(shown) != {first, third} for shown in seen_on_second_looks(desk)), "nothing can be seen there"


def seen_on_second_looks(desk: Desk) -> list[tuple[str | None, str | None]]:
    """All second looks there are, by leaving each for later."""
    shown = []
    question = desk.question(None, SECOND)
    while question.state == "pair" and question.shown not in shown:
        shown.append(question.shown)
        question = desk.move(question.shown[0], 1, SECOND, question.shown[1])
    return shown


# --- blind opinions --------------------------------------------------------------------------------------------------


def test_one_answer_in_twenty_is_drawn_wherever_it_is_asked() -> None:
    uids = [str(uuid.UUID(int=number)) for number in range(20_000)]
    assert abs(sum(drawn(uid) < SHARE for uid in uids) / len(uids) - SHARE) < 0.006
    assert drawn("00000000-0000-0000-0000-000000000001") == pytest.approx(0.998395, abs=1e-6)


def test_a_second_opinion_is_blind_kept_apart_and_asked_once(stock) -> None:
    desk = Desk(stock.project, 5)
    a, b = sorted(stock.uids[:2])
    uid = drawn_uid()
    desk.answer(uid, "same", a, b, reviewer="KR")
    assert desk.question(None, Asked("blind", reviewer="KR")).state == "all_done", "KR would remember it"
    other = Asked("blind", reviewer="AB")
    question = desk.question(None, other)
    assert question.blind and question.shown == (a, b) and question.rank is None
    before = desk.identities.individuals()
    with pytest.raises(BadRequestError, match="about a pair"):
        desk.answer(new_uid(), "new", a, asked=other, reviewer="AB")
    event, _, following = desk.answer(new_uid(), "different", a, b, asked=other, reviewer="AB")
    assert (event.kind, event.more) == (Verdict.SECOND, {"said": "different"})
    assert desk.identities.individuals() == before and desk.identities.conflicts() == []
    assert following.state == "all_done"
    desk.undo(new_uid(), asked=other)
    assert desk.question(None, other).shown == (a, b)
    desk.undo(new_uid(), target=uid, asked=other)
    assert desk.question(None, other).state == "all_done", "the answer itself was taken back"


def test_own_answers_wait_until_they_are_forgotten(stock) -> None:
    desk, asked = Desk(stock.project, 5), Asked("blind", reviewer="KR")
    desk.answer(drawn_uid(), "same", *stock.uids[:2], reviewer="KR")
    for number in range(LATER):
        assert desk.question(None, asked).state == "all_done", number
        uid = next(uid for uid in iter(new_uid, None) if drawn(uid) >= SHARE)
        desk.answer(uid, "cannot_tell", stock.uids[2], stock.uids[3], reviewer="KR")
    assert set(desk.question(None, asked).shown) == set(stock.uids[:2])


def test_any_standing_answer_can_be_named_to_be_taken_back(stock) -> None:
    desk = Desk(stock.project, 5)
    first = say(desk, "same", *stock.uids[:2])
    say(desk, "different", *stock.uids[2:4])
    uid = new_uid()
    assert desk.undo(uid, target=first.uid)[1].uid == first.uid
    assert desk.undo(uid, target=first.uid)[1].uid == first.uid, "sent twice"
    with pytest.raises(BadRequestError):
        desk.undo(uid, target="another")
    for target in (first.uid, "never given"):
        with pytest.raises(NothingToUndoError):
            desk.undo(new_uid(), target=target)
    assert desk.identities.individuals() == {}


def test_there_is_no_other_way(stock) -> None:
    desk = Desk(stock.project, 5)
    for ask in (desk.question, lambda _, asked: say(desk, "same", *stock.uids[:2], asked=asked)):
        with pytest.raises(BadRequestError, match="no such way"):
            ask(None, Asked("sideways"))
    assert ledger.events(stock.project.store) == []
