"""A project built again around its embeddings alone: the same sightings, the same vectors, the same look-alikes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from spotid.errors import EmbeddingsOnlyError, NotFoundError, ProjectError
from spotid.jobs.doctor import examine
from spotid.project import backup, ledger, shard_files, shards
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, open_project
from spotid.project.layout import Layout
from spotid.project.rebuild import rebuild, target_of
from spotid.review.desk import Desk

from .test_doctor import flip, run, whole  # noqa: F401


def vectors(project: Project) -> dict[str, bytes]:
    names = {row["id"]: row["uid"] for row in project.store.all("SELECT id, uid FROM sighting")}
    (encoder,) = shards.encoder_rows(project.store)
    ids, rows = shards.load(project.layout, project.store, encoder)
    return {names[one]: row.tobytes() for one, row in zip(ids, rows, strict=True)}


def likeness(project: Project) -> dict[tuple[str, str], float]:
    """Anchor, candidate → likeness by embedding."""
    names = {row["id"]: row["uid"] for row in project.store.all("SELECT id, uid FROM sighting")}
    candidates = Candidates(project.layout)
    try:
        return {(names[a], names[c.candidate]): c.likeness for a in names for c in candidates.list_of(a)}
    finally:
        candidates.close()


@pytest.fixture
def alone(whole, tmp_path: Path) -> tuple[Path, dict[str, bytes]]:  # noqa: F811
    """The embeddings of the whole project under another name, and its vectors."""
    project = open_project(whole[0])
    known = vectors(project)
    project.close()
    shutil.copytree(whole[0] / "embeddings", tmp_path / "kept vectors")
    return tmp_path / "kept vectors", known


def test_a_run_is_rebuilt_from_its_embeddings_alone(alone, whole) -> None:  # noqa: F811
    folder, known = alone
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(EmbeddingsOnlyError, match="without their project"):
        open_project(folder)
    made = rebuild(folder)
    assert made.folder == folder.parent / "kept vectors.spotid" == target_of(folder)
    assert (made.sightings, made.left_out, made.answers_from) == (len(known), [], None)
    assert made.with_original == made.files > 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    project = open_project(made.folder)
    try:
        assert vectors(project) == known
        run(project)
        assert vectors(project) == known
        assert list(examine(project)) == []
        old = open_project(whole[0])
        facts = "SELECT uid, relpath, sha256, captured_at, width, bytes FROM media"
        facts += " WHERE id IN (SELECT media_id FROM sighting)"
        assert set(map(tuple, project.store.all(facts))) == set(map(tuple, old.store.all(facts)))
        boxes = "SELECT uid, x, y, w, h, recipe, state FROM sighting"
        for row in project.store.all(boxes):
            was = old.store.one(f"{boxes} WHERE uid = ?", row["uid"])
            assert was is not None and np.allclose(tuple(row)[1:5], tuple(was)[1:5], atol=1e-6)
            assert tuple(row)[5:] == tuple(was)[5:]
        # Outlines may differ a little without the search's own hints, which lay in the cache; the vectors do not.
        assert likeness(project) == likeness(old)
        old.close()
        assert ledger.events(project.store) == []
        assert Desk(project, 5).question().state == "pair"
    finally:
        project.close()


def test_without_its_originals_the_vectors_still_work(alone, tmp_path) -> None:
    folder, known = alone
    for path in folder.glob("*/*.csv"):  # as if the disk of the originals were another one now
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | {"root": "/nowhere/at all"} for row in rows)
        seal = json.loads(path.with_suffix(".json").read_text())
        shard_files.write(path.with_suffix(""), None, text.getvalue().encode(), len(rows), seal["encoder"])
    made = rebuild(folder, tmp_path / "made")
    assert (made.sightings, made.with_original) == (len(known), 0)
    project = open_project(tmp_path / "made")
    try:
        run(project)
        run(project)
        assert vectors(project) == known
        assert {row["state"] for row in project.store.all("SELECT state FROM sighting")} == {"embedded"}
        assert Desk(project, 5).question().state == "pair"
        assert all(
            "crop" in one.sentence or "small" in one.sentence or "folder" in one.sentence for one in examine(project)
        )
    finally:
        project.close()


@pytest.mark.slow
def test_tables_of_the_first_schema_are_still_read(alone, whole, tmp_path) -> None:  # noqa: F811
    folder, known = alone
    for path in folder.glob("*/*.csv"):
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, shard_files.FIRST_COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        path.write_bytes(text.getvalue().encode())
        sums = {kind: hashlib.sha256(path.with_suffix(f".{kind}").read_bytes()).hexdigest() for kind in ("npy", "csv")}
        seal = {"npy_sha256": sums["npy"], "csv_sha256": sums["csv"], "rows": len(rows), "software": "SpotID 1"}
        path.with_suffix(".json").write_text(json.dumps(seal, indent=2))
    told = json.loads((folder / "manifest.json").read_text())
    told.pop("self")
    (folder / "manifest.json").write_text(json.dumps(told | {"schema": 1}, indent=2))
    made = rebuild(folder, tmp_path / "made", whole[1])
    assert (made.sightings, made.left_out) == (len(known), []) and made.with_original == made.files
    project = open_project(tmp_path / "made")
    try:
        assert vectors(project) == known
        run(project)
        assert vectors(project).keys() == known.keys()
        # It does not say how crops were made, so all are described anew, in the place of what counts no more.
        tables = [path.read_text(encoding="utf-8") for path in project.layout.embeddings.glob("*/*.csv")]
        told = [row["recipe"] for table in tables for row in csv.DictReader(io.StringIO(table, newline=""))]
        assert len(told) == len(known) and all(told)
        assert list(examine(project)) == []
    finally:
        project.close()


def test_damaged_shards_are_left_out_with_a_sentence(alone, tmp_path) -> None:
    folder, known = alone
    (stem,) = {path.with_suffix("") for path in folder.glob("*/*.npy")}
    for kind in ("npy", "csv", "json"):
        shutil.copy(stem.with_suffix(f".{kind}"), stem.with_name(f"000009.{kind}"))
    flip(stem.with_name("000009.npy"))
    flip(folder / "manifest.json")
    made = rebuild(folder, tmp_path / "made")
    assert made.sightings == len(known)
    assert any("000009.npy has been changed" in one for one in made.left_out)
    assert any("manifest can't be read" in one for one in made.left_out)
    for kind in ("npy", "csv", "json"):
        flip(stem.with_suffix(f".{kind}"))
    with pytest.raises(ProjectError, match="whole"):
        rebuild(folder, tmp_path / "none")


def test_backups_beside_the_embeddings_bring_the_answers_back(whole, tmp_path) -> None:  # noqa: F811
    for name in ("embeddings", "backups"):
        shutil.copytree(whole[0] / name, tmp_path / "left" / name)
    assert backup.names(Layout(tmp_path / "left"))
    with pytest.raises(EmbeddingsOnlyError):
        open_project(tmp_path / "left")
    made = rebuild(tmp_path / "left")
    assert made.folder == tmp_path / "left" and made.answers_from is not None
    project = open_project(made.folder)
    assert len(ledger.events(project.store)) == 5
    project.close()


def test_a_ruined_database_without_backups_is_built_anew_in_its_place(whole, tmp_path) -> None:  # noqa: F811
    folder = tmp_path / "ruined"
    shutil.copytree(whole[0] / "embeddings", folder / "embeddings")
    (folder / "project.sqlite").write_bytes(b"ruin" * 3000)
    with pytest.raises(EmbeddingsOnlyError):
        open_project(folder)
    made = rebuild(folder)
    assert made.folder == folder and made.sightings > 4
    (kept,) = (folder / "backups").glob("*damaged.sqlite")
    assert kept.read_bytes() == b"ruin" * 3000
    with pytest.raises(ProjectError, match="already"):
        rebuild(folder / "embeddings", folder)


def test_what_holds_no_embeddings_is_refused(tmp_path) -> None:
    with pytest.raises(NotFoundError, match="no embeddings"):
        rebuild(tmp_path)
