"""A Camtrap DP package taken in: stations, deployments, times, boxes, species, individuals; before and after a run."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spotid.cli import main
from spotid.errors import BadRequestError
from spotid.intake import package_in
from spotid.intake.collect import read_pending, scan_roots
from spotid.prepare.find import find_animals
from spotid.prepare.parts import Detection, Frame
from spotid.prepare.species_stage import sort_out
from spotid.profiles.names import Names
from spotid.progress import Silent
from spotid.project import collections, deployments, media, stations_kept
from spotid.project.folder import Project, create_project
from spotid.review.following import follow_collections
from spotid.settings import DEFAULTS
from tests.intake.test_camtrapdp import BLANK, BOXED, DEPLOYMENTS, EVENT, HEAD, MACHINE, MEDIA, described

OURS = Names(["leopard", "Panthera pardus"]).ours
OTHER = (
    "o5,d1,m2,e1,2020-05-31T02:57:40Z,,media,animal,,Crocuta crocuta,1,,,,,"
    ",,,0.5,0.5,0.3,0.3,machine,SpeciesNet,,0.4,,\n"
)


class Finds:
    """A detector that finds one box and notes what it was asked."""

    name = "finds"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def identity(self) -> str:
        return "1"

    def load(self) -> None:
        pass

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        from spotid.boxes import Box

        self.asked += [frame.uid for frame in frames]
        return [[Detection(Box(0.2, 0.2, 0.4, 0.4), 0.7, how="says")] for _ in frames]


def tables(observations: str) -> dict[str, str]:
    return {
        **{"datapackage.json": described(), "deployments.csv": DEPLOYMENTS, "media.csv": MEDIA},
        "observations.csv": HEAD + observations,
    }


@pytest.fixture
def package(tmp_path: Path, picture: Callable[..., bytes]) -> Callable[..., Path]:
    """Makes a package with its three photographs beside it."""

    def make(observations: str = EVENT + BOXED + MACHINE + BLANK + OTHER, photographs: bool = True) -> Path:
        folder = tmp_path / "package"
        (folder / "media").mkdir(parents=True)
        for name, text in tables(observations).items():
            (folder / name).write_text(text, encoding="utf-8")
        for at, name in enumerate(("a", "b", "d") if photographs else ()):
            (folder / "media" / f"{name}.JPG").write_bytes(picture((40 * at, 90, 60), taken="2020:05:31 04:57:37"))
        return folder

    return make


def run(project: Project, detector: Any) -> None:
    """The stages of a run as far as the packages' words are concerned."""
    scan_roots(project, Silent())
    read_pending(project, dict(DEFAULTS), Silent())
    find_animals(project, detector, dict(DEFAULTS), Silent())
    sort_out(project, OURS, Silent())
    follow_collections(project, Silent())


def told(project: Project) -> dict[str, Any]:
    return {
        row["relpath"]: (row["station"], row["captured_at"], row["deployment"], row["state"])
        for row in project.store.all(
            "SELECT relpath, station.name AS station, captured_at, source_uid AS deployment, state FROM media"
            " LEFT JOIN station ON station.id = media.station_id"
            " LEFT JOIN deployment ON deployment.id = deployment_id ORDER BY relpath"
        )
    }


@pytest.fixture
def project(tmp_path: Path) -> Any:
    made = create_project(tmp_path / "project")
    yield made
    made.close()


def check(project: Project, uid: str) -> None:
    """What must stand in the project at the end, whichever came first."""
    store = project.store
    assert told(project) == {
        "media/a.JPG": ("K12", "2020-05-31T04:57:37", "d1", "animal"),
        "media/b.JPG": ("K12", "2020-05-31T04:57:40", "d1", "animal"),
        "media/d.JPG": ("K12 (l2)", "2020-06-01T14:00:00", "d3", "no_animal"),
    }
    assert [(one.name, one.latitude, one.placed_by) for one in stations_kept.stations(store)] == [
        ("K12", -15.5, "package"),
        ("K12 (l2)", -15.6, "package"),
    ]
    hung = {one.camera: one for one in deployments.deployments(store)}
    assert {"320", "321", "322"} <= hung.keys() and hung["320"].zone_minutes == 120
    assert hung["320"].starts_at == "2020-05-30T04:57:37" and hung["320"].photographs == 2
    rows = store.all(
        "SELECT relpath, x, boxed_by, sighting.species, sighting.species_by, species_score, sighting.state, name"
        " FROM sighting JOIN media ON media.id = media_id LEFT JOIN identity ON sighting_uid = sighting.uid"
        " LEFT JOIN individual ON individual.id = individual_id WHERE sighting.state != 'withdrawn' ORDER BY relpath"
    )
    leopard, hyaena = rows
    assert (leopard["species"], leopard["state"], leopard["name"]) == ("Panthera pardus", "detected", "L7")
    assert (hyaena["species"], hyaena["species_score"], hyaena["state"]) == ("Crocuta crocuta", 0.4, "other")
    assert hyaena["name"] is None
    assert collections.one(store, uid)["counts"]["used"] >= 1


