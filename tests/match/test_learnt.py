"""A head from confirmed animals: kept, used by a note, and look-alikes listed through it."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from spotid.match.learnt import Learnt, learn, scale, some_of, through
from spotid.match.learnt_evidence import evidence_of
from spotid.match.lists import list_lookalikes
from spotid.progress import Cancelled, Silent
from spotid.project import heads_kept, shards
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, open_project
from spotid.settings import settings
from tests import learning_stock
from tests.learning_stock import ANIMALS, EACH, encoder_row, survey


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = survey(tmp_path_factory.mktemp("learning") / "project")
    learn(project, encoder_row(project), True, Silent())
    project.close()
    return project.path


@pytest.fixture
def stocked(made: Path, tmp_path: Path) -> Iterator[Project]:
    project = open_project(Path(shutil.copytree(made, tmp_path / "project")))
    yield project
    project.close()


class Counts:
    def __init__(self, stop_at: int = -1) -> None:
        self.total, self.done, self.notes, self.stop_at = 0, 0, [], stop_at

    def expect(self, total: int) -> None:
        self.total = total

    def step(self, count: int = 1, note: str = "") -> None:
        self.done += count
        self.notes += [note] if note else []
        if self.done == self.stop_at:
            raise Cancelled


def lists(project: Project, progress=None) -> dict[int, list[tuple[int, float]]]:
    row = encoder_row(project)
    list_lookalikes(project, row, settings(), progress or Silent())
    ids, _ = shards.load(project.layout, project.store, row)
    candidates = Candidates(project.layout)
    try:
        return {one: [(c.candidate, c.likeness) for c in candidates.list_of(one)] for one in ids}
    finally:
        candidates.close()


def among_first(project: Project, rows: dict[int, list[tuple[int, float]]], first: int) -> float:
    """The share of the sightings of animals that nobody confirmed with one of their own among the first three."""
    ids = sorted(rows)
    who = {one: at // EACH for at, one in enumerate(ids)}
    asked = [one for one in ids if who[one] >= first]
    best = {one: sorted(rows[one], key=lambda entry: -entry[1])[:3] for one in asked}
    return float(np.mean([any(who[one] == who[other] for other, _ in best[one]) for one in asked]))


def test_it_is_kept_with_what_it_was_learnt_from(stocked: Project) -> None:
    (kept,) = heads_kept.listed(stocked.layout)
    assert kept.helps and kept.number == 1 and kept.told["animals"] == ANIMALS
    assert kept.told["sightings"] == kept.told["confirmed"] == ANIMALS * EACH
    assert kept.told["by_animals"]["low"][0] > 0.1
    table = list(csv.reader(io.StringIO((stocked.layout.heads / "000001.csv").read_text(encoding="utf-8"))))
    assert table[0] == ["sighting", "individual", "group"] and len(table) == ANIMALS * EACH + 1
    assert table[1][1] == "leopard_1" and table[-1][1] == f"leopard_{ANIMALS}"
    assert heads_kept.in_use(stocked.store) == {}, "it is not used by being there"


def test_the_same_answers_make_no_second_version(stocked: Project) -> None:
    progress = Counts()
    again = learn(stocked, encoder_row(stocked), True, progress)
    assert again.kept == heads_kept.listed(stocked.layout)[0] and len(heads_kept.listed(stocked.layout)) == 1
    assert progress.done == progress.total == 13
    with pytest.raises(Cancelled):
        learn(stocked, encoder_row(stocked), True, Counts(stop_at=3))


def test_lists_are_made_through_it_and_again_without(stocked: Project) -> None:
    pytest.importorskip("faiss")
    row = encoder_row(stocked)
    before = lists(stocked)
    _, vectors = shards.load(stocked.layout, stocked.store, row)
    place = heads_kept.place_of(row)
    heads_kept.use(stocked.store, place, 1)
    taught = lists(stocked)
    assert among_first(stocked, taught, ANIMALS) > among_first(stocked, before, ANIMALS) + 0.1
    level = [np.median([value for entries in rows.values() for _, value in entries]) for rows in (before, taught)]
    assert abs(level[0] - level[1]) < 0.1, "likeness keeps its scale"
    assert (shards.load(stocked.layout, stocked.store, row)[1] == vectors).all(), "embeddings never change"
    heads_kept.use(stocked.store, place, None)
    assert lists(stocked) == before


def test_it_is_judged_by_the_order_of_lists_too(stocked: Project) -> None:
    pytest.importorskip("faiss")
    row, plain = encoder_row(stocked), learn(stocked, encoder_row(stocked), True, Silent())
    assert plain.kept is not None and plain.kept.told["as_listed"] is None, "nothing was compared spot by spot yet"
    rows = lists(stocked)
    who = {one: at // EACH for at, one in enumerate(sorted(rows))}
    candidates = Candidates(stocked.layout)
    for one, entries in rows.items():
        agree = [(other, 5.0 * (who[one] == who[other]), 9, 0.5) for other, _ in entries]
        candidates.keep_checked("matcher", one, [], agree)
    candidates.close()
    judged = learn(stocked, row, True, Silent())
    assert judged.kept is not None and judged.kept.number == 2 and judged.helps
    assert judged.kept.told["as_listed"]["before"] == judged.kept.told["as_listed"]["after"] == [1.0, 1.0, 1.0]
    ids = sorted(rows)
    evidence = evidence_of(stocked, row, ids[::-1])
    assert evidence is not None and evidence.shape == (len(ids), len(ids))
    same = np.array([who[one] for one in ids[::-1]])
    assert (evidence[same[:, None] != same] == 0).all() and evidence[same[:, None] == same].max() == 5.0


def test_a_head_that_is_gone_or_changed_is_told_and_not_used(stocked: Project) -> None:
    row = encoder_row(stocked)
    ids, vectors = shards.load(stocked.layout, stocked.store, row)
    heads_kept.use(stocked.store, heads_kept.place_of(row), 1)
    path = stocked.layout.heads / "000001.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    for damage in (lambda: None, path.unlink, path.with_suffix(".json").unlink):
        damage()
        progress = Counts()
        plain = through(stocked, row, vectors.copy(), progress)
        assert (plain.vectors == vectors).all() and plain.word == "" and plain.named(row) == row
        assert "version 1" in progress.notes[0] and len(ids) == len(vectors)


def test_too_few_animals_teach_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_stock, "ANIMALS", 5)
    project = survey(tmp_path / "project")
    assert learn(project, encoder_row(project), True, Silent()) == Learnt(None, 5)
    assert heads_kept.listed(project.layout) == []
    project.close()


def test_what_does_not_help_is_kept_and_says_so(tmp_path: Path) -> None:
    project = survey(tmp_path / "project", view=0.0)
    done = learn(project, encoder_row(project), True, Silent())
    assert done.kept is not None and not done.helps and not done.kept.helps
    project.close()


def test_the_scale_rises_and_keeps_ranks() -> None:
    draw = np.random.default_rng(0)
    vectors = draw.normal(size=(300, 16)) + 2
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    from spotid.heads.whitening import fit

    who = np.arange(300) // 3
    head = fit(vectors, who, np.arange(300), vectors.mean(axis=0))
    given, taught = scale(vectors, head)
    assert (np.diff(taught) > 0).all() and (np.diff(given) >= 0).all() and given[-1] == taught[-1] == 1.0
    cosine = (lambda rows: rows @ rows.T)(head.apply(vectors))[np.triu_indices(300, 1)]
    told = np.interp(cosine, taught, given)
    plain = (vectors @ vectors.T)[np.triu_indices(300, 1)]
    assert np.abs(np.sort(told) - np.sort(plain)).max() < 0.02


def test_few_are_drawn_of_many(made: Path) -> None:
    from spotid.match.learnt_groups import Known

    who = np.repeat(np.arange(50), 4)
    every = np.arange(200)
    few = some_of(Known(every, who, who, every, np.zeros(200, np.int8)), 41)
    assert len(few) == 41 and (np.diff(few.row) > 0).all() and len(np.unique(few.animal)) == 11
