"""What is measured: the order of its arrays, parts of it, and where its facts come from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spotid.boxes import Box
from spotid.errors import BadRequestError
from spotid.evaluate.folder import begin, box_whole, folders_say_who
from spotid.evaluate.manifest import read_manifest
from spotid.evaluate.of_project import of_project
from spotid.evaluate.subject import Listed, Subject, subject_of
from spotid.movement.records import records_of
from spotid.project import media
from spotid.project.folder import open_project
from spotid.review.desk import Desk


def made(sizes: tuple[int, ...] = (3, 2, 1, 4), seed: int = 0) -> Subject:
    draw = np.random.default_rng(seed)
    who = [f"I{number}" for number, size in enumerate(sizes) for _ in range(size)]
    order = draw.permutation(len(who))
    who = [who[i] for i in order]
    n = len(who)
    times = [f"2025-01-{day + 1:02d}T06:00:00" for day in range(n)]
    pairs = np.array([(a, b) for a in range(n) for b in range(n) if a < b])
    listed = Listed(pairs[:, 0], pairs[:, 1], (pairs[:, 0] * 100 + pairs[:, 1]).astype(np.float32))
    return subject_of(
        "made up",
        [f"u{i}" for i in range(n)],
        [f"p{i // 2}" for i in range(n)],
        who,
        np.array([1, -1, 0, 1, -1, 0, 1, 1, 0, -1][:n]),
        np.arange(n) // 2,
        records_of(["S"] * n, times, [(1.0, 2.0)] * n),
        3 * draw.normal(size=(n, 4)),
        listed,
    )


def test_the_order_is_by_individual_and_time() -> None:
    one = made()
    assert list(one.identity) == sorted(one.identity) and one.names == ["I0", "I1", "I2", "I3"]
    for who in range(4):
        days = one.records.days[one.identity == who]
        assert list(days) == sorted(days)
    assert np.allclose(np.linalg.norm(one.vectors, axis=1), 1) and one.vectors.dtype == np.float32
    assert one.listed is not None
    # The evidence of a pair goes with its sightings, wherever they stand now.
    first = {uid: int(uid[1:]) for uid in one.uid}
    for a, b, value in zip(one.listed.anchor, one.listed.candidate, one.listed.evidence, strict=True):
        assert value == first[one.uid[a]] * 100 + first[one.uid[b]]


def test_pairs_of_one_kind() -> None:
    one = made()
    assert one.same.sum() == 9 + 4 + 1 + 16
    assert one.own_visit.sum() == 20 and one.one_picture.sum() == 20
    assert one.opposite[0].tolist() == (one.flank * one.flank[0] == -1).tolist()
    assert one.listed is not None
    full = one.listed.matrix(len(one))
    assert (full == full.T).all() and np.count_nonzero(full) == 90


def test_whole_individuals_are_drawn() -> None:
    one = made()
    part = one.at_most(7, seed=1)
    assert len(part) <= 7 and part.at_most(7, seed=9) is part
    assert set(np.bincount(part.identity)) <= {1, 2, 3, 4}
    for who, name in enumerate(part.names):
        assert (part.identity == who).sum() == (one.identity == one.names.index(name)).sum()
    assert "drawn (seed 1)" in part.notes[-1] and not one.notes
    assert part.uid == one.at_most(7, seed=1).uid
    assert len(one.at_most(1)) >= 1
    assert part.listed is not None and part.listed.anchor.max() < len(part)


def test_a_project_by_its_ledger(stock, describe) -> None:
    describe(stock)
    stock.list_all()
    project = stock.project
    with pytest.raises(BadRequestError, match="Nobody in"):
        of_project(project)
    desk = Desk(project, 5)
    desk.answer("a1", "same", stock.uids[0], stock.uids[1])
    desk.answer("a2", "same", stock.uids[2], stock.uids[3])
    path = project.path
    project.close()
    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    looked = open_project(path, readonly=True)
    try:
        one = of_project(looked)
    finally:
        looked.close()
    assert {file: file.read_bytes() for file in path.rglob("*") if file.is_file()} == before
    assert len(one) == 4 and list(one.identity) == [0, 0, 1, 1]
    assert one.records.names == ("North", "South") and list(one.records.station) == [0, 0, 0, 1]
    assert list(one.records.days) == [0, 1, 2, 3]
    assert len(set(one.visit.tolist())) == 4
    assert any("2 sightings that nobody has named" in note for note in one.notes)
    assert one.listed is None, "nothing was compared spot by spot"


def test_what_a_manifest_says_counts_instead(stock, describe, tmp_path: Path) -> None:
    describe(stock)
    project = stock.project
    file = tmp_path / "who.csv"
    file.write_text(
        "path,identity,station,x,y,datetime,side\n"
        "North/100MEDIA/IMG_0000.JPG,Ada,S1,0,0,2025-01-01 06:00:00,left\n"
        "cards/north/100media/img_0001.jpg,Ada,S1,0,0,2025-01-01 06:20:00,right\n"
        "North/100MEDIA/IMG_0002.JPG,Bea,S2,3000,4000,2025-01-01 06:30:00,\n"
        "100MEDIA/IMG_0002.JPG,Bea,S2,3000,4000,2025-01-02 06:30:00,\n"
        "IMG_0001.JPG,Bea,S2,3000,4000,2025-01-02 06:30:00,\n"
        "South/100MEDIA/IMG_0001.JPG,Bea,S2,3000,4000,2025-01-01 18:30:00,\n"
    )
    manifest = read_manifest(file, unit="m")
    one = of_project(project, manifest)
    assert [one.names[i] for i in one.identity] == ["Ada", "Ada", "Bea", "Bea"]
    assert one.records.km(np.array(0), np.array(2)) == pytest.approx(5.0)
    assert one.records.gap(np.array(0), np.array(3)) == pytest.approx(12.5 / 24)
    assert list(one.flank) == [1, -1, 0, 0]
    assert list(np.unique(one.visit, return_inverse=True)[1]) == [0, 0, 1, 2]
    assert [line for line, _ in manifest.refused] == [5, 6]
    assert "may be any of 2 pictures" in manifest.refused[0][1]


def test_a_guessed_flank_hides_no_match(stock, describe) -> None:
    describe(stock)
    stock.list_all()
    desk = Desk(stock.project, 5)
    desk.answer("a1", "same", stock.uids[0], stock.uids[1])
    desk.answer("a2", "same", stock.uids[2], stock.uids[3])
    with stock.project.store.write() as connection:
        connection.execute("UPDATE sighting SET flank = 'left', flank_by = 'network'")
        connection.execute("UPDATE sighting SET flank = 'right', flank_by = 'person' WHERE uid = ?", (stock.uids[0],))
    assert sorted(of_project(stock.project).flank.tolist()) == [-1, 0, 0, 0]


def test_lines_with_boxes_mean_the_animal_there(stock, tmp_path: Path, picture, describe) -> None:
    stock.add("S/1.jpg", picture(), (Box(0.0, 0.0, 0.5, 0.5), Box(0.5, 0.5, 0.4, 0.4)))
    stock.add("S/2.jpg", picture((9, 9, 9)))
    describe(stock, (*range(6), 0, 1, 0))
    file = tmp_path / "who.csv"
    file.write_text(
        "path,identity,bbox\nS/1.jpg,Ada,33 25 24 18\nS/1.jpg,Bea,1 1 30 22\nS/2.jpg,Ada,\nS/1.jpg,Cleo,0 0 1 1\n"
    )
    manifest = read_manifest(file)
    one = of_project(stock.project, manifest)
    assert [one.names[i] for i in one.identity] == ["Ada", "Ada", "Bea"]
    assert one.uid[0] == stock.uids[7] and one.uid[2] == stock.uids[6]
    assert "No animal was found where" in manifest.refused[0][1] or "same animal" in manifest.refused[0][1]


def test_pictures_without_a_box_count_as_a_whole(stock, tmp_path: Path, picture) -> None:
    project = stock.project
    stock.add("South/none.jpg", picture((1, 2, 3)), ())
    stock.add("South/drawn.jpg", picture((3, 2, 1)), ())
    file = tmp_path / "who.csv"
    file.write_text("path,identity,box\nSouth/none.jpg,Ada,\nSouth/drawn.jpg,Ada,0.1 0.2 0.3 0.4\nnowhere.jpg,Ada,\n")
    whole = box_whole(project, read_manifest(file))
    assert (whole.boxed, whole.missing) == (2, 1)
    rows = project.store.all(
        "SELECT x, y, w, h, sighting.state FROM sighting JOIN media ON media.id = media_id"
        " WHERE relpath LIKE '%none.jpg' OR relpath LIKE '%drawn.jpg' ORDER BY relpath DESC"
    )
    assert [row["state"] for row in rows] == ["detected", "detected"]
    assert np.allclose([tuple(row)[:4] for row in rows], [(0, 0, 1, 1), (0.1, 0.2, 0.3, 0.4)])
    assert box_whole(project, read_manifest(file)).boxed == 0


def test_folders_named_after_individuals_are_no_stations(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    file = tmp_path / "who.csv"
    file.write_text("path,identity\nada/1.jpg,Ada\nBea/x/1.jpg,Bea\nS1/1.jpg,Ada\n")
    manifest = read_manifest(file)
    assert folders_say_who(manifest.entries) and not folders_say_who(manifest.entries[2:])
    project = begin(tmp_path / "cards", tmp_path / "kept", manifest)
    assert project.store.value("SELECT value FROM note WHERE name = 'station_level'") == "none"
    assert list(media.roots(project.store).values()) == [tmp_path / "cards"]
    project.close()
    (tmp_path / "others").mkdir()
    with pytest.raises(BadRequestError, match="of other photographs"):
        begin(tmp_path / "others", tmp_path / "kept", manifest)
    with pytest.raises(BadRequestError, match="inside"):
        begin(tmp_path / "cards", tmp_path / "cards" / "kept", manifest)
