"""Sabotage: whatever can be spoilt in a project is found, said, mended, and nothing that people said has changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spotid.boxes import Box
from spotid.jobs.doctor import examine
from spotid.jobs.runner import Jobs
from spotid.project import backup, frames, ledger, media, notes, shards
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, create_project, open_project
from spotid.review.desk import Desk
from spotid.words import JobState

Ranks = dict[str, list[tuple[str, float]]]


def ranks(project: Project) -> Ranks:
    names = {row["id"]: row["uid"] for row in project.store.all("SELECT id, uid FROM sighting")}
    candidates = Candidates(project.layout)
    try:
        return {names[a]: [(names[c.candidate], c.score) for c in candidates.of(a, 100)] for a in names}
    finally:
        candidates.close()


def run(project: Project, kind: str = "run") -> dict:
    job = Jobs().start(project, kind)
    assert job.wait(120) and job.state is JobState.DONE, job.sentence
    return job.result


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Ranks]:
    """A project that went through the whole line, with answers: its folder, its originals, its ranks."""
    base = tmp_path_factory.mktemp("whole")
    originals = base / "card"
    source = Path(__file__).resolve().parents[2] / "sample_data" / "ST06"
    for number, path in enumerate(sorted(source.glob("**/*.JPG"))):
        if number % 2 == 0:
            target = originals / path.relative_to(source.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    project = create_project(base / "project")
    media.root_id(project.store, originals)
    run(project)
    desk = Desk(project, 5)
    for number, kind in enumerate(("same", "different", "same", "same")):
        question = desk.question()
        assert question.anchor is not None and question.offer is not None
        desk.answer(f"answer-{number}", kind, question.anchor, question.offer.comparison)
    desk.undo("undo-1")
    backup.write(project.layout, "by hand")
    known = ranks(project)
    assert list(examine(project)) == [] and len(known) > 4
    project.close()
    return base / "project", originals, known


@pytest.fixture
def project(whole, tmp_path: Path) -> Iterator[Project]:
    """A copy of it, open."""
    shutil.copytree(whole[0], tmp_path / "project")
    opened = open_project(tmp_path / "project")
    yield opened
    opened.close()


def flip(path: Path, share: float = 0.6) -> None:
    """One bit, somewhere in the middle of a file; its time stays what it was."""
    about = path.stat()
    content = bytearray(path.read_bytes())
    content[int(len(content) * share)] ^= 4
    path.write_bytes(content)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def first(project: Project, what: str) -> Path:
    """A file of a kind."""
    row = project.store.one("SELECT * FROM sighting WHERE state = 'embedded' ORDER BY id LIMIT 1 OFFSET 1")
    assert row is not None
    layout = project.layout
    if what in ("crop", "cutout", "pattern", "edges"):
        return Path(getattr(layout, what)(row["uid"], row["recipe"]))
    if what == "small":
        found = project.store.one("SELECT uid FROM media WHERE id = ?", row["media_id"])
        assert found is not None
        return layout.small(found["uid"])
    (encoder,) = shards.encoder_rows(project.store)
    folder = shards.shard_folder(layout, encoder)
    return {"manifest": layout.embeddings / "manifest.json", "candidates": layout.candidates}.get(
        what, folder / f"000001.{what}"
    )


SAYS = {
    **dict.fromkeys(("crop", "cutout", "pattern", "edges"), "The crop of sighting"),
    **dict.fromkeys(("npy", "csv", "json"), "The shard"),
    "small": "small picture is",
    "manifest": "The manifest",
    "candidates": "The file of look-alikes",
}


HARMS = pytest.mark.parametrize("harm", [Path.unlink, truncate, flip], ids=["deleted", "truncated", "flipped"])


@pytest.fixture(scope="module")
def spoilt(whole, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A copy that is spoilt and put back again and again."""
    folder = tmp_path_factory.mktemp("spoilt") / "project"
    shutil.copytree(whole[0], folder)
    opened = open_project(folder)
    yield opened
    opened.close()


@HARMS
@pytest.mark.parametrize("what", list(SAYS))
def test_every_damage_is_found(spoilt, what: str, harm: Callable[[Path], None]) -> None:
    path = first(spoilt, what)
    content, about = path.read_bytes(), path.stat()
    harm(path)
    (found,) = examine(spoilt)
    assert SAYS[what] in found.sentence and not found.repaired
    path.write_bytes(content)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert list(examine(spoilt)) == []