def test_a_package_before_the_first_run(project: Project, package: Callable[..., Path]) -> None:
    path = package()
    looked = package_in.look_package(project, path)
    assert (looked.stations, looked.deployments, looked.files, looked.found) == (2, 3, 4, 0)
    assert looked.boxes == 2 and looked.species == {"Panthera pardus": 2, "Crocuta crocuta": 1}
    assert project.store.value("SELECT COUNT(*) FROM media") == 0
    uid = package_in.take_package(project, path, "AB")
    assert package_in.take_package(project, path, "AB") == uid
    assert len(collections.listed(project.store)) == 1
    detector = Finds()
    run(project, detector)
    assert detector.asked == []  # all photographs were looked through by people or by the other program
    check(project, uid)
    assert project.store.value("SELECT COUNT(*) FROM recognition") == 3
    run(project, detector)
    check(project, uid)


def test_a_package_after_the_first_run(project: Project, package: Callable[..., Path], tmp_path: Path) -> None:
    """Boxes of the first run stay; the species come along where the boxes fit."""
    path = package()
    media.root_id(project.store, path)
    detector = Finds()
    run(project, detector)
    assert len(detector.asked) == 3
    package_in.take_package(project, path)
    run(project, detector)
    assert len(detector.asked) == 3
    assert {name: one[:3] for name, one in told(project).items()} == {
        "media/a.JPG": ("K12", "2020-05-31T04:57:37", "d1"),
        "media/b.JPG": ("K12", "2020-05-31T04:57:40", "d1"),
        "media/d.JPG": ("K12 (l2)", "2020-06-01T14:00:00", "d3"),
    }
    boxes = project.store.all("SELECT species FROM sighting JOIN media ON media.id = media_id ORDER BY relpath")
    assert boxes[0]["species"] == "Panthera pardus"


def test_photographs_in_another_folder(project: Project, package: Callable[..., Path], tmp_path: Path, picture) -> None:
    path = package(photographs=False)
    elsewhere = tmp_path / "cards" / "media"
    elsewhere.mkdir(parents=True)
    for name in ("a", "b", "d"):
        (elsewhere / f"{name}.JPG").write_bytes(picture())
    with pytest.raises(BadRequestError, match="Not one of the 4 files"):
        package_in.take_package(project, path, images=tmp_path / "package")
    uid = package_in.take_package(project, path, images=tmp_path / "cards")
    run(project, Finds())
    check(project, uid)


def test_an_animal_without_a_box_is_searched_and_gets_its_species(project: Project, package) -> None:
    unboxed = OTHER.replace("0.5,0.5,0.3,0.3", ",,,")
    path = package(EVENT + unboxed)
    package_in.take_package(project, path)
    detector = Finds()
    run(project, detector)
    assert len(detector.asked) == 3  # nobody boxed anything
    rows = project.store.all(
        "SELECT relpath, sighting.species, sighting.state FROM sighting JOIN media ON media.id = media_id"
        " ORDER BY relpath"
    )
    assert [tuple(row) for row in rows] == [
        ("media/a.JPG", "Panthera pardus", "detected"),  # told of the event alone
        ("media/b.JPG", "Crocuta crocuta", "other"),
        ("media/d.JPG", "", "detected"),
    ]


def test_what_people_said_of_deployments_and_places_stays(project: Project, package: Callable[..., Path]) -> None:
    store = project.store
    here = stations_kept.add(store, "K12", 1.0, 2.0)
    deployments.add(store, here, "320", "2020-05-30T04:57:37", "2020-08-01")
    package_in.take_package(project, package())
    run(project, Finds())
    (known,) = [one for one in deployments.deployments(store) if one.camera == "320"]
    assert known.ends_at is not None and known.ends_at.startswith("2020-08-01") and known.told_by == "person"
    assert stations_kept.station(store, here).latitude == 1.0


def test_a_package_as_a_zip_from_the_command_line(tmp_path: Path, package: Callable[..., Path]) -> None:
    path = package()
    with zipfile.ZipFile(tmp_path / "camtrap.zip", "w") as archive:
        for file in sorted(path.rglob("*.*")):
            archive.write(file, f"camtrap/{file.relative_to(path)}")
    assert package_in.is_package(path) and package_in.is_package(tmp_path / "camtrap.zip")
    assert not package_in.is_package(tmp_path) and not package_in.is_package(path / "media.csv")
    words = [str(tmp_path / "camtrap.zip"), "--project", str(tmp_path / "made")]
    shown = CliRunner().invoke(main, ["import-package", *words, "--preview"])
    assert shown.exit_code == 0 and "2 stations, 3 deployments, 4 files" in shown.output, shown.output
    assert not (tmp_path / "made").exists()
    done = CliRunner().invoke(main, ["import", *words, "--yes", "--no-run"])
    assert done.exit_code == 0 and "3 of 4 pictures" in done.output, done.output
    refused = CliRunner().invoke(main, ["import-package", str(tmp_path), "--project", str(tmp_path / "other")])
    assert refused.exit_code == 2 and "no Camtrap DP package" in refused.output and not (tmp_path / "other").exists()


def test_a_package_is_taken_back_as_a_whole(project: Project, package: Callable[..., Path]) -> None:
    from spotid.review.desk import Desk
    from spotid.review.imports import take_back

    uid = package_in.take_package(project, package())
    run(project, Finds())
    check(project, uid)
    assert take_back(Desk(project, 5), uid) > 0
    detector = Finds()
    run(project, detector)
    assert len(detector.asked) == 3
    store = project.store
    assert store.value("SELECT COUNT(*) FROM media WHERE station_by = 'package' OR deployment_by = 'package'") == 0
    assert store.value("SELECT COUNT(*) FROM sighting WHERE state = 'other'") == 0
    assert store.value("SELECT COUNT(*) FROM identity") == 0
