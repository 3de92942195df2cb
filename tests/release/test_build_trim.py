"""What is cut out of a bundle, and how two libraries come to share a third."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from release import trim

ROOT = Path(__file__).resolve().parents[2]


def names(entries: list[trim.Entry]) -> list[str]:
    return [name for name, _, _ in entries]


def test_what_nobody_reads_is_cut_on_either_kind_of_path() -> None:
    entries = [
        ("_tcl_data/tzdata/Africa/Nairobi", "x", "DATA"),
        ("_tcl_data\\tzdata\\Africa\\Nairobi", "x", "DATA"),
        ("_tcl_data/init.tcl", "x", "DATA"),
        ("cv2/opencv_videoio_ffmpeg500_64.dll", "x", "BINARY"),
        ("cv2\\cv2.pyd", "x", "EXTENSION"),
        ("spotid/match/tests/data/kept.bin", "x", "DATA"),
    ]
    assert names(trim.kept(entries, ROOT)) == [
        "_tcl_data/init.tcl",
        "cv2\\cv2.pyd",
        "spotid/match/tests/data/kept.bin",
    ]


@pytest.mark.parametrize(("system", "left"), [("linux", []), ("darwin", ["libx.so"]), ("win32", ["libx.so"])])
def test_links_stay_out_of_the_linux_bundle(monkeypatch: pytest.MonkeyPatch, system: str, left: list[str]) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert names(trim.kept([("libx.so", "pillow.libs/libx.so", "SYMLINK")], ROOT)) == left


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[trim.Entry]:
    """OpenCV and faiss with an OpenBLAS each, and a patchelf that notes what it is asked."""
    monkeypatch.setattr(sys, "platform", "linux")
    tool = tmp_path / "bin" / "patchelf"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\necho "$@" >> "$(dirname "$0")/asked"\n')
    tool.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tool.with_name("python")))
    entries = []
    for name in (
        "cv2/cv2.abi3.so",
        "opencv_python_headless.libs/libopenblasp-r0-aa.3.15.so",
        "faiss_cpu.libs/libopenblaso-r0-bb.3.15.so",
        "opencv_python_headless.libs/libpng16-cc.so",
        "opencv_python_headless.libs/libgfortran-dd.so",
        "faiss_cpu.libs/libgfortran-dd.so",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\x7fELF OpenBLAS 0.3.15 DYNAMIC_ARCH")
        entries.append((name, str(path), "BINARY"))
    return entries


@pytest.mark.skipif(sys.platform == "win32", reason="the Linux bundle is built on Linux")
def test_one_openblas_serves_both(two: list[trim.Entry], tmp_path: Path) -> None:
    found = trim.sharing(two, tmp_path / "made")
    assert names(found) == [
        "cv2/cv2.abi3.so",
        "faiss_cpu.libs/libopenblaso-r0-bb.3.15.so",
        "opencv_python_headless.libs/libpng16-cc.so",
        "faiss_cpu.libs/libgfortran-dd.so",
    ]
    assert found[0][1] == str(tmp_path / "made" / "cv2.abi3.so"), "the installed file stays as it is"
    asked = (tmp_path / "bin" / "asked").read_text()
    assert "--replace-needed libopenblasp-r0-aa.3.15.so libopenblaso-r0-bb.3.15.so" in asked
    assert "--force-rpath --add-rpath $ORIGIN/../faiss_cpu.libs" in asked


@pytest.mark.skipif(sys.platform == "win32", reason="the Linux bundle is built on Linux")
@pytest.mark.parametrize("what", ["another release", "no patchelf", "only one"])
def test_each_keeps_its_own_where_sharing_is_unsure(two: list[trim.Entry], tmp_path: Path, what: str) -> None:
    if what == "another release":
        Path(two[1][1]).write_bytes(b"OpenBLAS 0.3.30")
    elif what == "no patchelf":
        (tmp_path / "bin" / "patchelf").unlink()
    else:
        del two[2]
    assert trim.sharing(two, tmp_path / "made") == two


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux libraries are stripped")
def test_only_pythons_own_libraries_are_stripped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base, wheel = tmp_path / "base", tmp_path / "site" / "numpy.so"
    base.mkdir()
    wheel.parent.mkdir()
    for path in (base / "libpython.so", wheel):
        path.write_bytes(b"\x7fELF")
    tool = tmp_path / "strip"
    tool.write_text('#!/bin/sh\nprintf s > "$2"\n')
    tool.chmod(0o755)
    monkeypatch.setattr(sys, "base_prefix", str(base))
    monkeypatch.setattr("shutil.which", lambda name: str(tool))
    entries = [("libpython.so", str(base / "libpython.so"), "BINARY"), ("numpy.so", str(wheel), "EXTENSION")]
    found = trim.stripped(entries, tmp_path / "made")
    assert found[1] == entries[1] and found[0][1] != entries[0][1]
    assert Path(found[0][1]).read_bytes() == b"s" and (base / "libpython.so").read_bytes() == b"\x7fELF"
