"""What the recipe writes into a program: icons, the texts of Windows and macOS, the list of its files."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from release import recipe, version_resource
from spotid import __version__

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.1.0", (0, 1, 0, 0)), ("1.2.3.4.5", (1, 2, 3, 4)), ("2.0rc1", (2, 0, 0, 0)), ("3.1.0.dev5", (3, 1, 0, 0))],
)
def test_version_numbers_for_windows(version: str, numbers: tuple[int, ...]) -> None:
    assert version_resource.numbers(version) == numbers


def test_the_version_resource_can_be_read_by_pyinstaller() -> None:
    text = version_resource.text("1.2.3", "spotid-cli")
    ast.parse(text, mode="eval")  # PyInstaller evaluates it
    assert "'ProductVersion', '1.2.3'" in text and "'spotid-cli.exe'" in text and "(1, 2, 3, 0)" in text
    assert "'FileDescription', 'SpotID'" in version_resource.text("1.2.3", "SpotID")


@pytest.mark.parametrize(("system", "ending"), [("win32", "ico"), ("darwin", "icns"), ("linux", "png")])
def test_every_system_has_its_icon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str, ending: str) -> None:
    plan = recipe.Plan(ROOT, tmp_path)
    monkeypatch.setattr(sys, "platform", system)
    assert plan.icon().endswith(ending)
    with Image.open(plan.icon()) as icon:
        assert max(icon.size) >= 256
        sizes = icon.info.get("sizes", {icon.size})
    if system == "win32":
        assert {(16, 16), (32, 32), (48, 48), (256, 256)} <= set(sizes)
    made = plan.version_resource("SpotID")
    assert (made is not None) == (system == "win32") and (made is None or Path(made).is_file())


def test_macos_is_told_why_folders_are_read(tmp_path: Path) -> None:
    told = recipe.Plan(ROOT, tmp_path).info_plist()
    assert told["CFBundleShortVersionString"] == __version__ and told["NSHighResolutionCapable"] is True
    for key in ("NSDocumentsFolderUsageDescription", "NSDesktopFolderUsageDescription"):
        assert "photographs" in told[key]
    assert "NSRemovableVolumesUsageDescription" in told and "NSNetworkVolumesUsageDescription" in told


def test_an_unknown_flavour_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPOTID_FLAVOUR", "tiny")
    with pytest.raises(SystemExit, match="must be one of: core, full"):
        recipe.Plan(ROOT, tmp_path)


def test_the_list_of_files_forgives_signing_but_no_loss(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    a = str(tmp_path / "a")
    entries = [("docs\\a.md", a, "DATA"), ("b.so", a, "BINARY"), ("l.so", "b.so", "SYMLINK"), ("x", "gone", "DATA")]
    assert recipe.file_list(entries) == {"docs": {"a.md": (5, True)}, "": {"b.so": (5, False)}}


def test_what_is_ours_is_not_told_as_the_work_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, told = recipe.Plan(ROOT, tmp_path), []

    def replaced(entries: list[recipe.trim.Entry], folder: Path) -> list[recipe.trim.Entry]:
        assert entries == [("opencv.libs/libavutil.so", "/site/opencv.libs/libavutil.so", "BINARY")]
        folder.mkdir()
        (folder / "libavutil.so").write_bytes(b"12345")
        return [("opencv.libs/libavutil.so", str(folder / "libavutil.so"), "BINARY")]

    monkeypatch.setattr(recipe.films, "replaced", replaced)
    monkeypatch.setattr(recipe.licences, "gather", lambda sources, folder, root: told.extend(sources))
    wheel = ("opencv.libs/libavutil.so", "/site/opencv.libs/libavutil.so", "BINARY")
    found = SimpleNamespace(pure=[("flask.app", "/site/flask/app.py", "PYMODULE")], scripts=[], binaries=[wheel])
    found.datas = []
    plan.finish(found)
    assert told == ["/site/flask/app.py"]
    assert '"libavutil.so": [\n   5,' in (plan.made / recipe.FILES).read_text(encoding="utf-8")


def test_the_spec_builds_one_folder_with_both_programs() -> None:
    text = (ROOT / "spotid.spec").read_text(encoding="utf-8")
    assert '("SpotID", False), ("spotid-cli", True)' in text, "the window first: macOS starts the first one"
    assert "upx=False" in text and "exclude_binaries=True" in text and '"launch.py"' in text
