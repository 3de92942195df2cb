"""Burnt-in strips, drawn here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from spotid.intake.strip import Seen, Strip, look, read_card, settle
from spotid.intake.strip_dates import Moment, moment

Draw = Callable[..., Image.Image]
START = datetime(2019, 3, 25, 14, 5, 33)


def scene(seed: int = 0, size: tuple[int, int] = (1280, 720)) -> Image.Image:
    """Rocks and grass, as far as a strip is concerned."""
    rng = np.random.default_rng(seed)
    small = rng.integers(30, 220, (size[1] // 6, size[0] // 6, 3), dtype=np.uint8)
    return Image.fromarray(small).resize(size)


def bar(
    picture: Image.Image, fields: list[tuple[int, str]], *, top: bool, pen: str = "white", fill: str = "black"
) -> None:
    high = 34
    y = 0 if top else picture.height - high
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, y, picture.width, y + high), fill=fill)
    for x, text in fields:
        draw.text((x, y + 5), text, fill=pen, font=ImageFont.load_default(22))


def reconyx(when: datetime, seed: int = 0, name: str = "RIDGE-24") -> Image.Image:
    picture = scene(seed)
    said = f"{when:%Y-%m-%d} {when.hour % 12 or 12}:{when:%M:%S} {when:%p}"
    bar(picture, [(20, said), (560, "M 3/10"), (1180, "19°C")], top=True)
    bar(picture, [(20, name)], top=False)
    return picture


def bushnell(when: datetime, seed: int = 0) -> Image.Image:
    picture = scene(seed)
    bar(
        picture, [(20, "Bushnell"), (300, "54°F 12°C"), (700, f"{when:%m-%d-%Y}"), (960, f"{when:%H:%M:%S}")], top=False
    )
    return picture


def browning(when: datetime, seed: int = 0) -> Image.Image:
    picture = scene(seed)
    bar(picture, [(20, f"{when:%m/%d/%Y}"), (240, f"{when:%I:%M %p}"), (560, "54°F"), (900, "CREEK-7")], top=False,
        pen="black", fill="white")  # fmt: skip
    return picture


def named(when: datetime, seed: int = 0) -> Image.Image:
    picture = scene(seed)
    bar(picture, [(20, f"{when:%d %b %Y}".upper()), (300, f"{when:%H:%M:%S}")], top=False, pen="yellow")
    return picture


def seen(text: str) -> Seen:
    said = moment(text, (1.0,) * len(text))
    return Seen(text, said, ())


def card(*texts: str) -> list[datetime | None]:
    return [answer.time if answer else None for answer in settle([seen(text) for text in texts])]


@pytest.mark.parametrize("layout", [reconyx, bushnell, browning, named])
def test_each_layout_is_read(layout: Draw, tmp_path: Path) -> None:
    files, times = [], []
    for place in range(4):
        when = START + timedelta(hours=7 * place, seconds=11 * place)
        files.append(tmp_path / f"IMG_{place:04}.JPG")
        layout(when, place).save(files[-1], quality=88)
        times.append(when.replace(second=0) if layout is browning else when)
    answers = read_card(files)
    assert [answer and answer.time for answer in answers] == times
    assert all(answer and answer.sure for answer in answers)
    name = {reconyx: "RIDGE-24", browning: "CREEK-7"}.get(layout)
    assert {answer.camera for answer in answers if answer} == {name}


def test_a_picture_without_a_strip_gives_nothing() -> None:
    assert look(np.asarray(scene())) is None
    assert look(np.zeros((480, 640, 3), np.uint8)) is None
    assert look(np.full((6, 6, 3), 255, np.uint8)) is None


def test_a_night_that_is_as_black_as_the_bar_does_not_hide_the_time() -> None:
    picture = Image.new("RGB", (1280, 720), (4, 4, 4))
    bar(picture, [(20, "2019-03-25 14:05:33")], top=True)
    said = look(np.asarray(picture))
    assert said is not None and said.moment is not None
    assert dict(said.moment.by_order) == {"YMD": START}


def test_half_covered_writing_gives_no_time() -> None:
    picture = reconyx(START)
    ImageDraw.Draw(picture).rectangle((0, 14, 400, 19), fill="black")
    (answer,) = settle([look(np.asarray(picture))])
    assert answer is None or answer.time is None


def test_files_that_are_no_pictures_count_as_without_a_strip(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"nothing")
    assert read_card([tmp_path / "a.jpg", tmp_path / "gone.jpg"]) == [None, None]


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("2012-07-06 1:17:34 AM  M 1/10  19°C", {"YMD": datetime(2012, 7, 6, 1, 17, 34)}),
        ("12-31-2019 12:00 AM", {"MDY": datetime(2019, 12, 31)}),
        ("31.12.2019 12:00PM", {"DMY": datetime(2019, 12, 31, 12)}),
        ("O3/25/2OI9 I4:O5", {"MDY": datetime(2019, 3, 25, 14, 5)}),
        ("25 MAR 2019 14:05:33", {"named": START}),
        ("Mar 25, 2019 14:05:33", {"named": START}),
        ("04/05/2019 14:05", {"DMY": datetime(2019, 5, 4, 14, 5), "MDY": datetime(2019, 4, 5, 14, 5)}),
        ("30/05/19 14:05", {"DMY": datetime(2019, 5, 30, 14, 5), "YMD": datetime(2030, 5, 19, 14, 5)}),
    ],
)
def test_times_that_are_understood(text: str, orders: dict[str, datetime]) -> None:
    said = moment(text, (1.0,) * len(text))
    assert said is not None and dict(said.by_order) == orders


@pytest.mark.parametrize(
    "text",
    [
        "2012-07-061:17:34 AM",  # the space is lost: the 6th at 1, or day 0 at 61
        "2012-07-06 1 1:17:34",  # an hour torn in two
        "2012-07-06 1:17:34 ¤M",  # morning or evening
        "2012-07-06 13:17:34 PM",
        "2012-07-06 1:77",
        "2012-13-45 1:17",
        "1912-07-06 1:17",
        "2012-07-06",
        "2012-07-06 1:17 2012-07-08 1:17",
        "2012-07-06 1:17 5:30",
        "12012-07-06 1:17",
        "2012-07-06 1:17:3¤",
        "",
    ],
)
def test_times_that_are_not_beyond_doubt(text: str) -> None:
    assert moment(text, (1.0,) * len(text)) is None


def test_the_whole_card_tells_day_from_month() -> None:
    assert card("04/05/2019 14:05", "04/13/2019 14:05") == [datetime(2019, 4, 5, 14, 5), datetime(2019, 4, 13, 14, 5)]
    assert card("04/05/2019 14:05", "13/05/2019 14:05") == [datetime(2019, 5, 4, 14, 5), datetime(2019, 5, 13, 14, 5)]
    # both are on the calendar, only one runs on: 12 April comes before 1 May, 4 December after 5 January
    assert card("11/04/2019 14:05", "12/04/2019 14:05", "01/05/2019 14:05")[2] == datetime(2019, 5, 1, 14, 5)


def test_a_card_that_allows_both_orders_gives_no_time_until_a_person_says_which() -> None:
    texts = ["04/05/2019 14:05", "06/07/2019 14:05"]
    assert card(*texts) == [None, None]
    told = settle([seen(text) for text in texts], order="DMY")
    assert [answer and answer.time for answer in told] == [datetime(2019, 5, 4, 14, 5), datetime(2019, 7, 6, 14, 5)]


def test_a_card_of_contradicting_orders_gives_no_time() -> None:
    assert card("25/03/2019 14:05", "03/25/2019 14:05") == [None, None]


def test_a_time_out_of_its_neighbours_order_is_dropped() -> None:
    texts = ["2019-03-25 14:05:33", "2019-08-25 14:05:34", "2019-03-25 14:05:35", "2019-03-25 14:05:36"]
    assert card(*texts) == [START, None, START + timedelta(seconds=2), START + timedelta(seconds=3)]


def test_a_clock_that_was_reset_halfway_keeps_both_halves() -> None:
    texts = ["2019-03-25 14:05", "2019-03-25 14:06", "2000-01-01 00:00", "2000-01-01 00:05"]
    assert None not in card(*texts)


def test_a_lost_pm_does_not_pass_for_a_morning() -> None:
    texts = ["2019-03-25 1:05 AM", "2019-03-25 1:06", "2019-03-25 1:07 AM"]
    assert [time is None for time in card(*texts)] == [False, True, False]


def test_doubtful_writing_is_never_sure() -> None:
    said = Moment((("YMD", START),), False, 0.8, ((0, 1),))
    answers = settle([Seen("2019-03-25 14:05:33", said, ())] * 2)
    assert answers == [Strip(START, None, "2019-03-25 14:05:33", False)] * 2


def test_a_single_picture_is_never_sure() -> None:
    (alone,) = settle([seen("2019-03-25 14:05:33")])
    assert alone is not None and alone.time == START and not alone.sure
    assert all(answer and answer.sure for answer in settle([seen("2019-03-25 14:05:33")] * 2))


def test_a_name_that_most_of_the_card_does_not_bear_is_left_out() -> None:
    read = [Seen("", None, (name,)) for name in ("RIDGE-24", "RIDGE-24", "RIDGE-2A")]
    assert [answer and answer.camera for answer in settle(read)] == ["RIDGE-24", "RIDGE-24", None]
    torn = [Seen("", None, (name,)) for name in ("RIDGE-24", "RIDGE-2A", "RIDGE-Z4")]
    assert [answer and answer.camera for answer in settle(torn)] == [None, None, None]


def noisy(pixels: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    return np.clip(pixels.astype(np.int16) + rng.normal(0, 25, pixels.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", range(6))
def test_worse_pictures_give_fewer_times_but_no_wrong_ones(seed: int) -> None:
    picture = reconyx(START + timedelta(minutes=997 * seed), seed)
    small = picture.resize((1280 * 2 // 3, 480)).resize((1280, 720))
    said = look(noisy(np.asarray(small), seed))
    if said is not None and said.moment is not None:
        assert dict(said.moment.by_order) == {"YMD": START + timedelta(minutes=997 * seed)}
