"""Whatever happens to the files of a project, its shelves add up to the files found; every file is on one of them."""

from __future__ import annotations

import tempfile
import uuid
from collections import Counter
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from spotid.project import media, results, views
from spotid.project.folder import create_project
from spotid.review.desk import Desk
from spotid.words import MediaState, SightingState
from tests.conftest import Stock

FILES = 8
# For every file: its state, how many boxes, which of these a person has withdrawn, and which are of another species.
BOXES = st.sets(st.integers(0, 1))
FILE = st.tuples(st.sampled_from(list(MediaState)), st.integers(0, 2), BOXES, BOXES)
ANSWER = st.tuples(st.sampled_from(["same", "new", "unusable", "different"]), st.integers(0, 15), st.integers(0, 15))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(FILE, min_size=1, max_size=FILES), answers=st.lists(ANSWER, max_size=8))
def test_shelves_add_up_on_any_project(picture, files, answers) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = create_project(Path(folder) / "project")
        try:
            _fill(Stock(project, Path(folder) / "cards"), picture(), files, answers)
            counts = views.shelf_counts(project.store)
            assert sum(counts.values()) == media.count(project.store) == len(files)
            listed = Counter(
                row["uid"] for shelf in views.SHELVES for row in views.on_shelf(project.store, shelf, 0, 100)
            )
            assert set(listed.values()) == {1} and len(listed) == len(files)
            assert {key: len(views.on_shelf(project.store, key, 0, 100)) for key in views.SHELVES} == counts
            once = sum(row["n"] == 1 for row in results.individuals(project.store))
            assert views.singletons(project.store) == once
        finally:
            project.close()


def _fill(stock: Stock, content: bytes, files, answers) -> None:
    from spotid.boxes import Box

    boxes = (Box(0.1, 0.1, 0.3, 0.3), Box(0.5, 0.5, 0.3, 0.3))
    for number, (_, n, _, _) in enumerate(files):
        stock.add(f"North/IMG_{number}.JPG", content, boxes[:n], taken=f"2026-03-0{number + 1}T06:00:00")
    stock.list_all()
    desk = Desk(stock.project, 5)
    for kind, a, b in answers:
        if not stock.uids or stock.uids[a % len(stock.uids)] == stock.uids[b % len(stock.uids)]:
            continue
        pair = (stock.uids[a % len(stock.uids)], stock.uids[b % len(stock.uids)])
        try:
            desk.answer(str(uuid.uuid4()), kind, *(pair if kind in ("same", "different") else pair[:1]))
        except Exception as error:  # an answer that is refused changes nothing
            assert type(error).__module__.startswith("spotid"), error
    with stock.project.store.write() as connection:
        for number, (state, _, withdrawn, others) in enumerate(files):
            ids = [
                row["id"]
                for row in stock.project.store.all(
                    "SELECT sighting.id FROM sighting JOIN media ON media.id = media_id WHERE relpath = ? ORDER BY 1",
                    f"North/IMG_{number}.JPG",
                )
            ]
            away = [(SightingState.OTHER, place) for place in others]
            for gone, place in away + [(SightingState.WITHDRAWN, place) for place in withdrawn]:
                if place < len(ids):
                    connection.execute("UPDATE sighting SET state = ? WHERE id = ?", (gone, ids[place]))
            connection.execute("UPDATE media SET state = ? WHERE relpath = ?", (state, f"North/IMG_{number}.JPG"))
