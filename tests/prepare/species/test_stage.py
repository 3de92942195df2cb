"""The stage that lets a classifier name animals: only those of whom nobody else has said a species, each one once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from spotid.boxes import Box
from spotid.errors import JobError, ModelFileError
from spotid.prepare.parts import Named
from spotid.prepare.species_stage import classify_pending, sort_out
from spotid.profiles.names import Names
from spotid.progress import Cancelled, Silent
from spotid.project import classified, crashes, frames, media, sightings, species, species_shelf
from spotid.review.desk import Desk
from spotid.settings import settings
from spotid.words import Stage

OURS = Names(["leopard", "Panthera pardus"]).ours
LEOPARD, HYENA = "leopard (Panthera pardus)", "spotted hyaena (Crocuta crocuta)"


class Fake:
    """Says what it was told to say of pictures by their red; notes whom it was asked about."""

    def __init__(self, said: dict[int, Any] | None = None, *, identity: str = "one", least: float = 0.6) -> None:
        self.name, self.least = "fake", least
        self._said, self._identity = said or {}, identity
        self.asked: list[int] = []
        self.loaded = 0

    def identity(self) -> str:
        return self._identity

    def load(self) -> None:
        self.loaded += 1

    def classify(self, animals: Sequence[tuple[np.ndarray, Box]]) -> list[list[Named]]:
        found = []
        for rgb, _ in animals:
            red = round(float(rgb[..., 0].mean()) / 40)
            said = self._said.get(red, [(HYENA, 0.9)])
            if isinstance(said, Exception):
                raise said
            self.asked.append(red)
            found.append([Named(*one) for one in said])
        return found


class Stops(Silent):
    """Is cancelled after so many steps."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.expected: list[int] = []

    def expect(self, total: int) -> None:
        self.expected.append(total)

    def step(self, count: int = 1, note: str = "") -> None:
        self.left -= count
        if self.left < 0:
            raise Cancelled


def run(stock: Any, classifier: Any, ours: Any = OURS, progress: Any = None, **chosen: Any) -> None:
    progress = progress or Silent()
    classify_pending(stock.project, classifier, ours, settings(chosen), progress)
    sort_out(stock.project, ours, progress)


def rows(stock: Any) -> list[tuple[str, str, float | None, str]]:
    found = {row["uid"]: row for row in stock.project.store.all("SELECT * FROM sighting")}
    return [
        (found[uid]["species"], found[uid]["species_by"], found[uid]["species_score"], found[uid]["state"])
        for uid in stock.uids
    ]


@pytest.fixture
def stock(stock: Any) -> Any:
    with stock.project.store.write() as connection:
        connection.execute("INSERT INTO encoder (id, identity, name, dim) VALUES (1, 'i', 'n', 2)")
        connection.execute("INSERT INTO embedding SELECT 1, id, 1, id FROM sighting")
    return stock


def tell(stock: Any, number: int, name: str, by: str) -> None:
    with stock.project.store.write() as connection:
        connection.execute(
            "UPDATE sighting SET species = ?, species_by = ? WHERE uid = ?", (name, by, stock.uids[number])
        )
        if by in ("sheet", "folder"):
            connection.execute(
                "UPDATE media SET said_species = ?, said_by = ?"
                " WHERE id = (SELECT media_id FROM sighting WHERE uid = ?)",
                (name, by, stock.uids[number]),
            )


