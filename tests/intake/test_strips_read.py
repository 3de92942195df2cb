"""The stage that reads the writing in pictures without a date, and what a person makes of it card by card."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from spotid.errors import BadRequestError, NotFoundError
from spotid.intake import source, strip_cards, strips_read
from spotid.intake.collect import read_pending, scan_roots
from spotid.intake.strip_picture import strip_picture
from spotid.project import strips
from spotid.settings import DEFAULTS
from tests.intake.test_strip import START, browning, bushnell, reconyx, scene


class Told:
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.total = self.done = 0

    def expect(self, total: int) -> None:
        self.total = total

    def step(self, count: int = 1, note: str = "") -> None:
        self.done += count
        self.notes += [note] if note else []


def write(path: Path, picture: Image.Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=92)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Reconyx card whose order is plain, a Bushnell card whose order a person has to say, one without strips."""
    cards = tmp_path_factory.mktemp("drawn")
    for number in range(4):
        write(cards / "RIDGE" / f"IMG_{number:04}.JPG", reconyx(START + timedelta(hours=number), number))
        ambiguous = datetime(2021, 3, 4, 10) + timedelta(minutes=5 * number)
        write(cards / "RIVER" / f"IMG_{number:04}.JPG", bushnell(ambiguous, number))
    write(cards / "PLAIN" / "IMG_0001.JPG", scene(9))
    return cards


@pytest.fixture
def survey(project, drawn: Path, tmp_path: Path):
    """The cards, taken into a project."""
    shutil.copytree(drawn, tmp_path / "cards")
    source.take(project, source.checked(tmp_path / "cards", project.path, "auto"), "auto")
    return project


def run(project) -> Told:
    scan_roots(project, Told())
    read_pending(project, DEFAULTS, Told())
    told = Told()
    strips_read.read_strips(project, DEFAULTS, told)
    return told


def times(project, folder: str) -> list[tuple[str | None, str | None, str | None]]:
    rows = project.store.all("SELECT captured_at, clock_at, time_source, relpath FROM media ORDER BY relpath")
    return [(r["captured_at"], r["clock_at"], r["time_source"]) for r in rows if r["relpath"].startswith(f"{folder}/")]


def of(project, folder: str) -> strip_cards.Card:
    (found,) = [one for one in strip_cards.listed(project) if one.folder == folder]
    card = strip_cards.card(project, found.uid)
    assert (card.state, card.pictures, card.folder) == (found.state, found.pictures, found.folder)
    return card


NONE = [(None, None, None)] * 4
RIDGE = [(START + timedelta(hours=number)).isoformat() for number in range(4)]


def test_what_was_read_waits_and_changes_nothing(survey) -> None:
    told = run(survey)
    assert (told.total, told.done) == (9, 9)
    assert told.notes == ["8 pictures without a date carry one in their writing. It waits for you to confirm it."]
    assert strips.waiting(survey.store) == (2, 8)
    assert times(survey, "RIDGE") == NONE == times(survey, "RIVER")
    card = of(survey, "RIDGE")
    assert (card.camera, card.order, card.orders, card.state) == ("RIDGE-24", "YMD", ["YMD"], "waits")
    assert (card.pictures, card.times, card.sure) == (4, 4, 4)
    assert [one.time for one in card.reads] == RIDGE and (card.first, card.last) == (RIDGE[0], RIDGE[-1])


def test_a_second_run_reads_nothing_again(survey, monkeypatch) -> None:
    run(survey)
    monkeypatch.setattr(strips_read, "look", lambda *_: pytest.fail("read again"))
    assert run(survey).total == 0


