"""The stage as a whole on drawn coats: votes, place and flank complete the lists, and the right one comes first."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from spotid.boxes import Box
from spotid.match.checks import check_lookalikes, fading
from spotid.match.lists import list_lookalikes
from spotid.match.places import places_of
from spotid.match.seen import seen
from spotid.match.spots import CoatSpots
from spotid.progress import Silent
from spotid.project import shards
from spotid.project.candidates import Candidates
from spotid.project.files import write_whole
from tests.conftest import Stock
from tests.match.test_points import coat

cv2 = pytest.importorskip("cv2")
pytest.importorskip("faiss")
ANIMAL = Box(0.2, 0.3, 0.4, 0.4)
# Photograph → individual, scene, day. 0 and 1 are the same animal at two places; 2 and 3 two animals at one place.
SHOWN = [(1, 10, 1), (1, 11, 3), (2, 12, 5), (3, 12, 9), (4, 13, 11)]


def scene(seed: int, light: int) -> bytes:
    rng = np.random.default_rng(seed)
    frame = cv2.resize(rng.uniform(40, 200, (24, 32)).astype(np.float32), (320, 240), interpolation=cv2.INTER_CUBIC)
    frame = np.clip(frame * (0.8 + 0.1 * light), 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.dstack([frame] * 3)).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


@pytest.fixture
def survey(stock: Stock) -> Stock:
    """Five sightings with their crops on the disk; embeddings say nothing."""
    made = Stock(stock.project, stock.photographs)
    with stock.project.store.write() as connection:
        connection.execute("UPDATE sighting SET state = 'problem'")
    for number, (individual, place, day) in enumerate(SHOWN):
        name = f"cards/IMG_{number}.JPG"
        with stock.project.store.write() as connection:
            connection.execute("UPDATE sighting SET state = 'problem' WHERE recipe IS NULL")
        box = Box(ANIMAL.x + 0.05 * (number - 2), ANIMAL.y, ANIMAL.w, ANIMAL.h)  # an animal is never where it was
        made.add(name, scene(place, number), (box,), taken=f"2026-03-{day:02d}T06:00:00")
        rgb, mask = coat(individual, 0.03 * number)
        layout, uid = stock.project.layout, made.uids[-1]
        for path, picture, kind in (
            (layout.crop(uid, "test"), Image.fromarray(rgb), "PNG"),
            (layout.cutout(uid, "test"), Image.fromarray(np.dstack([rgb, mask * np.uint8(255)])), "PNG"),
        ):
            buffer = io.BytesIO()
            picture.save(buffer, kind)
            write_whole(path, buffer.getvalue())
    with stock.project.store.write() as connection:
        connection.execute("UPDATE sighting SET state = 'problem'")
        marks = ",".join("?" * len(made.ids))
        connection.execute(f"UPDATE sighting SET state = 'cropped' WHERE id IN ({marks})", made.ids)
        connection.execute("UPDATE media SET visit = id")
    return made


def embedded(survey: Stock, name: str = "test") -> shards.EncoderRow:
    project = survey.project
    encoder = shards.encoder_row(project.store, "test", name, 4)
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(survey.ids), 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = project.store.all(
        "SELECT sighting.*, media.relpath, media.sha256 FROM sighting JOIN media ON media.id = media_id"
        " WHERE sighting.state = 'cropped' ORDER BY sighting.id"
    )
    shards.append(project.layout, project.store, encoder, rows, vectors.astype(np.float16))
    return encoder


def run(survey: Stock, encoder: shards.EncoderRow) -> dict[int, list[tuple[int, bool, float]]]:
    project = survey.project
    list_lookalikes(project, encoder, {"neighbours": 3}, Silent())
    check_lookalikes(project, encoder, CoatSpots(), 3, 0.08, Silent())
    candidates = Candidates(project.layout)
    place = {one: index for index, one in enumerate(survey.ids)}
    try:
        return {
            place[one]: [(place[c.candidate], c.opposite, c.place) for c in candidates.of(one, 9)] for one in survey.ids
        }
    finally:
        candidates.close()


def test_the_same_coat_comes_first_and_the_place_orders_the_rest(survey: Stock) -> None:
    lists = run(survey, embedded(survey))
    assert lists[0][0][0] == 1 and lists[1][0][0] == 0
    assert lists[2][0][0] == 3 and lists[2][0][2] > 0.5
    assert all(entry[2] == 0 for entry in lists[4])


def test_clocks_put_right_make_other_visits_and_the_next_run_notices(survey: Stock) -> None:
    """Two pictures of one animal became one visit while a clock was wrong, and are two again."""
    encoder, store = embedded(survey), survey.project.store

    def votes() -> set[int]:
        candidates = Candidates(survey.project.layout)
        try:
            return {survey.ids.index(one) for one in candidates.votes_of(survey.ids[0])}
        finally:
            candidates.close()

    def visits(sql: str) -> None:
        with store.write() as connection:
            connection.execute(f"UPDATE media SET visit = {sql}")

    visits("CASE WHEN relpath LIKE '%IMG_0%' OR relpath LIKE '%IMG_1%' THEN 1 ELSE id + 9 END")
    run(survey, encoder)
    assert 1 not in votes()
    visits("id")
    lists = run(survey, encoder)
    assert 1 in votes() and lists[0][0][0] == 1
    candidates = Candidates(survey.project.layout)
    before = candidates.made_of()
    with store.write() as connection:
        connection.execute("UPDATE media SET captured_at = datetime(captured_at, '-1 year')")
    list_lookalikes(survey.project, encoder, {"neighbours": 3}, Silent())
    assert candidates.made_of() != before, "what is near in time is another thing now"
    candidates.close()


def test_known_opposite_flanks_are_kept_but_come_last(survey: Stock) -> None:
    with survey.project.store.write() as connection:
        connection.execute("UPDATE sighting SET flank_by = 'person', flank = 'right'")
        connection.execute("UPDATE sighting SET flank = 'left' WHERE id = ?", (survey.ids[1],))
    lists = run(survey, embedded(survey))
    assert lists[0][-1][:2] == (1, True) and not any(entry[1] for entry in lists[0][:-1])


def test_a_second_run_changes_nothing(survey: Stock) -> None:
    encoder = embedded(survey)
    assert run(survey, encoder) == run(survey, encoder)


def test_guessed_flanks_weigh_and_told_ones_rule_out(survey: Stock) -> None:
    with survey.project.store.write() as connection:
        connection.execute("UPDATE sighting SET flank = 'left', flank_by = 'flank-1', flank_lean = 1.0")
        connection.execute("UPDATE sighting SET flank_lean = -0.2 WHERE id = ?", (survey.ids[2],))
        connection.execute("UPDATE sighting SET flank = 'right', flank_by = 'person' WHERE id = ?", (survey.ids[3],))
        connection.execute("UPDATE sighting SET flank_by = 'person' WHERE id = ?", (survey.ids[4],))
    known = seen(survey.project, survey.ids)
    assert known.opposite(4).tolist() == [False, False, False, True, False]
    assert not known.opposite(0).any()  # a guess alone rules nothing out
    side = known.side(0)
    assert side[1] > 0 > side[2] > side[3] > -4.0 > known.side(4)[3]


def test_visits_to_one_station_of_a_table_are_of_one_place_whatever_they_show(survey: Stock) -> None:
    embedded(survey)
    visits = [survey.project.store.value("SELECT media_id FROM sighting WHERE id = ?", one) for one in survey.ids]
    before = places_of(survey.project, Silent())
    assert visits[4] not in before and before[visits[2]].keys() == {visits[3]}
    with survey.project.store.write() as connection:
        connection.execute("UPDATE media SET station_by = 'table' WHERE id IN (?, ?)", (visits[0], visits[4]))
    assert places_of(survey.project, Silent())[visits[4]] == {visits[0]: 1.0}


def test_a_common_place_fades_with_time() -> None:
    day, week, years = "2026-03-01T06:00:00", "2026-03-08T06:00:00", "2029-03-08T06:00:00"
    assert fading(day, day) == 1.0 > fading(day, week) > fading(day, years) > 0.5
    assert fading(day, "") == fading("", "") < 1.0


def test_a_large_survey_keeps_fewer_spots_of_each_sighting_and_never_more_than_memory_takes() -> None:
    from spotid.match.votes import spots_of_each

    numbers = [1, 100, 1_000, 5_000, 8_000, 20_000, 50_000, 100_000]
    each = [spots_of_each(number) for number in numbers]
    assert each == sorted(each, reverse=True) and each[3:6] == [400, 250, 150] and each[-1] == 50
    assert all(number * most <= max(3_000_000, 50 * number) for number, most in zip(numbers, each, strict=True))
