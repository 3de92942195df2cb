"""The doors of the house: who may import whom. Rooms talk through the store, never to each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "spotid"
ROOMS = ("intake", "prepare", "embed", "match", "review", "export", "evaluate")
GROUND = {"words", "errors", "settings", "places", "boxes", "picture", "scenery", "progress", "seal", "__init__"}
GROUND |= {
    "about",
    "codes",
    "lying",
    "log",
    "own_folder",
    "lookup",
    "weights",
    "light",
    "sun",
    "movement",
    "heads",
    "nets",
}

# From → what it may import besides itself and the ground floor.
MAY: dict[str, set[str]] = {
    "project": set(),
    **{room: {"project"} for room in ROOMS},
    "evaluate": {"project", "profiles", "match", "review"},  # it measures what these rooms do
    "profiles": set(),
    "jobs": {"project", "profiles", *ROOMS},
    "support": {"project", "jobs"},
    "web": {"project", "profiles", "jobs", "support", *ROOMS},
    "desktop": {"project", "jobs", "support", "web", "translations"},
    "cli": {
        "project",
        "profiles",
        "jobs",
        "web",
        "cli_care",
        "cli_answers",
        "cli_desk",
        "cli_species",
        "cli_import",
        "cli_original",
        "cli_parts",
        "cli_relink",
        "cli_places",
        "cli_models",
        "cli_evaluate",
        "cli_learn",
        *ROOMS,
    },
    "cli_care": {"project", "jobs"},
    "cli_desk": {"project", "jobs", "support", "web", "cli_care"},
    "cli_answers": {"project", "review", "export", "cli_care"},
    "cli_species": {"project", "jobs", "intake", "cli_care"},
    "cli_places": {"project", "intake", "export", "cli_care"},
    "cli_models": set(),
    "cli_evaluate": {"project", "profiles", "jobs", "evaluate", "cli_care"},
    "cli_import": {"project", "jobs", "intake", "review", "export", "cli_care", "cli_species", "cli_import_told"},
    "cli_import_told": set(),
    "cli_learn": {"project", "jobs", "cli_care"},
    "cli_original": {"cli_care"},
    "cli_parts": {"project", "profiles", "jobs", "cli_care"},
    "cli_relink": {"project", "intake", "cli_care"},
    "reference": {"project", "jobs", "web", "cli", *ROOMS},
    "__main__": {"cli"},
    "firstrun": set(),
}
SKY = {"pyproj", "astral"}  # libraries that few commands need: none waits for them at its start
CLIPS = "av"  # PyAV: 100 MB of libraries, for the readers of clips alone
HEAVY = {"torch", "torchvision", "cv2", "faiss", "ultralytics", "timm", "kornia", "segment_anything", "safetensors"}
ONLY_IN = {"flask": "web", "waitress": "web", "sqlite3": "project", "sqlite_utils": "project", "requests": "weights"}
FILES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> list[tuple[str, bool, bool]]:
    """(dotted name, at the top of the module, for types only)."""
    found = []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        top, typing_only, above = True, False, getattr(node, "parent", None)
        while above is not None:
            if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
                top = False
            if isinstance(above, ast.If) and "TYPE_CHECKING" in ast.dump(above.test):
                typing_only = True
            above = getattr(above, "parent", None)
        found += [(name, top, typing_only) for name in names]
    return found


def only_rows(path: Path) -> bool:
    """Whether sqlite3 is used for the type of a row alone: a signature is not a query."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sqlite3"
    }
    return used <= {"Row"}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_doors(path: Path) -> None:
    here = room_of(path)
    for name, top, typing_only in imports(path):
        parts = name.split(".")
        if parts[0] == "spotid":
            there = parts[1] if len(parts) > 1 else "__init__"
            if there in GROUND or (not (PACKAGE / there).exists() and not (PACKAGE / f"{there}.py").exists()):
                continue
            allowed = {here} | MAY.get(here, set())
            assert there in allowed, f"{here} may not import {name}"
        elif parts[0] in HEAVY:
            assert not top or typing_only, f"{name} is heavy: import it inside the function of a worker"
            assert here in ("prepare", "embed", "match", "evaluate", "scenery", "nets", "lying"), (
                f"{here} must not use {parts[0]}"
            )
        elif parts[0] in SKY:
            assert not top or typing_only, f"{name} is imported inside the function that needs it"
        elif parts[0] == CLIPS:
            assert not top or typing_only, "av is heavy: import it inside the function of a worker"
            assert here == "intake", f"{here} must not use av"
        elif parts[0] in ONLY_IN and not typing_only and not (parts[0] == "sqlite3" and only_rows(path)):
            assert here == ONLY_IN[parts[0]], f"{parts[0]} belongs to {ONLY_IN[parts[0]]}/"


def test_identity_depends_on_nothing_but_words() -> None:
    plain = {"identity", "standing", "said", "seats", "facts", "groups"}
    allowed = {"spotid.words", "spotid.codes", *(f"spotid.review.{module}" for module in plain)}
    for module in plain:
        found = {name for name, _, _ in imports(PACKAGE / "review" / f"{module}.py") if name.startswith("spotid")}
        assert {name.rsplit(".", 1)[0] for name in found} <= allowed


def test_the_front_room_uses_only_the_standard_library() -> None:
    import sys

    for path in (PACKAGE / "firstrun").glob("*.py"):
        for name, _, _ in imports(path):
            assert name.split(".")[0] in sys.stdlib_module_names or name.startswith("spotid.firstrun"), (
                path.name,
                name,
            )


def test_no_module_has_outgrown_its_purpose() -> None:
    for path in FILES:
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= 300, f"{path.relative_to(PACKAGE)} has {lines} lines"