@pytest.mark.parametrize(
    ("harm", "parts"),
    [
        (Path.unlink, ("crop", "csv", "small", "candidates")),
        (truncate, ("cutout", "npy", "manifest")),
        (flip, ("pattern", "json", "candidates")),
    ],
    ids=["deleted", "truncated", "flipped"],
)
def test_after_mending_and_a_run_all_is_as_it_was(project, whole, parts, harm: Callable[[Path], None]) -> None:
    before = ledger.events(project.store), ledger.stored_identity(project.store)
    for what in parts:
        harm(first(project, what))
    assert len(list(examine(project, repair=True))) == len(parts)
    run(project)
    assert list(examine(project)) == []
    assert ranks(project) == whole[2]
    assert (ledger.events(project.store), ledger.stored_identity(project.store)) == before


SQL = {
    "identity gone": ("DELETE FROM identity",),
    "identity of another": ("UPDATE identity SET individual_id = (SELECT MAX(id) FROM individual)",),
    "a code changed": ("UPDATE individual SET code = 'leopare_1' WHERE number = 1",),
    "an individual gone": (
        "DELETE FROM identity WHERE individual_id = (SELECT id FROM individual WHERE number = 1)",
        "DELETE FROM individual WHERE number = 1",
    ),
    "an individual too many": ("INSERT INTO individual (number, code, born_of) VALUES (99, 'leopard_99', 1)",),
    "a visit lost": ("UPDATE media SET visit = NULL WHERE id = (SELECT media_id FROM sighting LIMIT 1)",),
    "an embedding gone": ("DELETE FROM embedding WHERE sighting_id = (SELECT MIN(sighting_id) FROM embedding)",),
}


@pytest.mark.parametrize("name", list(SQL))
def test_what_follows_is_derived_again(project, whole, name: str) -> None:
    identity, people = ledger.stored_identity(project.store), ledger.stored_individuals(project.store)
    with project.store.write() as connection:
        for statement in SQL[name]:
            connection.execute(statement)
    assert list(examine(project)) != []
    assert all(one.repaired for one in examine(project, repair=True))
    if name == "an embedding gone":
        run(project)
    assert list(examine(project)) == []
    assert ledger.stored_identity(project.store) == identity
    assert ledger.stored_individuals(project.store) == people
    assert ranks(project) == whole[2]


def test_boxes_and_sides_that_people_gave_are_derived_again(project) -> None:
    row = project.store.one("SELECT sighting.uid, media.uid AS file FROM sighting JOIN media ON media.id = media_id")
    assert row is not None
    drawn = [Box(0.1, 0.1, 0.3, 0.3), Box(0.6, 0.5, 0.3, 0.4)]
    frames.apply(project, row["file"], drawn, "AB", "frame-1")
    uid = project.store.value("SELECT uid FROM sighting WHERE state = 'embedded' LIMIT 1")
    Desk(project, 5).say_flank("side-1", uid, "left", uid)
    assert [one.sentence for one in examine(project)] == []
    with project.store.write() as connection:
        connection.execute("UPDATE sighting SET state = 'withdrawn' WHERE boxed_by = 'person' AND x > 0.5")
        connection.execute("UPDATE sighting SET flank = 'right' WHERE uid = ?", (uid,))
    found = [one.sentence for one in examine(project)]
    assert any("not those that a person drew" in one for one in found)
    assert any("another flank than was said" in one for one in found)
    assert all(one.repaired for one in examine(project, repair=True))
    assert list(examine(project)) == []
    assert project.store.value("SELECT flank FROM sighting WHERE uid = ?", uid) == "left"
    assert len(frames.live(project.store, row["file"])) == 2


@HARMS
def test_the_name_card_is_written_again(project, harm: Callable[[Path], None]) -> None:
    name = project.id, project.title
    harm(project.layout.project_file)
    (finding,) = examine(project)
    assert "project.json does not name this project" in finding.sentence
    assert all(one.repaired for one in examine(project, repair=True))
    assert list(examine(project)) == []
    project.close()
    again = open_project(project.path)
    assert (again.id, again.title) == name
    again.close()


