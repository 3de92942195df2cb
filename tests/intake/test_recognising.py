"""Files of recognitions taken in: matched to the photographs, used instead of a search, and never against a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from spotid.boxes import Box
from spotid.errors import BadRequestError, NotFoundError
from spotid.intake import recognising
from spotid.prepare.find import find_animals
from spotid.prepare.parts import Detection, Frame
from spotid.prepare.species_stage import sort_out
from spotid.profiles.names import Names
from spotid.progress import Silent
from spotid.project import frames, ledger, media, recognised_rows
from spotid.project.folder import Project, create_project
from spotid.settings import DEFAULTS
from spotid.words import MediaState, SightingState, Verdict

OURS = Names(["leopard", "Panthera pardus"]).ours
HERE, THERE = [0.1, 0.1, 0.3, 0.3], [0.5, 0.5, 0.3, 0.3]
CLASSES = {"0": "leopard", "1": "spotted hyaena", "2": "blank"}


class Never:
    """A detector that must not be called."""

    name = "never"

    def identity(self) -> str:
        return "1"

    def load(self) -> None:
        raise AssertionError("the detector was loaded")

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        raise AssertionError("the detector was called")


class Counts(Never):
    """A detector that finds nothing and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def load(self) -> None:
        pass

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        self.asked += [frame.uid for frame in frames]
        return [[] for _ in frames]


def entry(file: str, *boxes: tuple[list[float], float, str, list[Any]]) -> dict[str, Any]:
    """A picture with boxes: (sides, score, category, classifications)."""
    return {
        "file": file,
        "detections": [
            {"bbox": sides, "conf": score, "category": kind, "classifications": told}
            for sides, score, kind, told in boxes
        ],
    }


def written(folder: Path, images: list[dict[str, Any]], name: str = "md.json", **info: Any) -> Path:
    path = folder / name
    whole = {
        "images": images,
        "detection_categories": {"1": "animal", "2": "person", "3": "vehicle"},
        "classification_categories": CLASSES,
        "info": {"format_version": "1.5", "detector": "md_v5a.0.1.pt"} | info,
    }
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


@pytest.fixture
def unsearched(stock: Any) -> Any:
    """Six files of two stations in which nothing has been searched."""
    with stock.project.store.write() as connection:
        connection.execute("DELETE FROM sighting")
        connection.execute("UPDATE media SET state = 'read'")
    media.number_visits(stock.project.store, 30)
    return stock


LEOPARD, HYAENA = [["0", 0.93]], [["1", 0.31], ["0", 0.2]]
NAMES = [f"{station}/100MEDIA/IMG_{number:04d}.JPG" for station in ("North", "South") for number in range(3)]
ALL = [
    entry(f"D:\\survey\\{NAMES[0]}".replace("/", "\\"), (HERE, 0.9, "1", LEOPARD), (THERE, 0.8, "1", HYAENA)),
    entry(NAMES[1], (HERE, 0.7, "1", HYAENA)),
    entry(NAMES[2], (HERE, 0.9, "2", []), (THERE, 0.9, "3", [])),
    entry(NAMES[3], (HERE, 0.9, "1", []), (THERE, 0.1, "1", LEOPARD)),
    entry(NAMES[4]),
    entry(NAMES[5], (HERE, 0.6, "1", [["2", 0.9]])),
]


def found(project: Project) -> dict[str, list[tuple[list[float], float, str, str, str]]]:
    rows = project.store.all(
        "SELECT relpath, x, y, w, h, score, species, species_by, sighting.state FROM media"
        " LEFT JOIN sighting ON sighting.media_id = media.id AND sighting.state != 'withdrawn' ORDER BY media.id, x"
    )
    told: dict[str, list[tuple[list[float], float, str, str, str]]] = {}
    for row in rows:
        sides = [round(row[side], 3) for side in "xywh"] if row["x"] is not None else None
        told.setdefault(row["relpath"], [])
        if sides:
            told[row["relpath"]].append((sides, row["score"], row["species"], row["species_by"], row["state"]))
    return told


def search(project: Project, detector: Any) -> None:
    find_animals(project, detector, dict(DEFAULTS), Silent())
    sort_out(project, OURS, Silent())