def test_it_is_asked_once_of_each_animal_and_only_sure_names_count(stock) -> None:
    said = {0: [(LEOPARD, 0.7)], 1: [(HYENA, 0.95)], 2: [(HYENA, 0.59)], 3: [("", 0.99)], 4: [("human", 0.8)]}
    fake = Fake({**said, 5: [(LEOPARD, 0.5), ("cat family (Felidae)", 0.8)]})
    run(stock, fake)
    assert rows(stock) == [
        (LEOPARD, "classifier", 0.7, "embedded"),
        (HYENA, "classifier", 0.95, "other"),
        ("", "", None, "embedded"),
        ("", "", None, "embedded"),
        ("human", "classifier", 0.8, "other"),
        ("cat family (Felidae)", "classifier", 0.8, "other"),  # these names list no family among theirs
    ]
    assert sorted(fake.asked) == list(range(6)) and fake.loaded == 1
    again = Fake()
    run(stock, again)
    assert again.asked == [] and again.loaded == 0  # nothing new: not even loaded
    kept = classified.of(stock.project.store, stock.uids)
    assert kept[stock.uids[2]].counts == "" and kept[stock.uids[2]].words[0].name == HYENA
    assert (kept[stock.uids[1]].by, kept[stock.uids[1]].identity, kept[stock.uids[1]].score) == ("fake", "one", 0.95)


def test_only_new_animals_are_asked_about(stock, picture) -> None:
    run(stock, Fake())
    stock.add("North/100MEDIA/IMG_0009.JPG", picture((200, 90, 60)), taken="2026-03-09T06:00:00")
    fake = Fake()
    run(stock, fake)
    assert fake.asked == [5]


def test_another_classifier_is_asked_about_all_and_counts_once_it_has_seen_all(stock) -> None:
    run(stock, Fake())
    assert [row[3] for row in rows(stock)] == ["other"] * 6
    second = Fake({red: [(LEOPARD, 0.9)] for red in range(6)}, identity="two")
    stops = Stops(1)
    with pytest.raises(Cancelled):
        run(stock, second, progress=stops, batch=1)
    species.settle(stock.project.store, OURS)  # a person sorts something meanwhile
    assert [row[3] for row in rows(stock)] == ["other"] * 6  # nobody comes back in between
    run(stock, second)
    assert len(second.asked) == 6  # a stopped run went on with those not seen
    assert [row[0] for row in rows(stock)] == [LEOPARD] * 6 and {row[3] for row in rows(stock)} == {"embedded"}
    third = Fake()
    run(stock, third)  # back to the first: what it said is still there
    assert third.asked == [] and [row[0] for row in rows(stock)] == [HYENA] * 6


def test_without_one_its_word_no_longer_counts_and_comes_back_for_nothing(stock) -> None:
    run(stock, Fake())
    run(stock, None)
    assert rows(stock) == [("", "", None, "embedded")] * 6 and classified.of(stock.project.store, stock.uids) == {}
    fake = Fake()
    run(stock, fake)
    assert fake.asked == [] and {row[3] for row in rows(stock)} == {"other"}


def test_another_threshold_asks_nobody_again(stock) -> None:
    run(stock, Fake({0: [(HYENA, 0.7)], 1: [(HYENA, 0.7), ("carnivorous mammal (Carnivora)", 0.85)]}))
    careful = Fake(least=0.8)
    run(stock, careful)
    assert careful.asked == []
    told = rows(stock)
    assert told[0] == ("", "", None, "embedded") and told[1][0] == "carnivorous mammal (Carnivora)"
    assert told[2] == (HYENA, "classifier", 0.9, "other")
    run(stock, Fake())
    assert rows(stock)[0] == (HYENA, "classifier", 0.7, "other")


def test_whom_somebody_else_named_it_is_not_asked_about(stock) -> None:
    others = ["person", "recognitions", "detector", "sheet", "folder"]
    for number, by in enumerate(others):
        tell(stock, number, "leopard", by)
    fake = Fake()
    run(stock, fake)
    assert fake.asked == [5]
    assert rows(stock)[:5] == [("leopard", by, None, "embedded") for by in others]


def test_a_sheet_that_says_nothing_gives_way(stock) -> None:
    tell(stock, 0, "unknown animal", "sheet")
    tell(stock, 1, "mammals", "folder")
    run(stock, Fake())
    assert rows(stock)[:2] == [(HYENA, "classifier", 0.9, "other")] * 2
    run(stock, None)
    assert [row[:2] for row in rows(stock)[:2]] == [("unknown animal", "sheet"), ("mammals", "folder")]
    assert {row[3] for row in rows(stock)} == {"embedded"}