def test_confirmed_times_count_and_can_be_taken_back(survey) -> None:
    run(survey)
    card = of(survey, "RIDGE")
    assert strip_cards.confirm(survey, card.uid, camera=True, reviewer="AB") == 4
    assert times(survey, "RIDGE") == [(when, when, "strip") for when in RIDGE]
    cameras = {row["camera"] for row in survey.store.all("SELECT camera FROM media WHERE relpath LIKE 'RIDGE/%'")}
    assert cameras == {"RIDGE-24"} and of(survey, "RIDGE").state == "used"
    assert of(survey, "RIDGE").reads[0].in_use == RIDGE[0]
    assert strips.waiting(survey.store) == (1, 4) and times(survey, "RIVER") == NONE
    with pytest.raises(BadRequestError, match="waits"):
        strip_cards.confirm(survey, card.uid)
    assert strip_cards.take_back(survey, card.uid) == 4
    assert times(survey, "RIDGE") == NONE and of(survey, "RIDGE").state == "waits"
    assert {row["camera"] for row in survey.store.all("SELECT camera FROM media WHERE relpath LIKE 'RIDGE/%'")} == {""}
    assert strip_cards.confirm(survey, card.uid) == 4
    said = survey.store.all("SELECT said, initials FROM strip_word LEFT JOIN reviewer ON reviewer.id = reviewer_id")
    assert [tuple(row) for row in said] == [("confirmed", "AB"), ("taken back", None), ("confirmed", None)]


def test_where_day_and_month_may_be_either_a_person_says_which(survey) -> None:
    run(survey)
    card = of(survey, "RIVER")
    assert (card.order, card.orders, card.times) == ("", ["DMY", "MDY"], 0)
    with pytest.raises(BadRequestError, match="which number is the day"):
        strip_cards.confirm(survey, card.uid)
    with pytest.raises(BadRequestError):
        strip_cards.confirm(survey, card.uid, "XYZ")
    tried = strip_cards.card(survey, card.uid, "DMY")
    assert tried.first == "2021-04-03T10:00:00" and times(survey, "RIVER") == NONE
    assert strip_cards.confirm(survey, card.uid, "MDY") == 4
    assert times(survey, "RIVER")[0][0] == "2021-03-04T10:00:00"
    assert of(survey, "RIVER").order == "MDY"


def test_refused_times_are_not_used_and_wait_again_when_that_is_taken_back(survey) -> None:
    run(survey)
    card = of(survey, "RIDGE")
    assert strip_cards.refuse(survey, card.uid) == 4
    assert times(survey, "RIDGE") == NONE and of(survey, "RIDGE").state == "refused"
    assert strips.waiting(survey.store) == (1, 4)
    assert strip_cards.take_back(survey, card.uid) == 4 and of(survey, "RIDGE").state == "waits"


def test_a_picture_that_cannot_be_read_beyond_doubt_keeps_no_card_waiting(survey, tmp_path: Path) -> None:
    before = START - timedelta(days=300)  # it falls out of the order of its card
    write(tmp_path / "cards" / "RIDGE" / "IMG_0002.JPG", reconyx(before, 2))
    run(survey)
    card = of(survey, "RIDGE")
    assert (card.times, card.state, card.reads[2].time) == (3, "waits", None)
    assert strip_cards.confirm(survey, card.uid) == 3
    assert of(survey, "RIDGE").state == "used" and strips.waiting(survey.store) == (1, 4)
    assert times(survey, "RIDGE")[2] == (None, None, None)
    assert strip_cards.take_back(survey, card.uid) == 3
    assert strips.waiting(survey.store) == (2, 8)


def test_new_pictures_of_a_confirmed_card_wait(survey, tmp_path: Path) -> None:
    run(survey)
    uid = of(survey, "RIDGE").uid
    strip_cards.confirm(survey, uid)
    write(tmp_path / "cards" / "RIDGE" / "IMG_0009.JPG", reconyx(START + timedelta(hours=9), 9))
    assert run(survey).total == 1
    card = of(survey, "RIDGE")
    assert card.state == "waits" and [one.state for one in card.reads] == ["used"] * 4 + ["waits"]
    assert strip_cards.confirm(survey, uid) == 1
    assert times(survey, "RIDGE")[-1][0] == (START + timedelta(hours=9)).isoformat()


