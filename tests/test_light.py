"""The light of a photograph, told from its colours: of the sample survey, whose truth is known, and of odd files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from spotid.light import DAYLIGHT, FLASH, INFRARED, light_of
from spotid.project.layout import Layout
from tests import places_stock


def test_night_and_day_of_the_sample_survey(repository: Path) -> None:
    sample = repository / "sample_data"
    with (sample / "truth" / "frames.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if not row["problem"] and (sample / row["path"]).is_file()]
    told = {row["path"]: light_of(sample / row["path"]) for row in rows}
    wrong = [row["path"] for row in rows if (told[row["path"]] == DAYLIGHT) != (row["light"] == "day")]
    assert len(rows) > 50 and wrong == []
    other = [row["path"] for row in rows if row["light"] != "day" and told[row["path"]] != row["light"]]
    assert len(other) <= 1, "infrared and flash are told apart, but for the darkest frame"


@pytest.mark.parametrize("light", [DAYLIGHT, INFRARED, FLASH])
def test_the_scenes_of_these_tests_are_what_they_are_meant_to_be(light: str, tmp_path: Path) -> None:
    for seed in range(6):
        path = tmp_path / f"{light}{seed}.jpg"
        places_stock.scene(light, seed).save(path, quality=80)
        assert light_of(path) == light


def test_a_tint_over_everything_is_no_colour(tmp_path: Path) -> None:
    grey = places_stock.scene(INFRARED, 3).convert("L").resize((640, 427))
    for tint in ((1.0, 0.8, 1.0), (1.0, 0.95, 0.8), (0.85, 0.9, 1.0)):
        path = tmp_path / "tinted.jpg"
        Image.merge("RGB", [grey.point(lambda value, part=part: int(value * part)) for part in tint]).save(
            path, quality=95
        )
        assert light_of(path) == INFRARED, tint


def test_a_coloured_strip_is_left_out(tmp_path: Path) -> None:
    picture = places_stock.scene(INFRARED, 1).resize((600, 400)).filter(ImageFilter.BLUR)
    picture.paste((200, 30, 30), (0, 370, 600, 400))
    path = tmp_path / "strip.jpg"
    picture.save(path)
    assert light_of(path) == INFRARED


def test_what_can_not_be_read_has_no_light(tmp_path: Path) -> None:
    (tmp_path / "no.jpg").write_bytes(b"\xff\xd8\xff nothing")
    assert light_of(tmp_path / "no.jpg") is None
    assert light_of(tmp_path / "gone.jpg") is None
    assert light_of(Layout(tmp_path).small("ab" * 8)) is None
    Image.new("RGB", (1, 1), (9, 9, 9)).save(tmp_path / "one.png")
    assert light_of(tmp_path / "one.png") == INFRARED
