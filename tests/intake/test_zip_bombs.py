"""ZIPs made to fill the disk or the memory, full disks and cancelling: refused at once, and nothing is left behind."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from spotid.errors import ArchiveError, DiskFullError
from spotid.intake import archive as room
from spotid.intake.archive import Unpacked, unpack
from spotid.progress import Cancelled, Silent
from tests.intake.zips import PHOTO, Told, everything, taken_out


def zeros(gigabytes: float) -> tuple[bytes, int, int]:
    """A deflate stream of zeros, what it unpacks to, and 0; built in a second from one repeated piece."""
    piece = 1 << 24
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packer.compress(bytes(piece))
    packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(piece)) + packer.flush(zlib.Z_FULL_FLUSH)
    times = int(gigabytes * (1 << 30)) // piece
    return again * times + b"\x03\0", piece * times, 0


def bomb(path: Path, stream: bytes, claimed: int, members: int = 1, shared: bool = False) -> Path:
    """A ZIP with ``members`` that each hold the stream, or all the same bytes of it."""
    body, central, packed = bytearray(), bytearray(), len(stream)
    for number in range(members):
        name = b"%06d.jpg" % number
        sizes = struct.pack("<III", 0, min(packed, 0xFFFFFFFF), min(claimed, 0xFFFFFFFF))
        long = struct.pack("<HHQ", 1, 8, claimed) if claimed > 0xFFFFFFFF else b""
        about = struct.pack("<HHHHH", 45, 0, 8, 0, 0x5A21) + sizes
        offset = 0 if shared else len(body)
        if not (shared and number):
            body += b"PK\3\4" + about + struct.pack("<HH", len(name), len(long)) + name + long + stream
        central += b"PK\1\2" + struct.pack("<H", 45) + about
        central += struct.pack("<HHHHHII", len(name), len(long), 0, 0, 0, 0, offset) + name + long
    many = min(members, 0xFFFF)
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, many, many, len(central), len(body), 0)
    path.write_bytes(bytes(body + central) + end)
    return path


def defused(path: Path) -> tuple[Unpacked | ArchiveError, int]:
    """What came of a bomb, with how many bytes of memory."""
    tracemalloc.start()
    try:
        result: Unpacked | ArchiveError = unpack(path, path.parent / "out", Silent())
    except ArchiveError as error:
        result = error
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result, memory


@pytest.mark.parametrize("claimed", ["true", "small", "half"])
def test_ten_gigabytes_of_zeros_are_refused_at_once(tmp_path: Path, claimed: str) -> None:
    stream, size, _ = zeros(10)
    says = {"true": size, "small": 5_000, "half": size // 2}[claimed]
    path = bomb(tmp_path / "bomb.zip", stream, says)
    assert path.stat().st_size < 12_000_000
    result, memory = defused(path)
    assert isinstance(result, Unpacked) and len(result.refused) == 1 and not result.files
    assert memory < 8_000_000
    assert sum(file.stat().st_size for file in (tmp_path / "out").rglob("*")) == 0


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    stream, size, _ = zeros(0.25)
    path = bomb(tmp_path / "bomb.zip", stream, size, members=5_000, shared=True)
    result, memory = defused(path)
    assert isinstance(result, ArchiveError) and "zip bomb" in result.sentence
    assert memory < 20_000_000
    assert not (tmp_path / "out").exists()


def test_too_many_entries_are_refused_before_the_list_is_read(tmp_path: Path) -> None:
    path = bomb(tmp_path / "many.zip", b"\x03\0", 0, members=210_000)
    result, memory = defused(path)
    assert isinstance(result, ArchiveError) and "200,000" in result.sentence
    assert memory < 8_000_000


def test_a_list_that_says_less_than_it_holds_is_counted(tmp_path: Path) -> None:
    path = bomb(tmp_path / "many.zip", b"\x03\0", 0, members=500)
    content = bytearray(path.read_bytes())
    content[-14:-10] = struct.pack("<HH", 1, 1)  # one entry, it says
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="more than 400"):
        unpack(path, tmp_path / "out", Silent(), most_entries=400)


def test_a_short_member_that_claims_the_whole_disk_is_refused(tmp_path: Path) -> None:
    path = bomb(tmp_path / "x.zip", b"\x03\0", 1 << 60)
    assert [one.sentence for one in unpack(path, tmp_path / "out", Silent()).refused] == ["There is no room for it."]


def test_what_is_unpacked_in_all_has_a_limit(pack) -> None:
    path = pack(*((f"{number}.jpg", PHOTO) for number in range(10)))
    done = taken_out(path, most_bytes=70_000)
    assert len(done.files) == 3 and done.bytes == 60_000
    assert {one.sentence for one in done.refused} == {"There is no room for it."}


def test_a_nearly_full_disk_is_left_alone(pack, monkeypatch) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda _: room.KEPT_FREE + 30_000)
    assert len(taken_out(pack(("a.jpg", PHOTO), ("b.jpg", PHOTO))).files) == 1


def test_a_full_disk_leaves_nothing_behind(pack, tmp_path: Path, monkeypatch) -> None:
    real = Path.open

    def full(self: Path, mode: str = "r", *rest, **others):
        if mode == "xb":
            raise OSError(28, "No space left on device")
        return real(self, mode, *rest, **others)

    path = pack(("a.jpg", PHOTO))
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(DiskFullError):
        unpack(path, tmp_path / "out", Silent())
    assert everything(tmp_path) == {"cards.zip"}


def test_cancelling_leaves_nothing_behind(pack, tmp_path: Path) -> None:
    path = pack(*((f"{number}.jpg", PHOTO) for number in range(10)))
    with pytest.raises(Cancelled):
        unpack(path, tmp_path / "out", Told(stop_at=5))
    assert everything(tmp_path) == {"cards.zip"}
    (tmp_path / "out.part").mkdir()  # left behind when the plug was pulled
    (tmp_path / "out.part" / "half.jpg").write_bytes(b"half")
    assert len(unpack(path, tmp_path / "out", Silent()).files) == 10
    with pytest.raises(ArchiveError, match="already"):
        unpack(path, tmp_path / "out", Silent())


def test_memory_stays_flat(pack) -> None:
    path = pack(*((f"{number}.jpg", os.urandom(8_000_000)) for number in range(3)), method=zipfile.ZIP_STORED)
    _, memory = defused(path)
    assert memory < 2_000_000
