"""What goes into a bundle: every file that is read at run time, every module of the program, nothing of its making."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

from release import contents, trim

ROOT = contents.ROOT


# Said once more here: what help, pages and demonstration are made of must not vanish from the list unnoticed.
WANTED = ("spotid", "templates", "static", "sample_data", "docs/guide", "docs/reference", "docs/pictures")
WANTED += ("docs/index.md", "LICENSE", "CHANGELOG.md")


def listed(root: Path = ROOT) -> set[str]:
    return {(Path(folder) / Path(source).name).as_posix() for source, folder in contents.data_files(root)}


def test_every_file_that_git_knows_below_the_carried_folders_travels() -> None:
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *WANTED],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    wanted = {name for name in told.stdout.split("\0") if name and (ROOT / name).is_file()}
    wanted = {name for name in wanted if not name.endswith((".py", ".po"))}
    assert len(wanted) > 200
    assert wanted - listed() == set()


def test_what_the_program_reads_at_run_time_is_there() -> None:
    found = listed()
    for name in (
        "spotid/profiles/leopard.toml",
        "spotid/seals.json",
        "spotid/translations/fr.mo",
        "spotid/prepare/weights/segment.onnx",
        "templates/base.html",
        "static/logo.svg",
        "sample_data/truth/.nomedia",
        "LICENSE",
        "CHANGELOG.md",
    ):
        assert name in found, name
    assert not [name for name in found if name.endswith((".py", ".pyc", ".po")) or "__pycache__" in name]


def test_a_new_data_file_of_any_kind_travels_by_itself(tmp_path: Path) -> None:
    for name in ("spotid/new/room/map.gpkg", "templates/new.html", "docs/guide/pictures/new.png", "docs/guide/new.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    for name in ("spotid/new/code.py", "docs/engineer/release.md", "tests/data.json", "static/.DS_Store"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert listed(tmp_path) == {
        "spotid/new/room/map.gpkg",
        "templates/new.html",
        "docs/guide/pictures/new.png",
        "docs/guide/new.md",
    }


def test_no_data_file_of_ours_is_trimmed() -> None:
    entries = [(name, str(ROOT / name), "DATA") for name in sorted(listed())]
    assert trim.kept(entries, ROOT) == entries


def test_every_module_of_the_program_travels() -> None:
    found = contents.modules()
    assert {"spotid", "spotid.prepare.detectors.layered", "spotid.match.points", "spotid.jobs.worker"} <= set(found)
    assert len(found) == len(set(found)) == len(list((ROOT / "spotid").rglob("*.py")))
    assert not any(name.endswith("__init__") for name in found)


def test_parts_named_in_tables_of_texts_are_among_the_modules() -> None:
    from spotid.embed.registry import ENCODERS
    from spotid.match.registry import MATCHERS
    from spotid.prepare.registry import CUTTERS, DETECTORS

    named = [place.split(":")[0] for table in (ENCODERS, MATCHERS, CUTTERS, DETECTORS) for place in table.values()]
    assert set(named) <= set(contents.modules())


def test_weights_keep_their_folders(tmp_path: Path) -> None:
    (tmp_path / "sam").mkdir()
    (tmp_path / "sam" / "mobile.pt").write_text("x")
    (tmp_path / "sam" / "half.pt.part").write_text("x")
    assert contents.weights(tmp_path) == [(str(tmp_path / "sam" / "mobile.pt"), "weights/sam")]
    assert contents.weights(None) == []


def test_nothing_that_the_core_program_imports_is_left_out() -> None:
    """A module of the standard library or of a core package that is trimmed must not be one that our code names."""
    import ast

    named = set()
    for path in [*(ROOT / "spotid").rglob("*.py"), ROOT / "launch.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                named.add(node.module)
    # babel only gathers texts for translators; the models' packages are the full flavour's.
    assert named & set(trim.MODULES) <= {"babel", "babel.messages"}
    assert importlib.util.find_spec("spotid.desktop") and not {"tkinter"} & set(trim.excluded("core"))
    assert "torch" in trim.excluded("core") and "torch" not in trim.excluded("full")
