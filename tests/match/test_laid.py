"""Animals that lie are compared as if they all lay alike, and their spots are shown where they are."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from spotid import lying
from spotid.match.agreeing import shown_spots
from spotid.match.cache import PointCache
from spotid.match.laid import Laid, laid
from spotid.match.points import CoatPoints
from spotid.match.several import Several
from spotid.match.spots import CoatSpots
from spotid.project import sightings
from tests.conftest import Stock

cv2 = pytest.importorskip("cv2")
SIDE = 480


def shark(degrees: float, seed: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A drop with spots of its own, thick end to the left, turned by so much: picture, outline, and the turn (2, 3)."""
    random = np.random.default_rng(seed)
    down, across = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    x, y = (across - SIDE / 2) / (0.37 * SIDE), (down - SIDE / 2) / (0.37 * SIDE)
    body = np.abs(y) < 0.5 * np.sqrt(np.clip(1 - x * x, 0, 1)) * (1.2 - x) / 2
    grey = np.where(body, 90, 190).astype(np.float32)
    for _ in range(110):
        at, size = random.uniform(-0.9, 0.9, 2) * (1, 0.45), random.uniform(0.015, 0.04)
        grey += 110 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * size**2)) * body
    grey += random.normal(0, 2, grey.shape)
    turn = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), degrees, 1)
    rgb = np.dstack([np.clip(grey, 0, 255).astype(np.uint8)] * 3)
    rgb = cv2.warpAffine(rgb, turn, (SIDE, SIDE), borderValue=(190, 190, 190))
    return rgb, cv2.warpAffine(body.astype(np.uint8), turn, (SIDE, SIDE)) > 0, turn


@pytest.mark.parametrize("degrees", [70, 180])
@pytest.mark.parametrize("inner", [CoatPoints, CoatSpots])
def test_a_turned_animal_agrees_with_itself_and_not_with_another(inner: type, degrees: float) -> None:
    upright, level = inner(), Laid(inner())
    assert level.identity() != upright.identity() and level.name == upright.name
    (first, outline, _), (second, turned, turn), other = shark(0), shark(degrees), shark(degrees, seed=6)
    plain = upright.compare(upright.extract(first, outline), upright.extract(second, turned))
    a, b = level.extract(first, outline), level.extract(second, turned)
    found = level.compare(a, b)
    assert found.count >= 15 and found.count > 3 * plain.count
    assert level.compare(a, level.extract(*other[:2])).score < found.score / 3
    places = found.placed(a, b) * SIDE
    moved = places[:, :2] @ turn[:, :2].T + turn[:, 2]
    assert np.median(np.linalg.norm(moved - places[:, 2:], axis=1)) < 6, "each is drawn where it is on its own crop"


def test_the_way_back_is_that_of_every_pixel() -> None:
    _, outline, _ = shark(130)
    turn = lying.turn_of(outline)
    assert turn is not None
    rows, columns = np.nonzero(turn.laid_mask(outline)[::7, ::7])
    laid_places = (np.c_[columns, rows] * 7 + 0.5) / np.array(turn.size)
    back = turn.back(SIDE, SIDE)
    there = np.floor((laid_places @ back[:, :2].T + back[:, 2]) * SIDE).astype(int)
    assert outline[there[:, 1], there[:, 0]].mean() > 0.98


def test_what_has_no_long_axis_and_a_part_of_an_outline() -> None:
    rgb, outline, _ = shark(90)
    level = Laid(CoatPoints())
    disc = np.hypot(*(np.mgrid[:SIDE, :SIDE] - SIDE / 2)) < 0.17 * SIDE
    assert level.extract(rgb, disc).back is None
    part = level.extract(rgb, outline & disc, outline)
    assert part.back is not None and np.allclose(part.back, level.extract(rgb, outline).back)
    assert part.strongest(3).back is part.back


def test_several_are_each_laid_and_keep_their_name() -> None:
    both = laid(Several([CoatSpots(), CoatPoints()]))
    assert isinstance(both, Several) and both.name == "coat-spots+coat-points"
    assert all(isinstance(one, Laid) for one in both.members)
    assert both.identity() != Several([CoatSpots(), CoatPoints()]).identity()


def test_the_page_shows_what_was_compared(stock: Stock) -> None:
    project, level = stock.project, Laid(CoatPoints())
    for uid, degrees in zip(stock.uids[:2], (0, 180), strict=True):
        rgb, outline, _ = shark(degrees)
        with project.store.write() as connection:
            connection.execute("UPDATE sighting SET recipe = 'test', cut_score = 1 WHERE uid = ?", (uid,))
        for path, picture in (
            (project.layout.crop(uid, "test"), rgb),
            (project.layout.cutout(uid, "test"), np.dstack([rgb, outline * np.uint8(255)])),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(path, "PNG")
    rows = [sightings.facts(project.store, uid) for uid in stock.uids[:2]]
    assert rows[0] is not None and rows[1] is not None
    a, b = (PointCache(project, level, 0.08).get(one) for one in stock.ids[:2])
    assert a is not None and b is not None and a.back is not None
    again = PointCache(project, level, 0.08).stored(rows[0])
    assert again is not None and again.back is not None and np.array_equal(again.back, a.back) and again.at is None
    spots, count = shown_spots(project, "coat-points", 0.08, rows[0], rows[1], lie=True) or ([], 0)
    assert count == level.compare(a, b).count >= 15
    for spot in spots:
        assert np.allclose(np.add(spot.a, spot.b), 1, atol=0.03), "upside down, it is across the middle"
    assert shown_spots(project, "coat-points", 0.08, rows[0], rows[1]) is None, "upright, nothing was found yet"
