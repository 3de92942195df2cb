"""release/build.py: what it installs, what stops it with a sentence, and the archive that people unpack."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from release import archive, build, environment
from spotid.firstrun.requirements import read_pins
from spotid.firstrun.troubles import Trouble

ROOT = Path(__file__).resolve().parents[2]


def names(lines: list[str]) -> set[str]:
    return {line.partition("==")[0] for line in lines}


def test_pins_of_both_flavours() -> None:
    core, full = (environment.pins(ROOT, flavour) for flavour in ("core", "full"))
    assert {"opencv-python-headless", "faiss-cpu", "pyinstaller"} <= names(core)
    assert "torch" not in names(core) and {"torch", "ultralytics", "nvidia-ml-py", "pyinstaller"} <= names(full)
    for lines in (core, full):
        assert "opencv-python" not in names(lines)
        assert not [line for line in lines if line.startswith(("cuda-", "nvidia-nv", "triton"))]
        twice = [name for name, times in Counter(line.partition("==")[0] for line in lines).items() if times > 1]
        assert twice == ["faiss-cpu"], "one pin for each package, but for Intel Macs"
        assert all("==" in line for line in lines)


def test_the_build_uses_the_pins_of_the_program() -> None:
    whole = {line.partition("==")[0]: line for line in read_pins(str(ROOT / "requirements.txt"))}
    for line in read_pins(str(ROOT / "requirements-build.txt")):
        name = line.partition("==")[0]
        assert whole.get(name, line) == line


def test_only_linux_needs_torchs_own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def line(system: str, flavour: str, wheels: Path = tmp_path / "none") -> str:
        monkeypatch.setattr(sys, "platform", system)
        return " ".join(environment.command(Path("py"), Path("pins.txt"), flavour, wheels))

    assert environment.CPU_INDEX in line("linux", "full")
    assert "index-url" not in line("linux", "core") + line("win32", "full") + line("darwin", "full")
    assert "--no-index" in line("linux", "full", tmp_path) and "index-url" not in line("linux", "full", tmp_path)
    assert "--no-deps --only-binary :all:" in line("linux", "core")


def fake(text: str, code: int = 0) -> SimpleNamespace:
    return SimpleNamespace(stdout=text, returncode=code)


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Makes environments of nothing; gives the commands of pip."""
    asked: list[list[str]] = []

    def create(folder: str, log: object) -> None:
        (Path(folder) / "bin").mkdir(parents=True)

    monkeypatch.setattr(environment.pip, "create", create)
    monkeypatch.setattr(environment.pip, "works", lambda python: True)
    monkeypatch.setattr(environment.subprocess, "run", lambda line, **more: asked.append(line) or fake("fine"))
    return asked


def test_packages_are_installed_once(pip: list[list[str]], tmp_path: Path) -> None:
    first = environment.make(ROOT, "core", tmp_path)
    assert environment.make(ROOT, "core", tmp_path) == first and len(pip) == 1
    (tmp_path / "venv" / "pins.sha256").write_text("of other pins")
    environment.make(ROOT, "core", tmp_path)
    assert len(pip) == 2


def test_no_network_is_told_and_tried_again(
    pip: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "WARNING: Retrying … NameResolutionError\nERROR: No matching distribution found for flask==3.1.3"
    monkeypatch.setattr(environment.subprocess, "run", lambda line, **more: fake(said, 1))
    with pytest.raises(Trouble, match="no connection to the package index"):
        environment.make(ROOT, "core", tmp_path)
    assert "NameResolutionError" in (tmp_path / "pip.log").read_text(encoding="utf-8")
    assert not (tmp_path / "venv" / "pins.sha256").exists()


def test_a_torch_for_graphics_cards_is_told(
    pip: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = [fake("fine"), SimpleNamespace(returncode=1, stderr="Traceback …\nImportError: libcudnn.so.9: no such file")]
    monkeypatch.setattr(environment.subprocess, "run", lambda line, **more: done.pop(0))
    with pytest.raises(Trouble, match="does not start: ImportError: libcudnn") as told:
        environment.make(ROOT, "full", tmp_path)
    assert environment.CPU_INDEX in told.value.advice
    assert not (tmp_path / "venv" / "pins.sha256").exists(), "the next build installs it anew"


def test_a_full_disk_is_told_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build.shutil, "disk_usage", lambda path: SimpleNamespace(free=1_500_000_000))
    assert build.main(["core", "--work", str(tmp_path / "w")]) == 1
    assert "Building takes 2,000 MB; 1,500 MB are free" in capsys.readouterr().err
    assert list((tmp_path / "w").iterdir()) == []


def test_what_can_be_seen_beforehand_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["full", "--work", str(tmp_path), "--weights", str(tmp_path / "none")]) == 1
    assert "There is no folder" in capsys.readouterr().err
    assert build.main(["core", "--work", str(tmp_path), "--only-archive"]) == 1
    assert "There is no bundle" in capsys.readouterr().err