def test_whoever_speaks_later_counts_more(stock) -> None:
    run(stock, Fake())
    for number, by in enumerate(["sheet", "folder", "recognitions"]):
        tell(stock, number, "leopard", by)
    species.say(stock.project.store, [stock.uids[3]], "leopard", OURS)
    run(stock, Fake())
    assert [row[1] for row in rows(stock)] == ["sheet", "folder", "recognitions", "person", "classifier", "classifier"]
    assert [row[3] for row in rows(stock)] == ["embedded"] * 4 + ["other"] * 2


def test_a_persons_word_is_never_thrown_over_and_can_be_taken_back(stock) -> None:
    run(stock, Fake())
    before = species.say(stock.project.store, stock.uids[:2], "leopard", OURS)
    run(stock, Fake({}, identity="two"))
    assert [row[1] for row in rows(stock)[:2]] == ["person", "person"]
    assert [row[3] for row in rows(stock)[:2]] == ["embedded", "embedded"]
    species.put_back(stock.project.store, before, OURS)
    run(stock, Fake({}, identity="two"))
    assert rows(stock)[0] == (HYENA, "classifier", 0.9, "other")


def test_nobody_of_whom_a_person_answered_leaves_the_line_for_its_word(stock) -> None:
    desk = Desk(stock.project, 5)
    desk.answer(str(uuid.uuid4()), "same", stock.uids[0], stock.uids[1])
    desk.answer(str(uuid.uuid4()), "different", stock.uids[2], stock.uids[3])
    unusable = str(uuid.uuid4())
    desk.answer(unusable, "unusable", stock.uids[4])
    run(stock, Fake())
    told = rows(stock)
    assert [row[3] for row in told] == ["embedded"] * 5 + ["other"]
    assert {row[0] for row in told} == {HYENA}  # what it says is shown all the same
    before = stock.project.store.all("SELECT * FROM identity")
    assert len(before) == 2 and species.settle(stock.project.store, OURS).kept == 5
    species.say(stock.project.store, [stock.uids[0]], "dog", OURS)  # a person may
    assert rows(stock)[0][3] == "other"


def test_a_group_of_ours_rules_nobody_out(stock) -> None:
    zebra = Names(["zebra", "Equus quagga"]).ours
    wide = ("equidae family (Equidae)", 0.9, "mammalia;perissodactyla;equidae;;", True)
    run(stock, Fake({0: [wide], 1: [(*wide[:3], False)]}), zebra)
    assert rows(stock)[0] == ("", "", None, "embedded") and rows(stock)[1][3] == "other"


def test_a_picture_that_breaks_it_goes_on_without_a_name(stock) -> None:
    fake = Fake({2: ValueError("broken")})
    run(stock, fake)
    assert rows(stock)[2] == ("", "", None, "embedded") and [row[3] for row in rows(stock)].count("other") == 5
    again = Fake()
    run(stock, again)
    assert again.asked == []  # it is not tried again and again
    with pytest.raises(ModelFileError):
        run(stock, Fake(dict.fromkeys(range(6), ModelFileError("It is damaged.")), identity="two"))  # type: ignore[arg-type]


def test_scores_that_are_none_are_not_kept(stock) -> None:
    run(stock, Fake({0: [(LEOPARD, float("nan"))], 1: [(LEOPARD, 1.5)]}))
    assert rows(stock)[0][:2] == ("", "") and rows(stock)[1][:2] == ("", "")


def test_one_after_the_other_failing_stops_the_run(stock, picture, monkeypatch) -> None:
    monkeypatch.setattr("spotid.project.aside.IN_A_ROW", 3)
    with pytest.raises(JobError):
        run(stock, Fake(dict.fromkeys(range(6), ValueError("always"))))


