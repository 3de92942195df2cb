"""What collections say of who is seen becomes answers where it is sure, and a question where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from spotid.errors import BadRequestError
from spotid.progress import Cancelled, Silent
from spotid.project import collections, flanks, ledger
from spotid.project.folder import Project, create_project
from spotid.review import deeds, following, imports
from spotid.review.desk import Desk
from spotid.review.following import follow_collections
from spotid.review.merging import merge
from spotid.words import Verdict
from tests.intake.collections_made import LEFT, RIGHT, SORTED_FILES, Picture, files, folder, groups, run, seen, taken

CATS = ("F1/a.jpg", "F1/b.jpg", "F1/c.jpg", "F2/d.jpg", "F2/e.jpg")
TWO = (LEFT, RIGHT)


def rows(project: Project, uid: str, *states: str) -> dict[str, str]:
    return {row["relpath"]: row["why"] for row in collections.rows(project.store, uid, states)}


def sighting(project: Project, relpath: str, place: int = 0) -> str:
    found = project.store.all(
        "SELECT sighting.uid FROM sighting JOIN media ON media.id = media_id WHERE relpath = ? ORDER BY sighting.id",
        relpath,
    )
    return str(found[place]["uid"])


def answers(project: Project) -> int:
    return int(project.store.value("SELECT COUNT(*) FROM decision"))


def right(project: Project) -> bool:
    """Whether the derived tables say what a replay gives, and no answers contradict one another."""
    desk = Desk(project, 20)
    known = desk.identities
    return known.individuals() == ledger.stored_identity(project.store) and not known.conflicts()


@pytest.fixture
def cats(tmp_path: Path, picture: Picture) -> Path:
    return folder(tmp_path / "cats", files(CATS, picture))


def test_folders_become_individuals(project: Project, tmp_path: Path, picture: Picture) -> None:
    uid = taken(project, folder(tmp_path / "cats", files(SORTED_FILES, picture)))
    run(project)
    assert groups(project) == {
        "F1": {"F1/left/a.jpg", "F1/left/b.jpg", "F1/right/c.jpg"},
        "F2": {"F2/e.jpg", "F2/left/d.jpg"},
        "F10": {"F10/h.jpg"},
    }
    codes = {row["name"]: row["code"] for row in project.store.all("SELECT name, code FROM individual")}
    assert codes == {"F1": "leopard_1", "F2": "leopard_2", "F10": "leopard_3"}
    sides = flanks.sides(project.store)
    assert sides[sighting(project, "F1/right/c.jpg")].flank == "right"
    assert sides[sighting(project, "F1/left/a.jpg")].reviewer == "import"
    assert set(rows(project, uid)) == set(SORTED_FILES) - {"Unknown/f.jpg"} == set(rows(project, uid, "used"))
    assert project.store.value("SELECT COUNT(*) FROM station") == 0, "individuals are no stations"
    assert right(project)


def test_following_again_adds_nothing(project: Project, cats: Path) -> None:
    uid = taken(project, cats)
    run(project)
    before = answers(project)
    run(project)
    assert taken(project, cats) == uid
    run(project)
    assert answers(project) == before
    assert len(collections.listed(project.store)) == 1


def test_stopped_and_gone_on_with(project: Project, cats: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stops(Silent):
        def step(self, count: int = 1, note: str = "") -> None:
            raise Cancelled

    monkeypatch.setattr(following, "AT_ONCE", 1)
    uid = taken(project, cats)
    run(project, again=False)
    with pytest.raises(Cancelled):
        follow_collections(project, Stops())
    assert groups(project) == {"F1": {"F1/a.jpg", "F1/b.jpg", "F1/c.jpg"}} and right(project)
    assert len(rows(project, uid, "waits")) == 2
    run(project)
    assert len(groups(project)["F2"]) == 2 and answers(project) == 2 * 2 + 3


def test_a_photograph_with_several_animals_asks(project: Project, cats: Path) -> None:
    uid = taken(project, cats)
    run(project, {"F1/a.jpg": TWO, "F2/e.jpg": ()})
    assert rows(project, uid, "ask") == {
        "F1/a.jpg": "2 animals are in it. Which one is “F1”?",
        "F2/e.jpg": "No animal was found in it. Draw its box; the next run goes on with it.",
    }
    assert groups(project) == {"F1": {"F1/b.jpg", "F1/c.jpg"}, "F2": {"F2/d.jpg"}}
    desk, wanted = Desk(project, 20), sighting(project, "F1/a.jpg", 1)
    row = collections.rows(project.store, uid, ("ask",))[0]
    with pytest.raises(BadRequestError):
        imports.choose(desk, row["id"], sighting(project, "F1/b.jpg"))
    assert imports.choose(desk, row["id"], wanted, "AB")["state"] == "used"
    assert desk.identities.individual(wanted) == desk.identities.individual(sighting(project, "F1/b.jpg"))
    assert desk.identities.individual(sighting(project, "F1/a.jpg", 0)) is None
    newest = ledger.newest_standing(project.store)
    assert newest is not None and wanted in (newest.a, newest.b), "a person's own word can be taken back by itself"
    imports.leave(desk, collections.rows(project.store, uid, ("ask",))[0]["id"])
    assert rows(project, uid, "ask") == {} and right(project)


def test_one_of_several_animals_may_be_named_by_its_box(project: Project, tmp_path: Path, picture: Picture) -> None:
    sheet = b"original_path,unique_name,box\na.jpg,F1,0.61 0.1 0.38 0.8\nb.jpg,F1,\nc.jpg,F1,0.3 0.3 0.1 0.1\n"
    source = folder(tmp_path / "cats", {**files(("a.jpg", "b.jpg", "c.jpg"), picture), "metadata.csv": sheet})
    uid = taken(project, source)
    run(project, {"a.jpg": TWO, "c.jpg": TWO})
    assert Desk(project, 20).identities.group(sighting(project, "b.jpg")) == {
        *(sighting(project, "b.jpg"), sighting(project, "a.jpg", 1))
    }
    assert list(rows(project, uid, "ask")) == ["c.jpg"]


def test_what_people_said_before_is_not_overruled(project: Project, cats: Path) -> None:
    source = folder(cats, {})
    uid = taken(project, source)
    run(project, again=False)
    desk = Desk(project, 20)
    a, b, c, d, e = (sighting(project, name) for name in CATS)
    deeds.assign(desk, "one", a, d)  # a person: a picture of F1 and one of F2 are one animal
    deeds.describe(desk, "name", a, {"name": "Old"})
    desk.answer("two", Verdict.DIFFERENT, b, c)
    before = answers(project)
    follow_collections(project, Silent())
    asked = rows(project, uid, "ask")
    assert set(asked) >= {"F1/a.jpg", "F2/d.jpg"} and "Old" in asked["F1/a.jpg"], asked
    known = Desk(project, 20).identities
    assert known.relation(a, e) is None and known.relation(b, c) is Verdict.DIFFERENT
    assert known.group(a) == {a, d} and right(project)
    assert answers(project) >= before


def test_two_that_people_told_apart_are_not_joined(project: Project, cats: Path) -> None:
    uid = taken(project, cats)
    run(project, again=False)
    Desk(project, 20).answer("two", Verdict.DIFFERENT, sighting(project, "F1/b.jpg"), sighting(project, "F1/c.jpg"))
    follow_collections(project, Silent())
    assert rows(project, uid, "ask") == {"F1/c.jpg": "People said that this is another animal than “F1”."}
    assert groups(project)["F1"] == {"F1/a.jpg", "F1/b.jpg"} and right(project)


def test_an_individual_of_another_name_is_not_renamed(project: Project, cats: Path) -> None:
    uid = taken(project, cats)
    run(project, again=False)
    desk, a = Desk(project, 20), sighting(project, "F1/a.jpg")
    desk.answer("new", Verdict.NEW, a)
    deeds.describe(desk, "name", a, {"name": "Old"})
    follow_collections(project, Silent())
    assert set(rows(project, uid, "ask")) == {"F1/a.jpg", "F1/b.jpg", "F1/c.jpg"}
    assert groups(project) == {"Old": {"F1/a.jpg"}, "F2": {"F2/d.jpg", "F2/e.jpg"}}


def test_one_individual_of_two_names_asks(project: Project, cats: Path) -> None:
    uid = taken(project, cats)
    run(project, again=False)
    deeds.assign(Desk(project, 20), "one", sighting(project, "F1/a.jpg"), sighting(project, "F2/d.jpg"))
    follow_collections(project, Silent())
    assert set(rows(project, uid, "ask")) == set(CATS)
    assert groups(project) == {"leopard_1": {"F1/a.jpg", "F2/d.jpg"}} and right(project)


def test_contradicting_answers_of_people_ask(project: Project, cats: Path) -> None:
    uid = taken(project, cats)
    run(project, again=False)
    desk = Desk(project, 20)
    a, b, c, *_ = (sighting(project, name) for name in CATS)
    desk.answer("new a", Verdict.NEW, a)
    desk.answer("new b", Verdict.NEW, b)
    follow_collections(project, Silent())
    assert set(rows(project, uid, "ask")) == {"F1/a.jpg", "F1/b.jpg", "F1/c.jpg"}
    assert Desk(project, 20).identities.individual(c) is None
    deeds.merge(Desk(project, 20), "merged", a, b)  # a person settles it; the next run goes on
    follow_collections(project, Silent())
    assert rows(project, uid, "ask") == {} and groups(project)["F1"] == {"F1/a.jpg", "F1/b.jpg", "F1/c.jpg"}
    assert right(project)


def test_an_individual_that_people_found_gets_the_name(project: Project, cats: Path) -> None:
    taken(project, cats)
    run(project, again=False)
    a, b = sighting(project, "F1/a.jpg"), sighting(project, "F1/b.jpg")
    Desk(project, 20).answer("same", Verdict.SAME, a, b)
    follow_collections(project, Silent())
    assert groups(project)["F1"] == {"F1/a.jpg", "F1/b.jpg", "F1/c.jpg"}
    assert project.store.value("SELECT code FROM individual WHERE name = 'F1'") == "leopard_1"


def test_the_same_photograph_under_two_names_asks(project: Project, tmp_path: Path, picture: Picture) -> None:
    content = files(CATS, picture) | {"F2/d.jpg": files(CATS, picture)["F1/a.jpg"]}
    uid = taken(project, folder(tmp_path / "cats", content))
    run(project)
    why = "The very same photograph lies under another name too."
    assert rows(project, uid, "ask") == {"F1/a.jpg": why, "F2/d.jpg": why}
    assert groups(project) == {"F1": {"F1/b.jpg", "F1/c.jpg"}, "F2": {"F2/e.jpg"}}


def test_a_clip_names_the_animal_of_its_stills(project: Project, cats: Path) -> None:
    store = project.store
    uid = taken(project, cats)
    run(project, again=False)
    with store.write() as connection:  # two photographs of F1 are stills of a clip that lies in its folder
        connection.execute("UPDATE media SET kind = 'clip', state = 'clip' WHERE relpath = 'F1/a.jpg'")
        connection.execute("UPDATE collection_row SET state = 'taken_back' WHERE relpath IN ('F1/b.jpg', 'F2/d.jpg')")
        for moment, name in enumerate(("F1/b.jpg", "F2/d.jpg")):
            connection.execute(
                "UPDATE media SET kind = 'still', at_ms = ?, parent_id ="
                " (SELECT id FROM media WHERE relpath = 'F1/a.jpg') WHERE relpath = ?",
                (moment, name),
            )
        connection.execute("UPDATE sighting SET state = 'withdrawn' WHERE uid = ?", (sighting(project, "F1/a.jpg"),))
    follow_collections(project, Silent())
    assert groups(project)["F1"] == {"F1/b.jpg", "F1/c.jpg", "F2/d.jpg"}
    assert set(rows(project, uid, "used")) == {"F1/a.jpg", "F1/c.jpg", "F2/e.jpg"}


def test_a_clip_with_two_animals_in_one_still_asks(project: Project, cats: Path) -> None:
    uid = taken(project, cats)
    run(project, {"F1/b.jpg": TWO}, again=False)
    with project.store.write() as connection:
        connection.execute("UPDATE media SET kind = 'clip', state = 'clip' WHERE relpath = 'F1/a.jpg'")
        connection.execute("UPDATE sighting SET state = 'withdrawn' WHERE uid = ?", (sighting(project, "F1/a.jpg"),))
        connection.execute("UPDATE collection_row SET state = 'taken_back' WHERE relpath = 'F1/b.jpg'")
        connection.execute(
            "UPDATE media SET kind = 'still', at_ms = 0, parent_id = (SELECT id FROM media WHERE relpath = 'F1/a.jpg')"
            " WHERE relpath = 'F1/b.jpg'"
        )
    follow_collections(project, Silent())
    assert rows(project, uid, "ask") == {"F1/a.jpg": "Pictures of the clip show several animals. Which one is “F1”?"}


def test_taken_back_as_a_whole(project: Project, cats: Path) -> None:
    uid = taken(project, cats)
    run(project)
    desk = Desk(project, 20)
    a, b, *_, e = (sighting(project, name) for name in CATS)
    desk.answer("person", Verdict.DIFFERENT, a, e)
    newest = ledger.newest_standing(project.store)
    assert newest is not None and newest.uid == "person"
    desk.undo("undone")
    assert ledger.newest_standing(project.store) is None, "going back step by step leaves what was imported"
    desk.answer("again", Verdict.SAME, a, b)
    assert imports.take_back(desk, uid, "AB") == 2 * 2 + 3
    assert imports.take_back(desk, uid, "AB") == 0
    assert desk.identities.group(a) == {a, b}, "what people answered themselves stays"
    assert desk.identities.individual(e) is None and right(project)
    assert set(rows(project, uid, "taken_back")) == set(CATS)
    run(project)
    assert desk.identities.individual(e) is None
    again = taken(project, cats)  # a person who changes their mind imports it once more
    assert again != uid
    run(project)
    assert groups(project) == {"F1": {"F1/a.jpg", "F1/b.jpg", "F1/c.jpg"}, "F2": {"F2/d.jpg", "F2/e.jpg"}}
    assert right(project)


def test_one_answer_that_was_taken_back_stays_so(project: Project, cats: Path) -> None:
    uid = taken(project, cats)
    run(project)
    desk, e = Desk(project, 20), sighting(project, "F2/e.jpg")
    target = next(one.uid for one in ledger.events(project.store) if one.kind == "assign" and e in (one.a, one.b))
    deeds.take_back(desk, "back", target)
    run(project)
    assert groups(project)["F2"] == {"F2/d.jpg"} and desk.identities.individual(e) is None
    collections.set_states(project.store, [(row["id"], "waits", "") for row in collections.rows(project.store, uid)])
    run(project)
    assert groups(project)["F2"] == {"F2/d.jpg"} and rows(project, uid, "taken_back") == {
        "F2/e.jpg": "A person took this back."
    }


def test_two_laptops_agree_on_every_number(project: Project, tmp_path: Path, cats: Path) -> None:
    taken(project, cats)
    run(project)
    other = create_project(tmp_path / "other laptop")
    try:
        taken(other, cats)
        run(other)
        theirs = {one.uid for one in ledger.events(other.store)}
    finally:
        other.close()
    assert theirs == {one.uid for one in ledger.events(project.store)}
    told = merge(project, tmp_path / "other laptop", "merge")
    assert (told["taken"], told["refused"]) == (0, []) and right(project)


def test_a_name_that_the_project_has_asks_first(project: Project, tmp_path: Path, cats: Path, picture: Picture) -> None:
    taken(project, cats)
    run(project)
    later = folder(tmp_path / "later", {f"F1/{name}.jpg": picture((5, 5, 200 + n)) for n, name in enumerate("xyz")})
    folder(later, {"M7/w.jpg": picture((5, 200, 5))})
    told = seen(later, layout="sorted")
    from spotid.intake.taking import look, take_in

    asked = [one for one in look(later, told, project).plan.understood if one.asks]
    assert [one.key for one in asked] == ["known"] and "“F1”" in asked[0].sentence
    with pytest.raises(BadRequestError):
        take_in(project, later, told)
    take_in(project, later, told | {"known": "same"})
    run(project)
    assert groups(project)["F1"] == {"F1/a.jpg", "F1/b.jpg", "F1/c.jpg", "F1/x.jpg", "F1/y.jpg", "F1/z.jpg"}
    assert right(project)


def test_another_animal_of_the_same_name(project: Project, tmp_path: Path, cats: Path, picture: Picture) -> None:
    from spotid.intake.taking import take_in

    taken(project, cats)
    run(project)
    later = folder(tmp_path / "later", {f"F1/{name}.jpg": picture((5, 5, 200 + n)) for n, name in enumerate("xyz")})
    take_in(project, later, {"layout": "sorted", "known": "other"})
    run(project)
    found = groups(project)
    assert found["F1"] == {"F1/a.jpg", "F1/b.jpg", "F1/c.jpg"} and found["leopard_3"] == {
        *("F1/x.jpg", "F1/y.jpg", "F1/z.jpg")
    }
