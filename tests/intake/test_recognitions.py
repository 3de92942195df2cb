"""Files of recognitions in exactly the published layouts, and as they come when something is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.boxes import Box
from spotid.errors import BadRequestError
from spotid.intake import jsonstream, recognitions, speciesnet
from spotid.intake.recognised import ANIMAL, PERSON, VEHICLE, Recognised, RecognisedBox, kind_of, thin

BOX = [0.1, 0.2, 0.3, 0.4]
LION = "ddf59264-185a-4d35-b647-2785792bdf54;mammalia;carnivora;felidae;panthera;leo;lion"
BLANK = "f1856211-cfb7-4a5b-9158-c0f72fd09ee6;;;;;;blank"
HUMAN = "990ae9dd-7a59-4344-afcb-1b7b21368000;mammalia;primates;hominidae;homo;sapiens;human"


def batch(**changed: Any) -> dict[str, Any]:
    """The example of the format's description, of version 1.5; in MegaDetector's own order: pictures first."""
    whole: dict[str, Any] = {
        "images": [
            {
                "file": "path/from/base/dir/image_with_animal.jpg",
                "detections": [
                    {
                        "category": "1",
                        "conf": 0.926,
                        "bbox": [0.0, 0.2762, 0.1539, 0.2825],
                        "classifications": [["3", 0.071], ["1", 0.901], ["4", 0.025]],
                    },
                    {"category": "1", "conf": 0.061, "bbox": [0.0451, 0.1849, 0.3642, 0.4636]},
                ],
            },
            {
                "file": "path/from/base/dir/video_with_person.mp4",
                "frame_rate": 20,
                "frames_processed": [0, 20, 40, 60],
                "detections": [
                    {"category": "2", "conf": 0.871, "bbox": BOX, "frame_number": 0},
                    {"category": "2", "conf": 0.774, "bbox": [0.11, 0.21, 0.31, 0.41], "frame_number": 20},
                ],
            },
            {"file": "/path/from/base/dir/empty_image.jpg", "detections": []},
            {"file": "C:\\cards\\another.jpg", "detections": [], "failure": None},
            {"file": "dir2/corrupted_image_0.jpg", "failure": "Failure image access", "detections": None},
        ],
        "detection_categories": {"1": "animal", "2": "person", "3": "vehicle"},
        "classification_categories": {"0": "fox", "1": "elk", "3": "bear", "4": "moose"},
        "classification_category_descriptions": {"1": "animalia;chordata;mammalia;artiodactyla;cervidae;cervus"},
        "info": {
            "format_version": "1.5",
            "detector": "md_v5a.0.1.pt",
            "classifier": "speciesnet v4",
            "detector_metadata": {"typical_detection_threshold": 0.2, "conservative_detection_threshold": 0.05},
        },
    }
    return whole | changed


def written(tmp_path: Path, content: Any, encoding: str = "utf-8", indent: int | None = 1) -> Path:
    path = tmp_path / "found.json"
    text = content if isinstance(content, str) else json.dumps(content, indent=indent)
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("first", ["images", "info"])
def test_the_published_example_is_read_whole(tmp_path, encoding: str, first: str) -> None:
    whole = batch()
    whole = {first: whole.pop(first), **whole}
    found = recognitions.read(written(tmp_path, whole, encoding))
    animal, video, empty, windows, failed = found.images
    assert animal.boxes[0] == RecognisedBox(
        Box(0.0, 0.2762, 0.1539, 0.2825),
        ANIMAL,
        0.926,
        "elk",
        0.901,
        "animalia;chordata;mammalia;artiodactyla;cervidae;cervus",
    )
    assert [box.score for box in animal.boxes] == [0.926, 0.061]
    assert [(box.category, box.frame) for box in video.boxes] == [(PERSON, 0), (PERSON, 20)]
    assert video.frame_rate == 20
    assert (empty.boxes, empty.failure, windows.failure) == ((), "", "")
    assert windows.path == "C:\\cards\\another.jpg"
    assert (failed.failure, failed.boxes) == ("Failure image access", ())
    assert (found.made_by, found.threshold, found.least) == ("md_v5a.0.1.pt, speciesnet v4", 0.2, 0.05)
    assert found.remarks == []


def test_boxes_below_the_least_score_are_left_out(tmp_path) -> None:
    found = recognitions.read(written(tmp_path, batch()), 0.5)
    assert [len(one.boxes) for one in found.images] == [1, 2, 0, 0, 0]
    assert [len(one.boxes) for one in thin(found.images, 0.9)] == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("info", "thresholds"),
    [
        ({}, (0.8, 0.3)),  # before 1.1 the detector was not named: version 4
        ({"detector": "megadetector_v4.1"}, (0.8, 0.3)),
        ({"detector": "md_v5b.0.0.pt"}, (0.2, 0.05)),
        ({"detector": "md", "detector_metadata": {"typical_detection_threshold": 0.15}}, (0.15, 0.05)),
        ({"detector": "md", "detector_metadata": {"typical_detection_threshold": 7}}, (0.2, 0.05)),
        ({"detector": "x", "detector_metadata": {"typical_detection_threshold": 0.02}}, (0.02, 0.02)),
    ],
)
def test_thresholds_are_those_of_the_detector(tmp_path, info: dict[str, Any], thresholds: tuple[float, float]) -> None:
    about = recognitions.head(written(tmp_path, batch(info=info)))
    assert (about.typical, about.careful) == thresholds


def test_version_1_0_with_its_highest_score_and_free_text(tmp_path) -> None:
    image = {
        "file": "a.jpg",
        "meta": "x",
        "max_detection_conf": 0.9,
        "detections": [{"category": "3", "conf": 0.9, "bbox": BOX}],
    }
    whole = {
        "images": [image, {"file": "b.jpg", "max_detection_conf": -1, "detections": None}],
        "info": {"format_version": "1.0", "detection_completion_time": "2020-01-01 00:00:00"},
    }
    found = recognitions.read(written(tmp_path, whole))
    assert found.images[0].boxes[0].category == VEHICLE
    assert found.images[1].failure
    assert found.remarks == ["The file does not name its categories; 1 was taken for animal, 2 person, 3 vehicle."]


def test_addaxai_with_species_among_the_categories(tmp_path) -> None:
    boxes = [
        {
            "category": "4",
            "conf": 0.91,
            "prev_conf": 0.6,
            "prev_category": "1",
            "bbox": BOX,
            "classifications": [["0", 0.91]],
        },
        {"category": "1", "conf": 0.4, "bbox": BOX},
        {"category": "5", "conf": 0.7, "prev_conf": 0.5, "prev_category": "1", "bbox": BOX},
    ]
    names = {"1": "unidentified animal", "2": "person", "3": "vehicle", "4": "leopard", "5": "animal "}
    whole = batch(
        images=[{"file": "a.jpg", "detections": boxes}],
        detection_categories=names,
        forbidden_classes=[],
        classification_categories={"0": "leopard"},
    )
    leopard, plain, space = recognitions.read(written(tmp_path, whole)).images[0].boxes
    assert (leopard.category, leopard.score, leopard.species, leopard.species_score) == (ANIMAL, 0.6, "leopard", 0.91)
    assert (plain.category, plain.score, plain.species) == (ANIMAL, 0.4, "")
    assert (space.category, space.score, space.species) == (ANIMAL, 0.5, "")


def test_a_list_alone_with_categories_written_out(tmp_path) -> None:
    whole = [
        {"file": "a.jpg", "detections": [{"category": "animal", "confidence": 0.9, "bbox": BOX}]},
        {
            "file": "b.jpg",
            "detections": [{"category": "person", "confidence": 0.8, "bbox": [102.4, 88.1, 540.7, 470.2]}],
        },
    ]
    found = recognitions.read(written(tmp_path, whole))
    assert [len(one.boxes) for one in found.images] == [1, 0]
    assert any("in pixels" in one for one in found.remarks)


def image(**detection: Any) -> list[dict[str, Any]]:
    return [{"file": "a.jpg", "detections": [{"category": "1", "conf": 0.9, "bbox": BOX} | detection]}]


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (image(bbox=[0.1, 0.2, 0.3]), "not four numbers"),
        (image(bbox=[0.1, 0.2, 0.3, "x"]), "not four numbers"),
        (image(bbox=[0.1, 0.2, 0.3, float("nan")]), "not four numbers"),
        (image(bbox=None), "not four numbers"),
        (image(bbox=[10, 20, 300, 400]), "in pixels"),
        (image(bbox=[0.8, 0.2, 0.5, 0.4]), "outside their pictures"),
        (image(bbox=[0.1, 0.2, 0.0, 0.4]), "are empty"),
        (image(bbox=[0.1, 0.2, -0.3, 0.4]), "are empty"),
        (image(conf=None), "no score between 0 and 1"),
        (image(conf=90), "no score between 0 and 1"),
        (image(conf=True), "no score between 0 and 1"),
        (image(category="9"), "does not name"),
        (image(category=None), "does not name"),
        (image(classifications=[["77", 0.9]]), "Species are not named"),
        (image(classifications=[[]]), "Species are not named"),
        ([{"file": "a.jpg"}], "no list of detections"),
        ([{"file": "a.jpg", "detections": {"x": 1}}], "no list of detections"),
        ([{"file": 7, "detections": []}], "name no picture"),
        (["a.jpg"], "name no picture"),
        ([], "holds no pictures"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path, images: list[Any], words: str) -> None:
    found = recognitions.read(written(tmp_path, batch(images=images)))
    assert any(words in one for one in found.remarks), found.remarks


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("   \n", "is empty"),
        ("not json at all", "no JSON"),
        ('{"images": [{"file": "a.jpg" "detections": []}, {"file": "b.jpg", "detections": []}]}', "no JSON"),
        ('{"images" 7}' + " " * 20 + '"x"', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"a": 1, "b": {"c": []}}', "no list “images”"),
        ("{}", "no list “images”"),
        ('{"info": 1}', "no list “images”"),
        ({"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": []}, "COCO"),
        ({"images": [{"filepath": "a.jpg"}]}, "SpeciesNet"),
        ('{"images": [{"file": "a.j', "before its first picture"),
    ],
)
def test_what_is_no_such_file_is_refused_with_a_sentence(tmp_path, content: Any, words: str) -> None:
    with pytest.raises(BadRequestError) as told:
        recognitions.read(written(tmp_path, content))
    assert words in told.value.sentence
    assert told.value.advice


def test_a_file_cut_off_anywhere_gives_what_was_whole(tmp_path) -> None:
    text = json.dumps(batch())
    whole = recognitions.read(written(tmp_path, text)).images
    for end in range(200, len(text) - 1, 7):
        path = written(tmp_path, text[:end])
        if '"detections": [{' not in text[:end]:
            continue
        try:
            found = recognitions.read(path, 0.05)
        except BadRequestError as error:
            assert "before its first picture" in error.sentence
            continue
        assert [one.path for one in found.images] == [one.path for one in whole][: len(found.images)]
        assert "ends in the middle" in found.remarks[0]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=12,
    ),
    st.integers(1, 40),
)
def test_streaming_reads_what_json_reads(tmp_path_factory, value: Any, piece: int) -> None:
    path = tmp_path_factory.mktemp("json") / "any.json"
    path.write_text(json.dumps({"before": value, "images": [value, value], "after": [value]}), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonstream, "PIECE", piece)
        assert list(jsonstream.members(path, ("images",))) == [
            ("before", value),
            ("images", value),
            ("images", value),
            ("after", [value]),
        ]


@pytest.mark.parametrize("piece", range(1, 9))
def test_a_number_that_a_piece_cuts_is_read_whole(tmp_path, monkeypatch, piece: int) -> None:
    monkeypatch.setattr(jsonstream, "PIECE", piece)
    path = written(tmp_path, '{"a": 12345, "images": [678, -91.5e3], "b": true}')
    found = list(jsonstream.members(path, ("images",)))
    assert found == [("a", 12345), ("images", 678), ("images", -91.5e3), ("b", True)]


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 5), max_size=6))
def test_good_boxes_come_out_as_they_went_in(tmp_path_factory, rows: list[tuple[float, ...]]) -> None:
    boxes = [
        {"category": "1", "conf": conf, "bbox": [x, y, (1 - x) * w, (1 - y) * h]}
        for conf, x, y, w, h in rows
        if (1 - x) * w > 1e-9 and (1 - y) * h > 1e-9
    ]
    path = tmp_path_factory.mktemp("boxes") / "found.json"
    path.write_text(json.dumps(batch(images=[{"file": "a.jpg", "detections": boxes}])), encoding="utf-8")
    found = recognitions.read(path, 0.0)
    assert len(found.images[0].boxes) == len(boxes)
    for kept, given_ in zip(found.images[0].boxes, boxes, strict=True):
        assert [kept.box.x, kept.box.y, kept.box.w, kept.box.h] == pytest.approx(given_["bbox"], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("animal", (ANIMAL, "")),
        ("Animal ", (ANIMAL, "")),
        ("human", (PERSON, "")),
        ("Vehicle", (VEHICLE, "")),
        ("empty", ("", "")),
        ("Panthera  pardus", (ANIMAL, "Panthera pardus")),
    ],
)
def test_names_of_categories(name: str, meant: tuple[str, str]) -> None:
    assert kind_of(name) == meant


def prediction(**changed: Any) -> dict[str, Any]:
    """An entry as run_model writes it."""
    return {
        "filepath": "c:\\your\\image\\folder\\IMG_0001.JPG",
        "classifications": {"classes": [LION, BLANK], "scores": [0.98, 0.01]},
        "detections": [
            {"category": "1", "label": "animal", "conf": 0.81, "bbox": [0.19, 0.0, 0.76, 0.98]},
            {"category": "2", "label": "human", "conf": 0.3, "bbox": BOX},
        ],
        "prediction": LION,
        "prediction_score": 0.987,
        "prediction_source": "classifier",
        "model_version": "4.0.1a",
    } | changed


def test_speciesnets_own_format(tmp_path) -> None:
    entries = [
        prediction(),
        prediction(prediction=BLANK, detections=[]),
        prediction(prediction=HUMAN),
        prediction(failures=["CLASSIFIER"], prediction=None, classifications=None),
        {"filepath": "b.jpg", "failures": ["DETECTOR", "CLASSIFIER"], "model_version": "4.0.1a"},
        {"filepath": "c.jpg", "classifications": {"classes": [LION], "scores": [0.5]}, "model_version": "4.0.1a"},
    ]
    found = speciesnet.read_any(written(tmp_path, {"predictions": entries}))
    lion, blank, human, unclassified, failed, only = found.images
    assert [(box.category, box.species, box.taxon) for box in lion.boxes] == [
        (ANIMAL, "lion", "Panthera leo"),
        (PERSON, "", ""),
    ]
    assert lion.boxes[0].species_score == lion.species_score == 0.987
    assert (blank.boxes, blank.species) == ((), "")
    assert [box.species for box in human.boxes] == ["", ""]
    assert [box.species for box in unclassified.boxes] == ["", ""]
    assert failed.failure == "classifier, detector"
    assert (only.species, only.boxes, only.failure) == ("lion", (), "No boxes in the file")
    assert found.made_by == "SpeciesNet 4.0.1a"
    assert found.remarks == ["Pictures have a species but were not searched for boxes: 1 (such as “c.jpg”)."]


@pytest.mark.parametrize(
    ("label", "names"),
    [
        (LION, ("lion", "Panthera leo")),
        (BLANK, ("", "")),
        ("x;mammalia;carnivora;felidae;;;cat family", ("cat family", "Felidae")),
        ("x;no cv result;no cv result;no cv result;no cv result;no cv result;no cv result", ("", "")),
        ("1f689929-883d-4dae-958c-3d57ab5b6c16;;;;;;animal", ("", "")),
        ("x;mammalia;carnivora;felidae;panthera;pardus;", ("Panthera pardus", "Panthera pardus")),
        (";;;;;;", ("", "")),
        ("leopard", ("leopard", "")),
    ],
)
def test_speciesnets_labels(label: str, names: tuple[str, str]) -> None:
    assert speciesnet.names_of(label) == names


def test_speciesnet_with_nothing_or_with_oddities(tmp_path) -> None:
    assert speciesnet.read_any(written(tmp_path, {"predictions": []})).remarks == ["“found.json” holds no pictures."]
    odd = prediction(detections=[{"conf": 2}, {"conf": 0.5, "category": "8"}, "x", {"conf": 0.5, "label": "animal"}])
    found = speciesnet.read(written(tmp_path, {"predictions": [odd, {"x": 1}, 3]}))
    told = " ".join(found.remarks)
    for words in ("no score", "category that is not known", "name no picture", "not four numbers", "no box"):
        assert words in told
    with pytest.raises(BadRequestError, match="not SpeciesNet"):
        speciesnet.read(written(tmp_path, batch()))
    cut = json.dumps({"predictions": [prediction(), prediction()]})
    assert "ends in the middle" in speciesnet.read(written(tmp_path, cut[:-100])).remarks[0]
    assert (
        speciesnet.read_any(written(tmp_path, batch())).images[0]
        == recognitions.read(written(tmp_path, batch())).images[0]
    )


def test_a_failed_picture_keeps_nothing() -> None:
    assert [one.failure for one in thin([Recognised("a.jpg", failure="x")], 0.5)] == ["x"]