def test_what_was_recognised_stands_in_the_place_of_a_search(unsearched: Any, tmp_path: Path) -> None:
    project = unsearched.project
    path = written(tmp_path, ALL)
    looked = recognising.look(project, path)
    assert (looked.pictures, looked.found, looked.boxes, looked.empty) == (6, 6, 5, 2)
    assert (looked.people, looked.vehicles, looked.searched) == (1, 1, 0)
    assert looked.species == {"spotted hyaena": 2, "leopard": 1} and looked.threshold == 0.2
    assert project.store.value("SELECT COUNT(*) FROM recognition") == 0  # looking writes nothing
    taken = recognising.take(project, path)
    assert (taken.files, taken.replaced, taken.left) == (6, 0, 0)
    search(project, Never())
    by = "recognitions"
    assert found(project) == {
        NAMES[0]: [(HERE, 0.9, "leopard", by, "detected"), (THERE, 0.8, "spotted hyaena", by, "other")],
        NAMES[1]: [(HERE, 0.7, "spotted hyaena", by, "other")],
        NAMES[2]: [],
        NAMES[3]: [(HERE, 0.9, "", "", "detected")],  # of whom nothing is told goes on
        NAMES[4]: [],
        NAMES[5]: [(HERE, 0.6, "", "", "detected")],
    }
    assert media.count(project.store, MediaState.NO_ANIMAL) == 2
    scores = project.store.all("SELECT species_score FROM sighting WHERE state = 'other' ORDER BY id")
    assert [row[0] for row in scores] == [0.31, 0.31]  # a low score is shown, and nothing is thrown away


def test_only_files_that_the_other_program_searched_are_not_searched_here(unsearched: Any, tmp_path: Path) -> None:
    project = unsearched.project
    failed = {"file": NAMES[1], "failure": "Failure image access", "detections": None}
    recognising.take(project, written(tmp_path, [ALL[0], failed, *ALL[3:]]))
    detector = Counts()
    search(project, detector)
    rows = project.store.all("SELECT uid FROM media WHERE relpath IN (?, ?) ORDER BY id", NAMES[1], NAMES[2])
    assert detector.asked == [row["uid"] for row in rows]


def test_the_threshold_is_the_persons(unsearched: Any, tmp_path: Path) -> None:
    project, path = unsearched.project, written(tmp_path, ALL)
    assert recognising.look(project, path, 0.05).boxes == 6
    recognising.take(project, path, 0.75)
    search(project, Never())
    assert [len(boxes) for boxes in found(project).values()] == [2, 0, 0, 1, 0, 0]
    for wrong in (0, -1, 1.5):
        with pytest.raises(BadRequestError):
            recognising.look(project, path, wrong)


def test_what_a_person_drew_counts_more(unsearched: Any, tmp_path: Path) -> None:
    project = unsearched.project
    uid = project.store.value("SELECT uid FROM media WHERE relpath = ?", NAMES[0])
    frames.keep(project.store, frames.FrameAnswer("f", uid, (Box(0.12, 0.1, 0.3, 0.3),)))
    recognising.take(project, written(tmp_path, ALL))
    search(project, Never())
    (box,) = found(project)[NAMES[0]]
    assert box[0] == [0.12, 0.1, 0.3, 0.3] and box[2:4] == ("leopard", "recognitions")  # the box is the person's
    assert frames.live(project.store, uid)[0]["boxed_by"] == frames.PERSON


def test_after_the_first_run_boxes_stay_and_species_are_learnt(stock: Any, tmp_path: Path) -> None:
    """The usual stock was searched before: one box over the whole of every picture, all of them described."""
    project = stock.project
    whole = [0.02, 0.02, 0.95, 0.95]
    fits = [entry(name, (whole, 0.9, "1", HYAENA)) for name in NAMES[:3]]
    elsewhere = [entry(name, (HERE, 0.9, "1", HYAENA)) for name in NAMES[3:]]
    path = written(tmp_path, fits + elsewhere)
    looked = recognising.look(project, path)
    assert (looked.searched, looked.free) == (6, 6)
    taken = recognising.take(project, path)
    assert (taken.files, taken.replaced, taken.left) == (6, 0, 6)
    assert media.count(project.store, MediaState.READ) == 0
    search(project, Never())
    state = [boxes[0][4] for boxes in found(project).values()]
    assert state == ["other"] * 3 + ["embedded"] * 3  # a box elsewhere in the picture says nothing of this animal


