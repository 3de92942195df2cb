"""An export is a collection: imported elsewhere it gives the same individuals, with their names and flanks."""

from __future__ import annotations

from pathlib import Path

from spotid.export.folders import export_matches
from spotid.progress import Silent
from spotid.project import collections, flanks
from spotid.project.folder import Project, create_project
from spotid.review import deeds
from spotid.review.desk import Desk
from tests.intake.collections_made import LEFT, RIGHT, SORTED_FILES, Picture, files, folder, groups, packed, run, taken


def photographs(project: Project, sided: bool = False) -> dict[str, set[tuple[str, ...]]]:
    """Individual → its photographs by their original names, each with the box and the flank of the animal."""
    found: dict[str, set[tuple[str, ...]]] = {}
    sides = flanks.sides(project.store)
    for row in project.store.all(
        "SELECT COALESCE(individual.name, individual.code) AS who, relpath, sighting.uid, x FROM identity"
        " JOIN individual ON individual.id = individual_id JOIN sighting ON sighting.uid = sighting_uid"
        " JOIN media ON media.id = media_id"
    ):
        name = _stem(row["relpath"])
        side = sides[row["uid"]].flank.value if row["uid"] in sides else "unknown"
        found.setdefault(row["who"], set()).add((name, f"{row['x']:.2f}", side))
    return found


def test_the_same_individuals_elsewhere(project: Project, tmp_path: Path, picture: Picture) -> None:
    boxes = {"F1/left/a.jpg": (LEFT, RIGHT)}
    taken(project, folder(tmp_path / "cats", files((*SORTED_FILES, "Unknown/z.jpg"), picture)))
    run(project, boxes)
    desk = Desk(project, 20)
    place = "SELECT sighting.uid FROM sighting JOIN media ON media.id = media_id WHERE relpath = ? ORDER BY sighting.id"
    two = [row["uid"] for row in project.store.all(place, "F1/left/a.jpg")]
    f1, nobody = (project.store.value(place, name) for name in ("F1/left/b.jpg", "Unknown/f.jpg"))
    deeds.assign(desk, "left one", two[0], f1)
    deeds.assign(desk, "right one", two[1], nobody)  # an individual without a name, on the same photograph
    deeds.describe(desk, "odd", f1, {"name": "Zoé = 1"})
    told = export_matches(project, tmp_path / "export", Silent())
    assert told["individuals"] == 4
    source = packed(tmp_path / "sent.zip", _content(tmp_path / "export"), "Leopards of the river/")
    other = create_project(tmp_path / "elsewhere")
    try:
        uid = taken(other, source)
        again = {
            row["relpath"]: (LEFT, RIGHT) for row in collections.rows(other.store, uid) if _stem(row["relpath"]) == "a"
        }
        run(other, again)
        assert len(again) == 2, "a photograph of two individuals lies in both folders"
        assert collections.one(other.store, uid)["counts"]["used"] == told["files"]
        ours, theirs = photographs(project), photographs(other)
        assert sorted(ours) == ["F10", "F2", "Zoé = 1", "leopard_4"]
        theirs["leopard_4"] = theirs.pop("leopard_3")  # codes are a project's own; what it was called before is noted
        assert theirs == ours
        assert "“leopard_4”" in other.store.value("SELECT facts FROM individual WHERE code = 'leopard_3'")
    finally:
        other.close()


def _stem(relpath: str) -> str:
    """What the camera called a photograph; the name of a copy has the sighting's number behind it."""
    parts = relpath.rsplit("/", 1)[-1].rsplit(".", 1)[0].split("__")
    return parts[-2] if len(parts) > 1 else parts[0]


def _content(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_codes_stay_beside_one_another(project: Project, tmp_path: Path, picture: Picture) -> None:
    sheet = "original_path,unique_name\n" + "".join(f"{n}.jpg,leopard_{n}\n" for n in (2, 11, 3))
    content = {**files(("2.jpg", "11.jpg", "3.jpg"), picture), "metadata.csv": sheet.encode()}
    taken(project, folder(tmp_path / "cats", content))
    run(project)
    assert groups(project) == {"leopard_1": {"2.jpg"}, "leopard_2": {"3.jpg"}, "leopard_3": {"11.jpg"}}
    facts = {row["code"]: row["facts"] for row in project.store.all("SELECT code, facts FROM individual")}
    assert "“leopard_11”" in facts["leopard_3"], "what it was called before is noted"