def test_a_missing_compiler_is_told_before_anything_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build.films, "missing_tools", lambda: ["cc"])
    monkeypatch.setattr(build.environment, "make", lambda *asked: pytest.fail("packages are installed"))
    assert build.main(["core", "--work", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "built with a C compiler" in told and "Not found: cc." in told and "sudo apt install gcc" in told


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for PyInstaller is a script")
@pytest.mark.parametrize("code", [0, 1])
def test_a_build_that_fails_leaves_the_last_bundle(tmp_path: Path, code: int) -> None:
    (tmp_path / "SpotID").mkdir()
    (tmp_path / "SpotID" / "old").touch()
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\nwhile [ "$1" != --distpath ]; do shift; done\nmkdir -p "$2/SpotID"; touch "$2/SpotID/new"\n'
        f"echo No licence text was found of: bare.\nexit {code}\n"
    )
    python.chmod(0o755)
    if code:
        with pytest.raises(Trouble, match="No licence text was found of: bare"):
            build.freeze(python, tmp_path, dict(os.environ))
    else:
        build.freeze(python, tmp_path, dict(os.environ))
    assert [path.name for path in (tmp_path / "SpotID").iterdir()] == ["old" if code else "new"]


def test_the_build_is_told_the_same_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", "/foreign")
    monkeypatch.setenv("SPOTID_WEIGHTS", "/left/behind")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    told = build.variables("core", None)
    assert told["PYTHONHASHSEED"] == "0" and told["SOURCE_DATE_EPOCH"].isdigit() and told["SPOTID_FLAVOUR"] == "core"
    assert "PYTHONPATH" not in told and "SPOTID_WEIGHTS" not in told
    assert told == build.variables("core", None)
    assert build.variables("full", tmp_path)["SPOTID_WEIGHTS"] == str(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="permissions of the Linux archive")
def test_the_archive_keeps_folder_permissions_and_bytes(tmp_path: Path) -> None:
    bundle = tmp_path / "SpotID"
    (bundle / "_internal" / "é").mkdir(parents=True)
    (bundle / "SpotID").write_text("#!/bin/sh\necho started\n")
    (bundle / "SpotID").chmod(0o755)
    (bundle / "_internal" / "é" / "a b.txt").write_text("x")
    (bundle / "link").symlink_to("SpotID")
    first = archive.pack(bundle, tmp_path / "1.zip", 1_790_000_000).read_bytes()
    os.utime(bundle / "SpotID", (1, 1))
    assert archive.pack(bundle, tmp_path / "2.zip", 1_790_000_000).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "1.zip") as packed:
        entries = {one.filename: one for one in packed.infolist()}
    assert set(entries) == {"SpotID/SpotID", "SpotID/_internal/é/a b.txt", "SpotID/link"}
    assert entries["SpotID/SpotID"].external_attr >> 16 == stat.S_IFREG | 0o755
    assert entries["SpotID/_internal/é/a b.txt"].external_attr >> 16 == stat.S_IFREG | 0o644
    assert stat.S_ISLNK(entries["SpotID/link"].external_attr >> 16)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("linux", "x86_64", "SpotID-0.1.0-linux-x86_64-core.zip"),
        ("win32", "AMD64", "SpotID-0.1.0-windows-x86_64-core.zip"),
        ("darwin", "arm64", "SpotID-0.1.0-macos-arm64-core.zip"),
    ],
)
def test_names_of_archives(monkeypatch: pytest.MonkeyPatch, system: str, machine: str, name: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert archive.name("0.1.0", "core") == name


def test_it_starts_with_nothing_but_the_standard_library() -> None:
    command = [sys.executable, "-S", "-I", str(ROOT / "release" / "build.py"), "--help"]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 0 and "--only-archive" in told.stdout
