"""ZIPs of photographs: good ones are unpacked whole, hostile ones write nothing outside and fill no disk."""

from __future__ import annotations

import os
import stat
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spotid.errors import ArchiveError
from spotid.intake import archive as room
from spotid.intake.archive import unpack
from spotid.progress import Silent
from tests.intake.zips import PHOTO, Told, everything, taken_out


def test_an_honest_archive_is_unpacked_whole(pack, tmp_path: Path) -> None:
    members = [("Station é 1/", b""), ("Station é 1/100MEDIA/IMG_0001.JPG", PHOTO), ("Station é 1/b.jpg", b"")]
    path = pack(*members, ("ST02/IMG 1 (2).jpg", PHOTO * 3), ("top.txt", b"0" * 500_000))
    told = Told()
    done = unpack(path, tmp_path / "out", told)
    assert not done.refused and done.bytes == 80_000 + 500_000
    assert (tmp_path / "out/Station é 1/100MEDIA/IMG_0001.JPG").read_bytes() == PHOTO
    assert told.total == told.done == 5
    assert not os.access(done.files[0], os.X_OK)


HOSTILE = [
    "../evil.jpg",
    "a/../../evil.jpg",
    "a/./b.jpg",
    "..",
    "/evil.jpg",
    "//server/evil.jpg",
    "\\\\server\\evil.jpg",
    "..\\evil.jpg",
    "a\\b.jpg",
    "C:evil.jpg",
    "C:\\evil.jpg",
    "c:/evil.jpg",
    "zero_byte.jpg",
    "evil\n.jpg",
    "evil\x1b[2J.jpg",
    "x" * 300 + ".jpg",
    "é" * 120 + ".jpg",
    "a/" * 60 + "x.jpg",
]


def test_hostile_names_are_refused_one_by_one_and_the_rest_comes_out(pack, tmp_path: Path) -> None:
    path = pack(("good.jpg", PHOTO), *((name, b"evil") for name in HOSTILE), ("good2.jpg", PHOTO))
    path.write_bytes(path.read_bytes().replace(b"zero_byte", b"zero\0byte"))
    done = taken_out(path)
    assert [file.name for file in done.files] == ["good.jpg", "good2.jpg"]
    assert len(done.refused) == len(HOSTILE)
    assert all(one.sentence.endswith(".") and one.name.isprintable() and len(one.name) <= 200 for one in done.refused)
    assert everything(tmp_path) == {"cards.zip", "out", "out/Cards", "out/Cards/good.jpg", "out/Cards/good2.jpg"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.sampled_from("a/\\.: ~é\0C%*"), min_size=1, max_size=12), min_size=1, max_size=6))
def test_no_name_leads_out(tmp_path: Path, names: list[str]) -> None:
    here = tmp_path / f"{time.monotonic_ns()}"
    here.mkdir()
    path = here / "x.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for name in names:
            zipped.writestr(zipfile.ZipInfo(name), b"x")
    done = unpack(path, here / "out", Silent())
    inside = {file for file in here.rglob("*") if file.is_file() and file != path}
    assert inside == set(done.files)
    assert all(file.is_relative_to(here / "out") for file in inside)
    assert everything(tmp_path) == {str(p.relative_to(tmp_path)) for p in (here, *here.rglob("*"))} | everything(
        tmp_path
    )
    assert {p.name for p in tmp_path.iterdir()} == {p.name for p in tmp_path.iterdir() if p.name.isdigit()}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_devices_are_refused(pack, tmp_path: Path, kind: int) -> None:
    link = zipfile.ZipInfo("link")
    link.create_system = 3
    link.external_attr = (kind | 0o777) << 16
    done = taken_out(pack((link, b"/etc"), ("link/passwd.jpg", b"x"), ("good.jpg", PHOTO)))
    assert [one.name for one in done.refused] == ["link"]
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