def test_boxes_of_a_search_are_replaced_where_asked_and_nothing_hangs_on_them(stock: Any, tmp_path: Path) -> None:
    project = stock.project
    nothing: ledger.Follows = ([], {}, {})
    ledger.keep(project.store, ledger.Answer("d", Verdict.UNUSABLE, stock.uids[0]), lambda _: nothing, str)
    uid = project.store.value("SELECT uid FROM media WHERE relpath = ?", NAMES[1])
    frames.apply(project, uid, [Box(0.2, 0.2, 0.2, 0.2)], "", "f1")
    taken = recognising.take(project, written(tmp_path, ALL), replace=True)
    assert (taken.replaced, taken.left) == (4, 2)
    search(project, Never())
    boxes = {name: [one[0] for one in told] for name, told in found(project).items()}
    assert boxes[NAMES[0]] == [[0, 0, 1, 1]] and boxes[NAMES[1]] == [[0.2, 0.2, 0.2, 0.2]]
    assert boxes[NAMES[2]] == [] and boxes[NAMES[3]] == [HERE] and boxes[NAMES[4]] == []
    assert project.store.value("SELECT COUNT(*) FROM sighting WHERE state = 'withdrawn'") == 5


def test_taking_in_twice_changes_nothing_and_a_newer_file_counts(unsearched: Any, tmp_path: Path) -> None:
    project, store = unsearched.project, unsearched.project.store
    path = written(tmp_path, ALL)
    first, second = recognising.take(project, path), recognising.take(project, path)
    assert first == second and store.value("SELECT COUNT(*) FROM collection") == 1
    assert store.value("SELECT COUNT(*) FROM recognition") == 6
    recognising.take(project, written(tmp_path, [entry(NAMES[0], (THERE, 0.5, "1", LEOPARD))], "newer.json"))
    search(project, Never())
    assert found(project)[NAMES[0]] == [(THERE, 0.5, "leopard", "recognitions", "detected")]
    assert len(found(project)[NAMES[1]]) == 1


def test_a_file_that_was_cut_off_while_it_was_kept_does_not_count(unsearched: Any, tmp_path: Path, monkeypatch) -> None:
    project, path = unsearched.project, written(tmp_path, ALL)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(recognised_rows, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            recognising.take(project, path)
    assert recognised_rows.waiting(project.store, 10) == []
    recognising.take(project, path)
    assert len(recognised_rows.waiting(project.store, 10)) == 6


def test_speciesnets_own_file_tells_species_of_pictures_it_did_not_search(unsearched: Any, tmp_path: Path) -> None:
    project = unsearched.project
    label = "a;mammalia;carnivora;felidae;panthera;pardus;leopard"
    other = "b;mammalia;carnivora;hyaenidae;crocuta;crocuta;spotted hyaena"
    predictions = [
        {
            **{"filepath": f"/data/{NAMES[0]}", "prediction": label, "prediction_score": 0.8, "model_version": "4"},
            "detections": [{"category": "1", "label": "animal", "conf": 0.9, "bbox": HERE}],
        },
        {"filepath": f"/data/{NAMES[1]}", "prediction": other, "prediction_score": 0.6},
    ]
    path = tmp_path / "predictions.json"
    path.write_text(json.dumps({"predictions": predictions}), encoding="utf-8")
    looked = recognising.look(project, path)
    assert looked.species == {"leopard (Panthera pardus)": 1, "spotted hyaena (Crocuta crocuta)": 1}
    assert looked.made_by == "SpeciesNet 4" and any("not searched" in one for one in looked.odd)
    recognising.take(project, path)

    class Finds(Counts):
        def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
            super().detect(frames, context)
            return [[Detection(Box(*THERE), 0.7, how="says")] for _ in frames]

    detector = Finds()
    search(project, detector)
    assert len(detector.asked) == 5
    told = found(project)
    assert told[NAMES[0]] == [(HERE, 0.9, "leopard (Panthera pardus)", "recognitions", "detected")]
    assert told[NAMES[1]] == [(THERE, 0.7, "spotted hyaena (Crocuta crocuta)", "recognitions", "other")]

    class FindsElsewhere(Counts):
        def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
            return [[Detection(Box(*HERE), 0.6, how="says")] for _ in frames]

    with project.store.write() as connection:
        connection.execute("UPDATE media SET state = 'read' WHERE relpath = ?", (NAMES[1],))
    search(project, FindsElsewhere())
    assert found(project)[NAMES[1]] == [(HERE, 0.6, "spotted hyaena (Crocuta crocuta)", "recognitions", "other")]


def test_it_can_be_looked_at_before_the_folder_was_looked_through(tmp_path: Path, picture: Any) -> None:
    for name in NAMES[:2]:
        place = tmp_path / "cards" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(picture())
    project = create_project(tmp_path / "project")
    media.root_id(project.store, tmp_path / "cards")
    path = written(tmp_path / "cards", ALL)
    looked = recognising.look(project, path)
    assert (looked.found, looked.pictures) == (2, 6) and "2 of 6" in looked.said[0]
    assert media.count(project.store) == 0 and recognising.offered(project) == [path]
    project.close()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"images": []}', "no json", '{"predictions": []}', "[1, 2]"])