def test_files_that_changed_or_are_away_wait(stock) -> None:
    changed = stock.photographs / "North/100MEDIA/IMG_0001.JPG"
    changed.write_bytes(changed.read_bytes() + b"\0")
    (stock.photographs / "South/100MEDIA/IMG_0000.JPG").unlink()
    fake = Fake()
    run(stock, fake)
    assert sorted(fake.asked) == [0, 2, 4, 5]
    stock.photographs.rename(stock.photographs.with_name("away"))
    second = Fake({}, identity="two")
    run(stock, second)
    assert second.asked == []
    stock.photographs.with_name("away").rename(stock.photographs)
    run(stock, second)
    assert sorted(second.asked) == [0, 2, 4, 5]


def test_a_file_that_kills_workers_is_left_out(stock) -> None:
    store = stock.project.store
    uid = store.value(
        "SELECT media.uid FROM media JOIN sighting ON media_id = media.id WHERE sighting.uid = ?", stock.uids[0]
    )
    for _ in range(2):
        crashes.died(store, Stage.SPECIES.value, [uid])
    fake = Fake()
    run(stock, fake)
    assert 0 not in fake.asked and len(fake.asked) == 5
    assert rows(stock)[0][3] == "embedded"


def test_photographs_are_opened_once_and_no_more_than_memory_holds(stock, picture, monkeypatch) -> None:
    stock.add("North/100MEDIA/IMG_0010.JPG", picture((200, 9, 9)), (Box(0, 0, 0.5, 1), Box(0.5, 0, 0.5, 1)))
    opened: list[str] = []
    from spotid.prepare import species_stage

    real = species_stage.pixels
    monkeypatch.setattr(species_stage, "pixels", lambda path: opened.append(path.name) or real(path))
    monkeypatch.setattr(species_stage, "PIXELS", 64 * 48)
    together: list[int] = []
    fake = Fake()
    classify = fake.classify
    monkeypatch.setattr(fake, "classify", lambda animals: together.append(len(animals)) or classify(animals))
    run(stock, fake)
    assert len(opened) == 7 and sorted(together) == [1] * 6 + [2]


def test_what_a_detector_calls_a_person_goes_onto_the_shelf_and_stays_told(stock) -> None:
    store = stock.project.store
    row = store.one("SELECT id, uid FROM media ORDER BY id LIMIT 1")
    assert row is not None
    box = Box(0.1, 0.1, 0.2, 0.3)
    frames.keep_search(store, [(row["id"], [sightings.NewSighting(box, 0.8, "searched", "person")])], "mdv6 x")
    found = store.one("SELECT * FROM sighting WHERE media_id = ? AND state != 'withdrawn'", row["id"])
    assert found is not None
    assert (found["species"], found["species_by"], found["species_score"]) == ("person", "detector", 0.8)
    tell(stock, 0, "leopard", "folder")  # speaks of the whole picture
    fake = Fake()
    run(stock, fake)
    assert store.value("SELECT state FROM sighting WHERE id = ?", found["id"]) == "other"
    assert store.value("SELECT species_by FROM sighting WHERE id = ?", found["id"]) == "detector"
    shelved = species_shelf.names(store, species_shelf.OTHERS)
    assert ("person", ("detector",)) in [(one.species, one.by) for one in shelved]
    # Another detector sees an animal there: then it is one.
    frames.keep_search(store, [(row["id"], [sightings.NewSighting(box, 0.7, "searched")])], "other y")
    assert store.value("SELECT species_by FROM sighting WHERE id = ?", found["id"]) == ""


def test_what_is_kept_is_small_and_whole(stock) -> None:
    many = [(f"animal {number}", 0.9 - number / 10) for number in range(9)]
    run(stock, Fake(dict.fromkeys(range(6), many)))
    text = stock.project.store.value("SELECT words FROM classified LIMIT 1")
    assert [one[0] for one in json.loads(text)] == [f"animal {number}" for number in range(5)]
    assert media.count(stock.project.store, "animal") == 6
