"""Places and times in the lists: who is near joins them, the order follows, and no pair is compared twice for it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from spotid.match.checks import check_lookalikes
from spotid.match.lists import list_lookalikes
from spotid.match.located import FRAMES, NEAR, Whereabouts, relearn, whereabouts_of
from spotid.match.parts import PairScore
from spotid.match.seen import Seen, seen
from spotid.movement.ranges import RangeModel
from spotid.movement.records import Records
from spotid.progress import Silent
from spotid.project import ledger, odd_stations, ranges, shards, stations_kept
from spotid.project.candidates import Candidate, Candidates
from spotid.project.store import Store
from spotid.words import Verdict
from tests.conftest import Stock
from tests.match.test_checks import embedded

pytest.importorskip("faiss")


def known_of(at: list[tuple[float, float]], days: list[float], visit: list[int] | None = None) -> Seen:
    count = len(at)
    return Seen(list(range(count)), np.array(visit or range(count), np.int64), np.zeros(count), [""] * count)


def where_of(
    at: list[tuple[float, float]], days: list[float], visit: list[int] | None = None, sigma: float = 3.0
) -> Whereabouts:
    places = np.array(at, np.float64)
    _, station = np.unique(places, axis=0, return_inverse=True)
    records = Records(places, np.array(days, np.float64), station.reshape(-1), (), degrees=False)
    return Whereabouts(known_of(at, days, visit), records, np.arange(len(at)), RangeModel(sigma))


# --- what places and times say ---------------------------------------------------------------------------------------


def test_what_is_not_known_says_nothing() -> None:
    nan = float("nan")
    where = where_of([(0, 0), (0, 0), (9, 9), (nan, nan), (0, 0)], [0, 1, 2, 3, nan])
    told = where.located(np.array([0, 0, 0, 0]), np.array([1, 2, 3, 4]))
    assert told[0] > 0 > told[1] and np.isnan(told[2:]).all()
    feasible = where.feasible(np.array([0, 0, 0]), np.array([1, 2, 3]))
    assert feasible[0] == 1.0 > feasible[1] and np.isnan(feasible[2])
    assert where.near(3) == [] == where.near(4) and where.near(0) == [1]


def test_the_nearest_in_place_and_time_are_found_and_none_of_the_own_visit_or_photograph() -> None:
    rng = np.random.default_rng(4)
    sites = [(float(x), float(y)) for x in range(0, 60, 6) for y in range(0, 60, 6)]
    at = [sites[i] for i in rng.integers(0, len(sites), 600)]
    days = rng.uniform(0, 300, 600).round(3).tolist()
    visit = [*range(590), *([589] * 10)]
    at[589:], days[589:] = [at[589]] * 11, [days[589]] * 11
    where = where_of(at, days, visit)
    everyone = np.arange(600)
    for row in (0, 7, 100, 589, 595):
        found = where.near(row)
        assert 0 < len(found) <= NEAR and all(visit[one] != visit[row] for one in found)
        worth = where.located(np.full(600, row), everyone)
        worth[[visit[one] == visit[row] for one in range(600)]] = -np.inf
        mine = worth[found]
        assert (np.diff(mine) <= 0).all() and mine[-1] > 0 and mine.mean() > np.sort(worth)[::-1][:NEAR].mean() - 0.5
    crowd = where.near(next(one for one in range(589) if 589 in where.near(one) or at[one] == at[589]))
    assert sum(visit[one] == 589 for one in crowd) <= FRAMES


def test_places_alone_change_the_digest_and_not_what_was_learnt() -> None:
    at, days = [(0.0, 0.0), (5.0, 0.0)], [0.0, 1.0]
    first = where_of(at, days)
    before = first.digest()
    first.believe(RangeModel(9.0))
    assert first.digest() == before == where_of(at, days).digest()
    assert where_of([(0.0, 0.0), (5.1, 0.0)], days).digest() != before != where_of(at, [0.0, 2.0]).digest()


def test_ranges_are_learnt_from_enough_animals_and_follow_them() -> None:
    rng = np.random.default_rng(1)
    centres = rng.uniform(0, 60, (30, 2))
    at = np.repeat(centres, 6, axis=0) + rng.normal(0, 1.0, (180, 2))
    where = where_of([tuple(one) for one in at.round(1)], rng.uniform(0, 400, 180).tolist(), sigma=5.0)
    groups = [list(range(6 * one, 6 * one + 6)) for one in range(30)]
    model = where.learn(groups, RangeModel(5.0))
    assert model is not None and 0.7 < model.sigma_km < 1.8 and model.animals == 30
    assert where.learn(groups[:4], RangeModel(5.0)) is None
    assert where.learn([[0], [6], [12]] * 9, RangeModel(5.0)) is None


# --- in the lists ----------------------------------------------------------------------------------------------------


class Counting:
    """A matcher that sees the same coat on the first two sightings alone, and counts its comparisons."""

    name, kinds = "coat-spots", 1  # scores of others than the built-in ones are not taken as they are
    votes, quick, most = True, True, None

    def __init__(self, alike: tuple[int, int]) -> None:
        self.compared, self._alike = 0, alike

    def identity(self) -> str:
        return "counting"

    def load(self) -> None:
        """There is nothing to load."""

    def compare(self, a: int, b: int) -> PairScore:
        self.compared += 1
        return PairScore(12.0 if (a, b) == self._alike else 0.3, np.zeros((0, 2), np.int32))


class Ids:
    """In place of spots: a sighting is its id."""

    def __init__(self, *_: object) -> None:
        self.judge = SimpleNamespace(fine=lambda: None)

    def get(self, sighting: int) -> int:
        return sighting


@pytest.fixture
def survey(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> Stock:
    """Six sightings without crops; nobody votes, and no two photographs show one place."""
    monkeypatch.setattr("spotid.match.comparing.PointCache", Ids)
    monkeypatch.setattr("spotid.match.checks.cast_votes", lambda *_: None)
    monkeypatch.setattr("spotid.match.checks.places_of", lambda *_: {})
    with stock.project.store.write() as connection:
        connection.execute("UPDATE sighting SET state = 'cropped'")
        connection.execute("UPDATE media SET visit = id")
    return stock


def run(
    survey: Stock, encoder: shards.EncoderRow, fusion: str = "calibrated", adapt: int = 0, lists: int = 5
) -> tuple[int, dict[int, list[Candidate]]]:
    """Comparisons made, and every list by places in ``survey.ids``."""
    project, matcher = survey.project, Counting((survey.ids[0], survey.ids[1]))
    list_lookalikes(project, encoder, {"neighbours": lists, "adapt": adapt}, Silent())
    check_lookalikes(project, encoder, matcher, lists, 0.08, Silent(), fusion, bool(adapt))  # type: ignore[arg-type]
    candidates = Candidates(project.layout)
    try:
        return matcher.compared, {index: candidates.of(one, 9) for index, one in enumerate(survey.ids)}
    finally:
        candidates.close()


def place(survey: Stock, places: dict[int, tuple[float, float] | None], station: dict[int, int] | None = None) -> None:
    """Give every sighting a station of its own, at so many degrees; None: without coordinates."""
    store = survey.project.store
    for number, at in places.items():
        known = store.one("SELECT id FROM station WHERE name = ?", f"S{number}")
        latitude, longitude = at or (None, None)
        if known is None:
            one = stations_kept.add(store, f"S{number}", latitude, longitude)
        else:
            one = known["id"]
            stations_kept.place(store, one, latitude, longitude)
        with store.write() as connection:
            connection.execute(
                "UPDATE media SET station_id = ?, station_by = 'person' WHERE id ="
                " (SELECT media_id FROM sighting WHERE id = ?)",
                (one, survey.ids[number]),
            )


NEAR_PAIR = {0: (0.0, 36.0), 1: (0.9, 36.0), 2: (0.9, 36.9), 3: (0.9, 36.2), 4: (0.001, 36.0)}  # 4 is beside 0


def order(lists: dict[int, list[Candidate]], anchor: int, survey: Stock) -> list[int]:
    return [survey.ids.index(one.candidate) for one in lists[anchor]]


def test_places_order_the_lists_and_changing_them_compares_no_pair_again(survey: Stock) -> None:
    encoder, store = embedded(survey), survey.project.store
    place(survey, dict.fromkeys(NEAR_PAIR))
    _, nowhere = run(survey, encoder)
    assert all(one.located is None and one.feasible is None for row in nowhere.values() for one in row)

    place(survey, NEAR_PAIR)
    compared, near = run(survey, encoder)
    assert compared == 0
    told = {survey.ids.index(one.candidate): one for one in near[0]}
    assert told[4].located > 0 > told[2].located and told[4].feasible > 0.5 > told[2].feasible
    assert order(near, 0, survey).index(4) < order(near, 0, survey).index(2)
    assert order(near, 0, survey)[0] == 1, "the same coat outweighs ninety kilometres"

    place(survey, {4: (0.9, 36.9), 2: (0.001, 36.0)})
    compared, moved = run(survey, encoder)
    assert compared == 0 and order(moved, 0, survey).index(2) < order(moved, 0, survey).index(4)

    compared, product = run(survey, encoder, "product")
    assert compared == 0 and [one.score for one in product[0]] != [one.score for one in moved[0]]
    compared, off = run(survey, encoder, "off")
    assert compared == 0 and off == nowhere

    with store.write() as connection:  # a clock is put right
        media = store.value("SELECT media_id FROM sighting WHERE id = ?", survey.ids[4])
        connection.execute("UPDATE media SET captured_at = '2029-01-01T00:00:00' WHERE id = ?", (media,))
    compared, late = run(survey, encoder)
    assert compared == 0 and order(late, 0, survey).index(2) < order(late, 0, survey).index(4)
    assert {one.candidate: one.located for one in moved[0]} != {one.candidate: one.located for one in late[0]}


def test_who_was_near_joins_the_list_and_is_compared(survey: Stock) -> None:
    encoder = embedded(survey)
    place(survey, {number: (float(number), 36.0) for number in NEAR_PAIR})
    _, before = run(survey, encoder, lists=1)
    a, b = next((a, b) for a in range(5) for b in range(5) if a != b and b not in order(before, a, survey))
    place(survey, {b: (a + 0.001, 36.0)})
    _, joined = run(survey, encoder, lists=1)
    one = next(one for one in joined[a] if one.candidate == survey.ids[b])
    assert one.local is not None and one.located is not None and one.located > 0


def test_ranges_are_learnt_of_confirmed_animals_at_every_run(survey: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded(survey)
    place(survey, NEAR_PAIR)
    known = seen(survey.project, survey.ids)
    where = whereabouts_of(survey.project, known, "calibrated")
    assert where is not None and where.model == RangeModel()
    monkeypatch.setattr("spotid.match.located.LEAST_ANIMALS", 1)
    store = survey.project.store
    pair = survey.uids[0], survey.uids[4]
    ledger.keep(
        store, ledger.Answer("one", Verdict.SAME, *sorted(pair)), lambda _: ([1], dict.fromkeys(pair, 1), {}), str
    )
    relearn(survey.project, known, where)
    model = ranges.learnt(survey.project.store)
    assert model is not None and where.model == model and model.animals == 1
    monkeypatch.setattr("spotid.match.located.LEAST_ANIMALS", 2)
    relearn(survey.project, known, where)
    assert ranges.learnt(survey.project.store) is None and where.model == RangeModel()


def test_a_station_that_is_probably_misplaced_says_nothing(survey: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = embedded(survey)
    place(survey, NEAR_PAIR)

    def doubted(store: Store, records: Records, ids: list[int]) -> Records:
        at = records.at.copy()
        at[ids.index(survey.ids[4])] = np.nan
        return replace(records, at=at)

    monkeypatch.setattr(odd_stations, "trusted", doubted)
    _, lists = run(survey, encoder)
    told = {survey.ids.index(one.candidate): one.located for one in lists[0]}
    assert told[4] is None and told[2] is not None
    assert all(one.located is None for one in lists[4])


def test_one_place_alone_says_nothing(survey: Stock) -> None:
    embedded(survey)
    place(survey, dict.fromkeys(range(6), (1.0, 36.0)))
    known = seen(survey.project, survey.ids)
    assert whereabouts_of(survey.project, known, "calibrated") is None
    place(survey, {0: (2.0, 36.0)})
    assert whereabouts_of(survey.project, known, "calibrated") is not None
    assert whereabouts_of(survey.project, known, "off") is None


# --- the survey's own head -------------------------------------------------------------------------------------------


def test_a_head_is_kept_and_the_embeddings_stay_as_they_are(survey: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    from spotid.match import adapted

    encoder, project = embedded(survey), survey.project
    place(survey, NEAR_PAIR)
    _, plain = run(survey, encoder)
    before = shards.load(project.layout, project.store, encoder)[1]
    _, changed = run(survey, encoder, adapt=1)
    assert project.layout.adapted.is_file()
    assert (shards.load(project.layout, project.store, encoder)[1] == before).all()
    likeness = [{one.candidate: one.likeness for one in lists[0]} for lists in (plain, changed)]
    assert likeness[0] != likeness[1]
    monkeypatch.setattr(adapted, "adapt", lambda *_: pytest.fail("trained again"))
    assert run(survey, encoder, adapt=1) == (0, changed)
    monkeypatch.undo()
    for damaged in (b"", b"PK\x03\x04", b"\x93NUMPY", b"cut off"):
        project.layout.adapted.write_bytes(damaged)
        assert adapted._read(project.layout, "word") is None
    assert run(survey, encoder, adapt=1) == (0, changed)
    place(survey, dict.fromkeys(NEAR_PAIR))
    assert run(survey, encoder, adapt=1)[0] == 0, "where places teach nothing, the vectors are as given"
