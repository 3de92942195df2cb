"""A project of two profiles: each pair is told the chance of its own animals."""

from __future__ import annotations

import pytest

from spotid.jobs.kinds import kinds_of
from spotid.jobs.stages import line_of
from spotid.match.calibrate import Logistic
from spotid.match.calibrations import Calibrations
from spotid.match.chance import Calibration
from spotid.project import parts_kept, species
from spotid.review.estimate import rates
from spotid.review.tallies import BINS, bin_at, bin_of
from spotid.web import bench_of


def says(odds: float, earned: bool = True) -> Calibration:
    curve = Logistic(("score_odds",), (0.0,), odds)
    return Calibration("made up", curve, curve, by_answers=earned)


@pytest.fixture
def zebras(app) -> list[str]:
    """The sightings of the second profile."""
    store = app.stocked.store
    parts_kept.keep_profiles(store, ["leopard", "stripes"])
    found = [row["uid"] for row in store.all("SELECT uid FROM sighting ORDER BY id")][3:]
    species.say(store, found, "zebra", lambda _: True)
    return found


def test_offers_know_the_profile_of_their_animals(app, zebras) -> None:
    desk = bench_of(app).desk(app.stocked.id)
    assert kinds_of(line_of(app.stocked, {})) == dict.fromkeys(zebras, 1) == desk.kinds
    offers = [(anchor, offer) for anchor, some in desk.queue.offers.items() for offer in some]
    assert {offer.profile for _, offer in offers} == {0, 1}
    assert all(offer.profile == (anchor in zebras) == bin_of(offer) // BINS for anchor, offer in offers)
    parts_kept.keep_profiles(app.stocked.store, ["leopard"])
    assert kinds_of(line_of(app.stocked, {})) == {}


def test_every_question_is_told_with_the_chance_of_its_own_animals(app, client, zebras) -> None:
    bench = bench_of(app)
    desk = bench.desk(app.stocked.id)
    assert len(bench.chances(app.stocked.id).each) == 2
    bench._opened[app.stocked.id].chances = Calibrations((says(2.0), says(-2.0)))
    first = next(one for one in desk.queue.anchors if one not in zebras)
    for anchor, chance in ((first, 0.881), (zebras[0], 0.119)):
        told = client.get(f"/api/project/{app.stocked.id}/pair", query_string={"anchor": anchor}).json
        assert (told["anchor"]["uid"], told["chance"]) == (anchor, chance), told
    bench._opened[app.stocked.id].chances = Calibrations((says(2.0), says(-2.0, earned=False)))
    told = client.get(f"/api/project/{app.stocked.id}/pair", query_string={"anchor": zebras[0]}).json
    assert told["chance"] is None, "nobody has answered anything of zebras"


def test_matches_that_wait_are_told_of_all_profiles_together() -> None:
    known = rates([(bin_at(0.9, False), True), (bin_at(0.2, False), False)] * 20)
    assert known is not None
    assert known.estimate({bin_at(0.9, False) + BINS: 20}) == known.estimate({bin_at(0.9, False): 20})
