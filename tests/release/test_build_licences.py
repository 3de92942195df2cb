"""No bundle without the terms of what it carries: packages, the libraries inside them, the system's, Python itself."""

from __future__ import annotations

import json
from email.message import Message
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest

from release import licences, shared_libraries, system_files


class Package:
    """A package as importlib.metadata shows it, installed below a folder."""

    def __init__(self, site: Path, name: str, files: dict[str, str], **told: str) -> None:
        self.metadata, self.version, self.files = Message(), "1.0", []
        self.metadata["Name"] = name
        for key, value in told.items():
            self.metadata[key.replace("_", "-")] = value
        self._site = site
        for file, text in files.items():
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            (site / file).write_text(text, encoding="utf-8")
            self.files.append(PurePosixPath(file))

    def locate_file(self, file: object) -> Path:
        return self._site / str(file)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An environment of three packages; ``site.packages`` may be changed."""
    folder = tmp_path / "site"
    loader = Package(folder, "pyinstaller", {"pyinstaller-6.dist-info/licenses/COPYING.txt": "GPL with an exception"})
    flask = Package(
        folder,
        "Flask",
        {
            "flask/app.py": "",
            "flask-3.dist-info/licenses/LICENSE.txt": "Redistribution …",
            "flask-3.dist-info/RECORD": "",
        },
        License_Expression="BSD-3-Clause",
    )
    bare = Package(folder, "bare", {"bare.py": "", "bare-1.dist-info/METADATA": ""}, License="MIT")
    found = SimpleNamespace(folder=folder, packages=[loader, flask, bare], out=tmp_path / "licences")
    monkeypatch.setattr(licences, "distributions", lambda: found.packages)
    return found


def gathered(site: Any, *sources: str) -> dict[str, dict[str, str]]:
    licences.gather([str(site.folder / source) for source in sources], site.out, site.folder / "spotid")
    return {one["name"]: one for one in json.loads((site.out / "licences.json").read_text(encoding="utf-8"))}


def test_what_is_bundled_is_named_with_its_text(site: Any) -> None:
    found = gathered(site, "flask/app.py")
    assert set(found) == {"Flask", "Python", "pyinstaller"}
    assert found["Flask"]["licence"] == "BSD-3-Clause"
    assert (site.out / found["Flask"]["file"]).read_text(encoding="utf-8").strip() == "Redistribution …"
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in (site.out / found["Python"]["file"]).read_text(encoding="utf-8")


def test_a_package_without_a_text_stops_the_build(site: Any) -> None:
    with pytest.raises(SystemExit, match="No licence text was found of: bare"):
        gathered(site, "flask/app.py", "bare.py")


@pytest.mark.parametrize("terms", ["LicenseRef-NVIDIA-Proprietary", "CC-BY-NC-4.0", "Non-Commercial use only"])
def test_terms_that_forbid_passing_on_stop_the_build(site: Any, terms: str) -> None:
    files = {"nv/lib.py": "", "nv-1.dist-info/LICENSE": "You may not …"}
    site.packages.append(Package(site.folder, "nvidia-x", files, License_Expression=terms))
    with pytest.raises(SystemExit, match="nvidia-x"):
        gathered(site, "nv/lib.py")
    assert not (site.out / "licences.json").exists()


def test_a_text_may_be_kept_beside_the_recipe(site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "bare.txt").write_text("MIT as its authors publish it")
    monkeypatch.setattr(licences, "TEXTS", texts)
    (texts / "Python.txt").write_text("PSF")
    assert gathered(site, "bare.py")["bare"]["file"] == "bare.txt"


def test_the_libraries_inside_packages_are_named(site: Any) -> None:
    name = "pillow_heif.libs/libx265-4883ecb5.so.217"
    site.packages.append(
        Package(site.folder, "pillow_heif", {name: "", "pillow_heif-1.dist-info/LICENSE.txt": "BSD"}, License="BSD")
    )
    found = gathered(site, name)
    assert found["x265 (in pillow-heif and PyAV)"]["licence"] == "GPL-2.0-or-later" and "pillow_heif" in found
    file = site.out / found["x265 (in pillow-heif and PyAV)"]["file"]
    assert "Version 2, June 1991" in file.read_text(encoding="utf-8")


def test_the_old_openssl_stops_the_build(site: Any) -> None:
    name = "opencv_python_headless.libs/libssl-81259c47.so.1.1.1k"
    files = {name: "", "opencv-1.dist-info/LICENSE.txt": "Apache"}
    site.packages.append(Package(site.folder, "opencv-python-headless", files, License="Apache 2.0"))
    with pytest.raises(SystemExit, match=r"don't let it travel with SpotID: OpenSSL 1\.1 \(OpenSSL\)"):
        gathered(site, name)
    assert not (site.out / "licences.json").exists()


@pytest.mark.parametrize(
    ("file", "work"),
    [
        ("libavcodec-c4204469.so.62.28.101", "FFmpeg (in PyAV and OpenCV)"),
        ("libavcodec.62.28.101.dylib", "FFmpeg (in PyAV and OpenCV)"),
        ("libheif-e72ea93c.so.1.23.6", "libheif (in pillow-heif)"),
        ("libscipy_openblas64_-32a4b2a6.so", "OpenBLAS"),
        ("libgfortran.5.dylib", "GCC run-time libraries"),
        ("tcl86t.dll", "Tcl/Tk"),
        ("libtk8.6.so", "Tcl/Tk"),
        ("libcrypto-5409cd36.so.1.1.1k", "OpenSSL 1.1"),
        ("libssl.so.1.1", "OpenSSL 1.1"),
        ("libssl-1_1-x64.dll", "OpenSSL 1.1"),
        ("libcrypto.so.3", None),
        ("libcrypto.3.dylib", None),
        ("libcrypto-3-x64.dll", None),
        ("libtiff-20b7e810.so.6.3.0", "LibTIFF"),
        ("libdav1d-f4b27961.so.7.0.0", "dav1d (in PyAV)"),
        ("avcodec-62.dll", "FFmpeg (in PyAV and OpenCV)"),
        ("libnghttp2-86ab2a58.so.14.27.0", None),
    ],
)
def test_files_of_known_libraries(file: str, work: str | None) -> None:
    found = shared_libraries.known(file)
    assert (found.name if found else None) == work


def test_every_text_that_the_table_names_is_there() -> None:
    for library in shared_libraries.table():
        assert library.texts, library.name
        for name in library.texts:
            assert len((licences.TEXTS / name).read_text(encoding="utf-8")) > 500, name


def test_a_library_that_nobody_owns_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(system_files, "_owner", lambda path: ("", ""))
    with pytest.raises(SystemExit, match="Nobody owns the library"):
        system_files.packages([tmp_path / "libstrange.so.1"])
    assert system_files.packages([tmp_path / "libgcc_s.so.1"]) == []
    monkeypatch.setattr("sys.platform", "win32")
    assert system_files.packages([tmp_path / "strange.dll"]) == []


def test_a_library_of_debian_brings_debians_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "libz").mkdir()
    (tmp_path / "libz" / "copyright").write_text("Files: *\nLicense: Zlib\n\nLicense: Expat\n text\n")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(system_files, "DOCUMENTS", tmp_path)
    monkeypatch.setattr(system_files, "_owner", lambda path: ("libz", "1.2"))
    (found,) = system_files.packages([tmp_path / "libz.so.1", tmp_path / "libz.so.1.2"])
    assert found == ("libz (system library)", "1.2", "Zlib, Expat", (tmp_path / "libz" / "copyright",))


@pytest.mark.parametrize(
    ("told", "licence"),
    [
        ({"License_Expression": "MIT", "License": "X11"}, "MIT"),
        ({"License": "ZPL 2.1"}, "ZPL 2.1"),
        ({"License": "words " * 40, "Classifier": "License :: OSI Approved :: BSD License"}, "BSD License"),
        ({}, "see its text"),
    ],
)
def test_short_names_of_terms(tmp_path: Path, told: dict[str, str], licence: str) -> None:
    assert licences.licence_of(Package(tmp_path, "x", {}, **told)) == licence  # type: ignore[arg-type]