def test_files_that_hold_nothing_are_refused_with_a_sentence(unsearched: Any, tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadRequestError) as refused:
        recognising.take(unsearched.project, path)
    assert refused.value.sentence and refused.value.advice
    with pytest.raises(NotFoundError):
        recognising.look(unsearched.project, tmp_path / "not there.json")


def test_a_file_of_other_photographs_is_refused(unsearched: Any, tmp_path: Path) -> None:
    path = written(tmp_path, [entry("elsewhere/DSC_1.JPG", (HERE, 0.9, "1", []))])
    assert recognising.look(unsearched.project, path).found == 0
    with pytest.raises(BadRequestError, match="Not one of the 1 pictures"):
        recognising.take(unsearched.project, path)
    assert unsearched.project.store.value("SELECT COUNT(*) FROM collection") == 0


def test_the_same_name_in_two_folders_of_originals_is_left_out(unsearched: Any, tmp_path: Path, picture: Any) -> None:
    project = unsearched.project
    second = tmp_path / "second"
    root = media.root_id(project.store, second)
    media.add_found(project.store, root, [media.Found(NAMES[0], 10, 1), media.Found("West/IMG_1.JPG", 11, 1)])
    looked = recognising.look(project, written(tmp_path, [*ALL, entry("West/IMG_1.JPG", (HERE, 0.9, "1", []))]))
    assert looked.found == 6 and any("more than one of your folders" in one for one in looked.said)


def test_animals_of_other_species_are_neither_cropped_nor_described(unsearched: Any, tmp_path: Path) -> None:
    from spotid.project import sightings

    project = unsearched.project
    recognising.take(project, written(tmp_path, ALL))
    search(project, Never())
    waiting = sightings.to_crop(project.store, media.roots(project.store), 100)
    assert len(waiting) == 3 and sightings.count(project.store, SightingState.OTHER) == 2


def take_back(project: Project, uid: str) -> None:
    with project.store.write() as connection:
        connection.execute("UPDATE collection SET taken_back_at = made_at WHERE uid = ?", (uid,))


def test_what_was_taken_back_is_searched_and_told_of_no_more(unsearched: Any, tmp_path: Path) -> None:
    project = unsearched.project
    first = recognising.take(project, written(tmp_path, ALL))
    search(project, Never())
    uid = project.store.value("SELECT uid FROM media WHERE relpath = ?", NAMES[1])
    frames.apply(project, uid, [Box(*HERE)], "", "f1")
    take_back(project, first.uid)
    detector = Counts()
    search(project, detector)
    assert len(detector.asked) == 5  # all but the frame that a person has answered
    assert found(project) == {name: [(HERE, 1.0, "", "", "detected")] if name == NAMES[1] else [] for name in NAMES}
    search(project, Never())


def test_an_earlier_file_counts_again_where_the_newer_one_was_taken_back(unsearched: Any, tmp_path: Path) -> None:
    project = unsearched.project
    recognising.take(project, written(tmp_path, ALL))
    newer = recognising.take(project, written(tmp_path, [entry(NAMES[0], (THERE, 0.5, "1", HYAENA))], "newer.json"))
    search(project, Never())
    take_back(project, newer.uid)
    search(project, Never())
    assert len(found(project)[NAMES[0]]) == 2
