"""What the original SpotID left becomes a project: its crops, vectors and matches, ready for the review."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from spotid.cli import main
from spotid.cli_care import usable
from spotid.errors import OriginalDataError, PicturesMissingError, ProjectError
from spotid.jobs.doctor import examine
from spotid.jobs.original import convert, target_of
from spotid.jobs.stages import line_of
from spotid.progress import Silent
from spotid.project import collections, ledger, media, results, shards
from spotid.project.candidates import Candidates
from spotid.project.folder import Project, open_project
from spotid.review import imports
from spotid.review.desk import Desk
from spotid.settings import DEFAULTS, settings
from spotid.words import MediaState, SightingState, Stage
from tests.intake.test_original import graph

Made = Callable[..., Path]
NUMBER = 6


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Writes six crops of three animals in two folders, their vectors and matches, as the original does."""

    def write(links: tuple[tuple[int, int], ...] = ((0, 1), (2, 3)), different: tuple[int, ...] = ()) -> Path:
        folder, names = tmp_path / "spotid_out" / "embeddings3", []
        folder.mkdir(parents=True)
        for number in range(NUMBER):
            crop = tmp_path / "spotid_out" / "crops" / f"K{number % 2}" / f"0_0_BG-{number:02}.jpg"
            crop.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (80 + number, 60), (40 * number, 90, 60)).save(crop)
            names.append(str(crop))
        vectors = np.eye(8, dtype=np.float32)[[0, 0, 1, 1, 2, 2]] + 0.05 * np.arange(NUMBER)[:, None].astype(np.float32)
        np.save(folder / "embeddings.npy", vectors)
        (folder / "image_filenames.txt").write_text("".join(f"{one}\n" for one in names), encoding="utf-8")
        told = graph(names, list(links))
        for place in different:
            told["graph"]["links"][place]["is_match"] = False
        (folder.parent / "leopard_matches.json").write_text(json.dumps(told), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def opened() -> Callable[[Path], Project]:
    held: list[Project] = []

    def open_(folder: Path) -> Project:
        held.append(open_project(folder))
        return held[-1]

    yield open_
    for project in held:
        project.close()


def everything(project: Project) -> tuple:
    rows = project.store.all("SELECT uid, state FROM sighting ORDER BY uid")
    return [tuple(row) for row in rows], [(e.uid, e.kind, e.a, e.b) for e in ledger.events(project.store)]


def test_the_review_opens_at_once_with_the_answers_of_the_original(made, opened) -> None:
    folder = made(different=(1,))
    done = convert(folder, settings=DEFAULTS)
    assert done.folder == target_of(folder) == folder.with_name("embeddings3.spotid")
    assert (done.crops, done.there, done.same, done.different) == (6, 6, 1, 1)
    project = opened(done.folder)
    (root,) = media.roots(project.store).values()
    assert root == folder.parent / "crops"
    assert {event.kind for event in ledger.events(project.store)} == {"same", "different"}
    (who,) = project.store.all("SELECT DISTINCT initials FROM reviewer JOIN decision ON reviewer.id = reviewer_id")
    assert who["initials"] == "original"
    assert len(results.individuals(project.store)) == 1
    desk = Desk(project, DEFAULTS["nearest"])
    question = desk.question()
    assert question.state == "pair" and desk.queue.total.left > 0
    (encoder,) = shards.encoder_rows(project.store)
    ids, vectors = shards.load(project.layout, project.store, encoder)
    assert encoder.name == "original" and len(ids) == 6
    assert np.allclose(np.linalg.norm(vectors.astype(np.float32), axis=1), 1, atol=1e-3)
    candidates = Candidates(project.layout)
    assert candidates.of(ids[4], 5)[0].candidate == ids[5]
    candidates.close()


def test_the_doctor_finds_nothing_wrong_before_the_run(made, opened) -> None:
    project = opened(convert(made(), settings=DEFAULTS).folder)
    assert list(examine(project)) == []


def test_two_computers_agree_on_every_number(made, opened, tmp_path: Path) -> None:
    folder = made()
    one = opened(convert(folder, tmp_path / "one", settings=DEFAULTS).folder)
    other = opened(convert(folder, tmp_path / "other", settings=DEFAULTS).folder)
    assert everything(one) == everything(other)


def test_a_project_that_is_there_is_not_written_over(made) -> None:
    folder = made()
    convert(folder, settings=DEFAULTS)
    with pytest.raises(ProjectError, match="a project already"):
        convert(folder, settings=DEFAULTS)


def test_a_run_goes_on_with_the_same_sightings_and_answers(made, opened) -> None:
    """It crops, describes and lists them by SpotID's own parts; nothing is searched, nothing answered is lost."""
    project = opened(convert(made(), settings=DEFAULTS).folder)
    before = [row["uid"] for row in project.store.all("SELECT uid FROM sighting ORDER BY uid")]
    line = line_of(project, settings())
    for stage in (Stage.SCAN, Stage.READ, Stage.DETECT, Stage.CROP, Stage.EMBED, Stage.NEIGHBOURS):
        line.work(stage)(Silent())
    rows = project.store.all("SELECT uid, state, recipe FROM sighting ORDER BY uid")
    assert [row["uid"] for row in rows] == before
    assert {row["state"] for row in rows} == {SightingState.EMBEDDED} and all(row["recipe"] for row in rows)
    names = {encoder.name for encoder in shards.encoder_rows(project.store)}
    assert len(names) == 2 and "original" in names
    assert len(ledger.events(project.store)) == 2 and media.count(project.store, MediaState.ANIMAL) == 6


def test_crops_that_moved_are_found_in_the_folder_that_is_named(made, opened, tmp_path: Path) -> None:
    folder = made()
    (folder.parent / "crops").rename(tmp_path / "elsewhere")
    with pytest.raises(PicturesMissingError, match="6 of 6 crops are not where the list says"):
        convert(folder, settings=DEFAULTS)
    assert not target_of(folder).exists()
    project = opened(convert(folder, crops=tmp_path / "elsewhere", settings=DEFAULTS).folder)
    assert list(media.roots(project.store).values()) == [tmp_path / "elsewhere"]


def test_crops_beside_the_embeddings_are_found_after_a_copy_to_another_computer(made, opened) -> None:
    folder = made()
    names = (folder / "image_filenames.txt").read_text().splitlines()
    base = str(folder.parent)
    windows = [one.replace(base, "C:\\Users\\ana\\out").replace("/", "\\") for one in names]
    (folder / "image_filenames.txt").write_text("\n".join(windows) + "\n")
    (folder.parent / "leopard_matches.json").write_text(json.dumps(graph(windows, [(0, 1)])))
    done = convert(folder, settings=DEFAULTS)
    assert (done.there, done.same) == (6, 1)


def test_answers_on_crops_that_are_gone_are_kept(made, opened) -> None:
    folder = made()
    (folder.parent / "crops" / "K1" / "0_0_BG-01.jpg").unlink()
    done = convert(folder, sure=True, settings=DEFAULTS)
    assert (done.crops, done.there, done.same) == (6, 5, 2)
    assert "The pictures of 1 of them were not found" in done.sentences()[1]
    project = opened(done.folder)
    assert len(results.individuals(project.store)) == 2
    assert media.count(project.store, MediaState.MISSING) == 1
    (encoder,) = shards.encoder_rows(project.store)
    assert len(shards.load(project.layout, project.store, encoder)[0]) == 5
    (kept,) = collections.listed(project.store)
    assert kept["kind"] == "original" and kept["counts"]["used"] == 5 and kept["counts"]["refused"] == 1
    assert kept["report"]["sentences"] == done.left_out


@pytest.mark.parametrize("moved", [False, True])
def test_a_crop_that_comes_back_joins_in_at_the_next_run(made, opened, tmp_path: Path, moved: bool) -> None:
    folder = made()
    place = folder.parent / "crops"
    if moved:
        place = place.rename(tmp_path / "elsewhere")
    held = (place / "K1" / "0_0_BG-01.jpg").rename(tmp_path / "held.jpg")
    done = convert(folder, crops=place if moved else None, sure=True, settings=DEFAULTS)
    held.rename(place / "K1" / "0_0_BG-01.jpg")
    project = opened(done.folder)
    line = line_of(project, settings())
    for _ in range(2):
        for stage in (Stage.SCAN, Stage.READ, Stage.CROP, Stage.EMBED):
            line.work(stage)(Silent())
    assert media.count(project.store) == 6 == media.count(project.store, MediaState.ANIMAL)
    assert {row["state"] for row in project.store.all("SELECT state FROM sighting")} == {SightingState.EMBEDDED}
    assert project.store.value("SELECT COUNT(*) FROM sighting") == 6


def test_all_that_the_original_said_can_be_taken_back_at_once(made, opened) -> None:
    project = opened(convert(made(), settings=DEFAULTS).folder)
    desk = Desk(project, DEFAULTS["nearest"])
    (kept,) = collections.listed(project.store)
    assert imports.take_back(desk, kept["uid"], "AB") == 2
    assert results.individuals(project.store) == []


def test_crops_in_folders_that_hold_other_things_get_roots_of_their_own(made, opened, tmp_path: Path) -> None:
    folder = made()
    edges = folder.parent / "crops" / "edges"
    edges.mkdir()
    (folder / "binary_image_filenames.txt").write_text("".join(f"{edges / str(n)}.png\n" for n in range(NUMBER)))
    project = opened(convert(folder, settings=DEFAULTS).folder)
    roots = sorted(media.roots(project.store).values())
    assert roots == [folder.parent / "crops" / "K0", folder.parent / "crops" / "K1"]


def test_opening_says_what_the_folder_is(made) -> None:
    folder = made()
    for place in (folder, folder.parent):
        with pytest.raises(OriginalDataError, match="original SpotID"):
            open_project(place)


def test_a_crop_under_two_names_is_one_sighting(made, opened) -> None:
    folder = made()
    names = (folder / "image_filenames.txt").read_text().splitlines()
    names[1] = names[0].replace("/crops/", "/crops/../crops/")
    names[3] = names[2].replace("/crops/", "/./crops/")
    (folder / "image_filenames.txt").write_text("\n".join(names) + "\n")
    told = graph(names, [(0, 1), (0, 2), (1, 2), (1, 3), (4, 5)])
    (folder.parent / "leopard_matches.json").write_text(json.dumps(told))
    done = convert(folder, settings=DEFAULTS)
    assert done.same == 2
    assert opened(done.folder).store.value("SELECT COUNT(*) FROM sighting") == 4


def test_hostile_names_in_the_list_lead_nowhere(made, opened) -> None:
    folder = made()
    names = ["/etc/passwd", "\0.jpg", "../../../etc/passwd", "C:", "/", "a" * 5000 + ".jpg"]
    (folder / "image_filenames.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    with pytest.raises(PicturesMissingError):
        convert(folder, settings=DEFAULTS)
    done = convert(folder, sure=True, settings=DEFAULTS)
    project = opened(done.folder)
    assert (done.crops, done.there) == (6, 0) and media.count(project.store, MediaState.MISSING) == 6
    line = line_of(project, settings())
    for stage in (Stage.SCAN, Stage.READ):
        line.work(stage)(Silent())
    assert media.count(project.store, MediaState.MISSING) == 6


@pytest.mark.parametrize("names", [["/a/1.jpg", "/b/2.jpg"], ["C:/a/1.jpg", "C:/b/2.jpg"], ["x/1.jpg", "/b/2.jpg"]])
def test_no_whole_disk_becomes_a_folder_of_photographs(made, opened, names: list[str]) -> None:
    folder = made()
    (folder / "image_filenames.txt").write_text("\n".join(names * 3) + "\n", encoding="utf-8")
    project = opened(convert(folder, sure=True, settings=DEFAULTS).folder)
    assert all("not known" in str(root) for root in media.roots(project.store).values())


def test_what_breaks_leaves_no_half_project(made, monkeypatch) -> None:
    folder = made()
    monkeypatch.setattr(shards, "append", lambda *_: (_ for _ in ()).throw(ProjectError("The disk is full.")))
    with pytest.raises(ProjectError):
        convert(folder, settings=DEFAULTS)
    assert not target_of(folder).exists()


def test_from_the_command_line(made, tmp_path: Path) -> None:
    folder = made()
    (folder.parent / "crops").rename(tmp_path / "elsewhere")
    told = CliRunner().invoke(main, ["original", str(folder)])
    assert told.exit_code == PicturesMissingError.exit_code and "6 of 6 crops are not where" in told.output
    told = CliRunner().invoke(main, ["original", str(folder), "--crops", str(tmp_path / "elsewhere")])
    assert told.exit_code == 0, told.output
    assert "6 crops of the original SpotID" in told.output and "2 matches and 0 refusals" in told.output
    assert "The original never kept “Not a match”" in told.output
    assert usable(folder) == target_of(folder)


def test_opening_converts(made, capsys) -> None:
    folder = made()
    assert usable(folder.parent) == target_of(folder)
    assert "6 crops of the original SpotID" in capsys.readouterr().out