def test_leftovers_and_strangers_are_cleared_away(project, whole) -> None:
    layout = project.layout
    half = layout.crop("0" * 16, "test").with_suffix(".jpg.part")
    stranger = layout.crop("0" * 16, "test")
    unknown = first(project, "npy").with_name("000007.npy")
    torn = layout.backups / "2026-01-01T00-00-00 daily.sqlite"
    note = layout.worker_lock.with_name(".worker.lock.pid")
    for path in (half, stranger, unknown, torn):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
        os.utime(path, (0, 0))
    note.write_text("999999999")
    candidates = Candidates(layout)
    candidates.keep_lists([(4711, [(4712, 0.5, 0.5, False)])])
    candidates.close()
    found = [one.sentence for one in examine(project)]
    for part in ("half-written", "belongs to no sighting", "nothing is looked up", "can't be used", "that is gone"):
        assert any(part in one for one in found), part
    assert all(one.repaired for one in examine(project, repair=True))
    run(project)
    assert list(examine(project)) == []
    assert not any(path.exists() for path in (half, stranger, unknown, torn, note))
    assert torn.with_name(f"{torn.name}.unreadable").exists(), "set aside, never thrown away"
    assert ranks(project) == whole[2]


def test_look_alikes_of_sightings_that_are_not_there_are_forgotten(project) -> None:
    candidates = Candidates(project.layout)
    candidates.keep_lists([(4711, [(4712, 0.5, 0.5, False)])])
    candidates.close()
    notes.put(project.store, "candidates_seal", "")
    (finding,) = examine(project)
    assert "2 sightings that are not there" in finding.sentence
    list(examine(project, repair=True))
    assert list(examine(project)) == []


def test_a_changed_answer_is_noticed_and_left_alone(project) -> None:
    path, database = project.path, project.layout.database
    project.close()
    connection = sqlite3.connect(database)
    connection.executescript(
        "DROP TRIGGER decision_is_final; UPDATE decision SET kind = 'different' WHERE uid = 'answer-0';"
        "UPDATE decision SET a = '0000000000000000' WHERE uid = 'answer-1';"
    )
    connection.close()
    again = open_project(path)
    try:
        for repair in (True, False):
            found = [one.sentence for one in examine(again, repair=repair)]
            assert sum("is another one than in the backup" in one for one in found) == 2
            assert any("0000000000000000, which is not in the project" in one for one in found)
        assert again.store.value("SELECT kind FROM decision WHERE uid = 'answer-0'") == "different"
    finally:
        again.close()


def test_originals_are_compared_on_request(project, whole, tmp_path) -> None:
    originals = tmp_path / "card"
    shutil.copytree(whole[1], originals)
    with project.store.write() as connection:
        connection.execute("UPDATE root SET path = ?", (str(originals),))
    assert list(examine(project, originals=True)) == []
    pictures = sorted(originals.rglob("*.JPG"))
    used = [
        p
        for p in pictures
        if project.store.value("SELECT state FROM media WHERE relpath = ?", p.relative_to(originals).as_posix())
        != "problem"
    ]
    flip(used[0])
    used[1].unlink()
    assert list(examine(project)) == []
    found = " ".join(one.sentence for one in examine(project, originals=True))
    assert f"{used[0].name} is not the file that was read" in found and f"{used[1].name} is gone" in found
    shutil.rmtree(originals)
    found = " ".join(one.sentence for one in examine(project, originals=True))
    assert f"{len(used)} originals is not there now" in found


def test_a_lost_crop_without_its_original_keeps_its_place(project, whole) -> None:
    """An unplugged disk must not put sightings aside that are described already."""
    first(project, "crop").unlink()
    with project.store.write() as connection:
        connection.execute("UPDATE root SET path = '/nowhere/at all'")
    before = project.store.value("SELECT COUNT(*) FROM sighting WHERE state = 'embedded'")
    for repair in (False, True):
        found = list(examine(project, repair=repair))
        assert any("its original is not there" in one.sentence and not one.repaired for one in found)
    run(project)
    assert project.store.value("SELECT COUNT(*) FROM sighting WHERE state = 'embedded'") == before
    assert ranks(project) == whole[2]


def test_check_and_mend_are_jobs(project, whole) -> None:
    first(project, "crop").unlink()
    first(project, "small").write_bytes(b"")
    looked = run(project, "check")
    assert (looked["wrong"], looked["mended"]) == (2, 0)
    mended = run(project, "mend")
    assert (mended["wrong"], mended["mended"]) == (0, 2)
    assert all(one["repaired"] for one in mended["findings"])
    assert ranks(project) == whole[2]
    job = Jobs().start(project, "check")
    job.cancel()
    assert job.wait(60) and job.state in (JobState.CANCELLED, JobState.DONE)


def test_looking_only_finds_and_never_mends(project) -> None:
    first(project, "crop").unlink()
    folder = project.path
    project.close()
    looking = open_project(folder, readonly=True)
    try:
        found = list(examine(looking, repair=True))
        assert len(found) == 1 and not found[0].repaired
    finally:
        looking.close()