def test_confirmed_times_outlast_a_second_reading_of_the_files(survey) -> None:
    run(survey)
    strip_cards.confirm(survey, of(survey, "RIDGE").uid)
    with survey.store.write() as connection:
        connection.execute("UPDATE media SET state = 'found', modified_ns = 1 WHERE relpath LIKE 'RIDGE/%'")
    run(survey)
    assert times(survey, "RIDGE") == [(when, when, "strip") for when in RIDGE]


def test_a_file_that_was_put_in_anothers_place_is_read_anew(survey, tmp_path: Path) -> None:
    run(survey)
    strip_cards.confirm(survey, of(survey, "RIDGE").uid)
    write(tmp_path / "cards" / "RIDGE" / "IMG_0003.JPG", reconyx(START + timedelta(days=3), 30))
    run(survey)
    assert times(survey, "RIDGE")[3][0] is None
    assert of(survey, "RIDGE").reads[3].time == (START + timedelta(days=3)).isoformat()


def test_a_program_that_writes_tags_into_a_file_takes_no_confirmed_time_away(survey, tmp_path: Path) -> None:
    run(survey)
    strip_cards.confirm(survey, of(survey, "RIDGE").uid)
    path = tmp_path / "cards" / "RIDGE" / "IMG_0003.JPG"
    path.write_bytes(path.read_bytes() + b"tags")
    assert run(survey).total == 1 and times(survey, "RIDGE")[3][0] == RIDGE[3]
    assert run(survey).total == 0


def test_what_a_person_or_a_sheet_said_is_not_touched(survey) -> None:
    run(survey)
    with survey.store.write() as connection:
        connection.execute(
            "UPDATE media SET clock_at = '2019-01-01T00:00:00', captured_at = '2019-01-01T00:00:00',"
            " time_source = 'sheet' WHERE relpath = 'RIDGE/IMG_0000.JPG'"
        )
    assert strip_cards.confirm(survey, of(survey, "RIDGE").uid) == 3
    assert times(survey, "RIDGE")[0] == ("2019-01-01T00:00:00", "2019-01-01T00:00:00", "sheet")
    strip_cards.take_back(survey, of(survey, "RIDGE").uid)
    assert times(survey, "RIDGE")[0][2] == "sheet" and times(survey, "RIDGE")[1:] == NONE[1:]


def test_pictures_with_a_time_are_not_read(project, tmp_path: Path, picture) -> None:
    cards = tmp_path / "cards"
    write(cards / "2021-03-04_10-00-00.jpg", browning(datetime(2020, 1, 1), 1))
    (cards / "IMG_0001.JPG").write_bytes(picture(taken="2026:03:01 10:00:00"))
    source.take(project, source.checked(cards, project.path, "auto"), "auto")
    assert run(project).total == 0


def test_a_card_that_is_none_is_refused(survey) -> None:
    for deed in (strip_cards.card, strip_cards.confirm, strip_cards.refuse, strip_cards.take_back):
        with pytest.raises(NotFoundError):
            deed(survey, "0" * 16)


def test_examples_are_the_first_the_last_and_what_is_not_sure(survey) -> None:
    run(survey)
    card = of(survey, "RIDGE")
    assert strip_cards.examples(card) == card.reads
    assert [one.relpath for one in strip_cards.examples(card, 2)] == ["RIDGE/IMG_0000.JPG", "RIDGE/IMG_0003.JPG"]
    assert len(strip_cards.examples(of(survey, "RIVER"))) == 4


def test_the_strips_alone(tmp_path: Path) -> None:
    write(tmp_path / "a.jpg", reconyx(START))
    cut = strip_picture(tmp_path / "a.jpg")
    assert cut.width == 1280 and 60 < cut.height < 100
    write(tmp_path / "b.jpg", scene(3))
    assert strip_picture(tmp_path / "b.jpg").height == 128  # a piece of the top and of the bottom


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"times": {"DMY": "x"}}', '{"times": 3}', '{"times": {"DMY": 4}}'])
def test_what_another_hand_wrote_into_the_database_says_nothing(text: str) -> None:
    assert strips_read.seen_of(text) == strips_read.Seen("", None, ())