def test_names_that_differ_by_capitals_only_never_overwrite(pack) -> None:
    pairs = [("A/IMG.JPG", b"1"), ("a/img.jpg", b"2"), ("A/IMG.JPG", b"3"), ("Straße.jpg", b"4"), ("STRASSE.jpg", b"5")]
    composed = [
        ("caf\u00e9.jpg", b"6"),
        ("cafe\u0301.jpg", b"7"),
        ("d", b"8"),
        ("d/x.jpg", b"9"),
        ("e/x.jpg", b"0"),
        ("e", b"1"),
    ]
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = pack(*pairs, *composed)
    done = taken_out(path)
    assert [one.name for one in done.refused] == [
        "a/img.jpg",
        "A/IMG.JPG",
        "STRASSE.jpg",
        "cafe\u0301.jpg",
        "d/x.jpg",
        "e",
    ]
    assert {file.read_bytes() for file in done.files} == {b"1", b"4", b"6", b"8", b"0"}


def test_names_of_windows_are_refused_there(pack, monkeypatch) -> None:
    names = ["CON", "nul.jpg", "com1.txt", "a:b.jpg", "what?.jpg", "end.", "end ", "a./b.jpg"]
    path = pack(*((name, b"x") for name in names), ("console.jpg", b"x"))
    monkeypatch.setattr(room, "FOREIGN_SYSTEM", True)
    done = taken_out(path)
    assert [file.name for file in done.files] == ["console.jpg"]
    assert len(done.refused) == len(names)


def test_locked_and_unknown_members_are_refused(pack) -> None:
    path = pack(("locked.jpg", PHOTO), ("odd.jpg", PHOTO), ("good.jpg", PHOTO), method=zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    for name, place, value in ((b"locked.jpg", 8, 1), (b"odd.jpg", 10, 9)):
        central = content.rindex(name) - 46
        content[central + place] = value
        content[content.index(name) - 30 + place - 2] = value
    path.write_bytes(content)
    done = taken_out(path)
    assert [one.name for one in done.refused] == ["locked.jpg", "odd.jpg"]
    assert "password" in done.refused[0].sentence
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert not unpack(pack(("a.jpg", PHOTO), method=method), path.parent / f"o{method}", Silent()).files


def test_a_damaged_member_is_a_line_and_leaves_nothing(pack) -> None:
    path = pack(("bad.jpg", PHOTO), ("good.jpg", PHOTO), method=zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[content.index(PHOTO) + 100] ^= 255
    path.write_bytes(content)
    done = taken_out(path)
    assert [(one.name, "damaged" in one.sentence) for one in done.refused] == [("bad.jpg", True)]
    assert [file.name for file in done.files] == ["good.jpg"]


def test_names_of_old_programs_are_read(pack) -> None:
    path = pack(("caf_.jpg", PHOTO))
    path.write_bytes(path.read_bytes().replace(b"caf_.jpg", b"caf\x82.jpg"))  # é in code page 437
    assert [file.name for file in taken_out(path).files] == ["café.jpg"]


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\5\6" + b"\0" * 10, b"PK\5\6" + b"\xff" * 18, b"no zip at all" * 99]
)
def test_what_is_no_zip_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(ArchiveError) as fault:
        unpack(path, tmp_path / "out", Silent())
    assert fault.value.sentence and fault.value.advice
    assert everything(tmp_path) == {"x.zip"}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_archive_never_crashes_or_writes_outside(pack, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(pack(("a/b.jpg", PHOTO[:500]), ("c.jpg", b"0" * 900)).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "cards.zip"
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    target = tmp_path / f"out{time.monotonic_ns()}"
    try:
        done = unpack(path, target, Silent(), most_bytes=10_000)
        assert all(file.is_relative_to(target) for file in done.files)
    except ArchiveError:
        assert not target.exists()
    assert {p.name for p in tmp_path.iterdir() if not p.name.startswith("out")} == {"cards.zip"}
