"""A folder of photographs as a survey really brings them home, and worse: over a hundred files that mean trouble.

``build(folder)`` makes it from nothing and gives a table of what must become of each. Names that a system does not
allow are left out of the table there.
"""

from __future__ import annotations

import contextlib
import os
import socket
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spotid.words import Problem
from tests.saboteurs import pictures as p

USED = "used"  # read, searched, on one of the shelves of photographs
LEFT_OUT = "left out"  # no photograph: not in the project at all
E, T, N, L = Problem.EMPTY.value, Problem.TRUNCATED.value, Problem.NOT_A_PICTURE.value, Problem.TOO_LARGE.value


@dataclass(frozen=True)
class Saboteur:
    """One file: its path below the folder, what is wrong with it, and the shelf or problem it must end on."""

    relpath: str
    kind: str
    becomes: str


def contents() -> Iterator[tuple[str, str, bytes, str]]:
    """(name, kind, content, becomes) of files with troublesome contents."""
    whole = p.encoded(p.drawing(1, (640, 480)), quality=90)
    yield "whole.jpg", "a sound JPEG", p.jpeg(2), USED
    yield "header only.jpg", "cut off within the header", whole[:20], T
    yield "header.jpg", "cut off after the header", whole[:620], T
    yield "half.jpg", "cut off in the middle", whole[: len(whole) // 2], T
    yield "last bytes.jpg", "the last 200 bytes are missing", whole[:-200], T
    yield "no end mark.jpg", "the last two bytes are missing", whole[:-2], T
    yield "zeros.jpg", "the second half is zeros", whole[: len(whole) // 2] + bytes(len(whole) // 2), T
    yield "all zeros.jpg", "nothing but zeros", bytes(5000), N
    yield "empty.jpg", "0 bytes", b"", E
    yield "empty.heic", "0 bytes, HEIC", b"", E
    yield "really png.jpg", "a PNG named .jpg", p.encoded(p.drawing(3), "PNG"), USED
    yield "really jpeg.png", "a JPEG named .png", p.jpeg(4), USED
    yield "text.jpg", "text named .jpg", b"Dear colleague,\n" * 40, N
    yield "page.jpg", "a web page named .jpg", b"<!DOCTYPE html><html><body>404</body></html>", N
    yield "archive.jpg", "a ZIP named .jpg", b"PK\x03\x04" + bytes(200), N
    yield "film.jpg", "an MP4 named .jpg", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(400), N
    yield "database.jpg", "an SQLite file named .jpg", b"SQLite format 3\0" + bytes(4000), N
    yield "script.jpg", "an EPS named .jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", N
    yield "drawing.png", "an SVG named .png", b'<svg xmlns="http://www.w3.org/2000/svg"/>', N
    yield "cmyk.jpg", "CMYK JPEG", p.encoded(p.drawing(5, mode="CMYK")), USED
    yield "inverted cmyk.jpg", "Adobe's inverted CMYK JPEG", p.inverted_cmyk(6), USED
    yield "grey.jpg", "grey JPEG", p.encoded(p.drawing(7, mode="L")), USED
    yield "progressive.jpg", "progressive JPEG", p.jpeg(8, progressive=True), USED
    yield "16 bit.png", "16-bit PNG", p.deep_grey("PNG"), USED
    yield "16 bit.tif", "16-bit TIFF", p.deep_grey("TIFF"), USED
    yield "float.tiff", "TIFF of floating-point numbers", p.float_tiff(odd=False), USED
    yield "float odd.tiff", "TIFF with NaN and infinity", p.float_tiff(odd=True), USED
    yield "palette.png", "palette with transparency", p.encoded(p.drawing(9).quantize(16), "PNG", transparency=3), USED
    yield "one bit.png", "1-bit PNG", p.encoded(p.drawing(10).convert("1"), "PNG"), USED
    yield "grey alpha.png", "grey with alpha", p.encoded(p.drawing(11).convert("LA"), "PNG"), USED
    yield "animated.jpg", "an animated GIF named .jpg", p.frames("GIF"), USED
    yield "animated.webp", "animated WebP", p.frames("WEBP"), USED
    yield "animated.png", "animated PNG", p.frames("PNG"), USED
    yield "pages.tif", "TIFF of several pages", p.frames("TIFF"), USED
    yield "cut.tif", "TIFF cut off", p.frames("TIFF")[:9000], T
    yield "cut.webp", "WebP cut off", p.frames("WEBP")[:300], T
    yield "cut.png", "PNG cut off", p.encoded(p.drawing(12, (320, 240)), "PNG")[:900], T
    yield "cut.bmp", "BMP cut off", p.encoded(p.drawing(13), "BMP")[:900], T
    yield "1x1.png", "one pixel", p.encoded(p.drawing(14, (1, 1)), "PNG"), USED
    yield "1x300.jpg", "one pixel wide", p.encoded(p.drawing(15, (1, 300))), USED
    yield "300x1.jpg", "one pixel high", p.encoded(p.drawing(16, (300, 1))), USED
    yield "panorama.jpg", "20,000 pixels wide", p.encoded(p.drawing(17, (20_000, 120))), USED
    yield "bomb.png", "30,000 by 30,000 pixels in 110 kB", p.bomb(), L
    yield "claims.png", "claims two thousand million pixels a side", p.png((0x7FFFFFFF, 0x7FFFFFFF, 8, 2), b"x"), L
    yield "claims none.png", "claims no pixels at all", p.png((0, 0, 8, 2), b"x"), T
    yield "no data.png", "a PNG without data", p.png((50, 50, 8, 2), b""), T
    yield "text bomb.png", "a comment that opens to 80 MB", p.text_bomb(), T
    for name, block in p.EXIF_GARBAGE.items():
        yield f"exif {name}.jpg", f"EXIF: {name}", p.with_exif(block, 20), USED
    yield "comment.jpg", "a comment of 60,000 letters", p.jpeg(21, comment=b"x" * 60_000), USED
    yield "trailing.jpg", "100 kB of rubbish after the end", p.jpeg(22) + b"\xff\xd8rubbish" * 10_000, USED
    yield "profile.jpg", "rubbish for a colour profile", p.jpeg(23, icc_profile=b"no profile" * 30), USED
    for number, orientation in enumerate((3, 6, 8, 0, 99), 24):
        yield (
            f"turned {orientation}.jpg",
            f"EXIF orientation {orientation}",
            p.taken(f"2026:02:0{number - 23} 06:00:00", number, orientation),
            USED,
        )
    for number, (name, when) in enumerate(DATES.items(), 30):
        yield f"date {name}.jpg", f"EXIF date: {name}", p.taken(when, number), USED


DATES = {
    "zeros": "0000:00:00 00:00:00",
    "1970": "1970:01:01 00:00:00",
    "2000": "2000:01:01 00:12:05",
    "2099": "2099:05:05 05:05:05",
    "blank": "    :  :     :  :  ",
    "month 13": "2026:13:41 25:61:61",
    "not ASCII": "２０２６年 märz".encode(),
    "a number": b"\x01\x02",
}


def heics() -> Iterator[tuple[str, str, bytes, str]]:
    """The same for HEIC, where the library is there."""
    with contextlib.suppress(ImportError):
        content = p.heic(50)
        yield "phone.heic", "a sound HEIC", content, USED
        yield "phone named.jpg", "a HEIC named .jpg", content, USED
        yield "phone cut.HEIC", "HEIC cut off", content[: len(content) * 2 // 3], T
        yield "phone header.heic", "HEIC cut off within the header", content[:60], T


def names() -> Iterator[tuple[str, str]]:
    """(relpath, kind) of sound photographs with troublesome names."""
    yield "Ngoma/IMG_0001.JPG", "two files of one name, the first"
    yield "Luambe/IMG_0001.JPG", "two files of one name, the second"
    yield "case/Trap.jpg", "names that differ by case only, the first"
    yield "case/trap.JPG", "names that differ by case only, the second"
    yield f"names/{unicodedata.normalize('NFC', 'Éléphant à Mfuwé')}.jpg", "accents, composed"
    yield f"names/{unicodedata.normalize('NFD', 'Éléphant à Mfuwé')}.jpg", "accents, decomposed"
    yield "names/🐆 léopard 豹.jpg", "an emoji and Chinese"
    yield 'names/he said "it\'s a cat".jpg', "quotation marks and an apostrophe"
    yield "names/new\nline\ttab.jpg", "a new line and a tab"
    yield "names/-rf.jpg", "a leading dash"
    yield "names/=1+1.jpg", "a formula"
    yield "names/trailing.jpg ", "a space at the end"
    yield "names/trailing.jpg.", "a dot at the end"
    yield "names/100%25 #1?a=b&c;d|e.jpg", "per cent, hash and question mark"
    yield "names/<script>alert(1)</script>.jpg", "a script"
    yield "names/{{ 7*7 }}.jpg", "a template"
    yield "names/\u202egpj.erudlot.jpg", "text turned around"
    yield "names/bell\x07\x1b[31m.jpg", "control characters"
    yield "names/latin-1 \udce9\udcff.jpg", "bytes that are no UTF-8"
    yield "sta\udce9tion/picture.jpg", "a folder with bytes that are no UTF-8"
    yield "names/private \uf7e9 use.jpg", "a letter of Unicode's private use area"
    yield "names/CON.jpg", "a name that Windows keeps for itself"
    yield "names/upper.JPEG", "an extension in capitals"
    yield f"names/{'n' * 251}.jpg", "a name of 255 bytes"
    yield "long/" + "/".join(["a folder with a rather long name"] * 9) + "/x.jpg", "a path of over 260 characters"
    for name in ("NA", "None", "null", "nan", "0", "1e5", "TRUE", "con", "007", "-5", "=cmd", "N,A;\t"):
        yield f"{name}/station {names_ok(name)}.jpg", f"a station called {name!r}"


def names_ok(name: str) -> str:
    """A plain spelling of a name."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def build(folder: Path) -> list[Saboteur]:
    """Make the folder; gives what must become of every file in it."""
    made: list[Saboteur] = []

    def write(relpath: str, content: bytes, kind: str, becomes: str) -> None:
        path = folder / relpath
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError:
            return  # this system has no such names
        made.append(Saboteur(relpath, kind, becomes))

    for name, kind, content, becomes in (*contents(), *heics()):
        write(f"contents/{name}", content, kind, becomes)
    for number, (relpath, kind) in enumerate(names(), 100):
        write(relpath, p.jpeg(number), kind, USED)
    for relpath, kind in LEFT.items():
        write(relpath, p.jpeg(90), kind, LEFT_OUT)
    (folder / "masks" / ".nomedia").touch()
    (folder / "old survey.spotid" / "project.json").write_text("{}")
    write("a folder.jpg/inside.jpg", p.jpeg(91), "a folder named like a picture", USED)
    write("twice/one.jpg", p.jpeg(92), "the same picture twice, the first", USED)
    write("twice/two.jpg", p.jpeg(92), "the same picture twice, the second", USED)
    made += [*_links(folder), *_no_files(folder), *_too_deep(folder)]
    return made


LEFT = {
    "hidden/.jpg": "only an extension",
    "hidden/._IMG_0001.JPG": "a shadow that macOS makes",
    "hidden/.trashed.jpg": "a hidden file",
    "hidden/Thumbs.db": "what Windows makes of thumbnails",
    "hidden/notes.txt": "another kind of file",
    "$RECYCLE.BIN/gone.jpg": "in a system's folder",
    "masks/mask.png": "in a folder with .nomedia",
    "old survey.spotid/crop.jpg": "in a SpotID project among the photographs",
}


def _links(folder: Path) -> Iterator[Saboteur]:
    """Links of every kind; where the system allows none, none."""
    links = folder / "links"
    links.mkdir()
    (links / "target.jpg").write_bytes(p.jpeg(93))
    yield Saboteur("links/target.jpg", "the target of links", USED)
    outside = folder.parent / "elsewhere"
    outside.mkdir()
    (outside / "private.jpg").write_bytes(p.jpeg(94))
    with contextlib.suppress(OSError):
        os.link(links / "target.jpg", links / "hard.jpg")
        yield Saboteur("links/hard.jpg", "a hard link", USED)
    for name, target, kind, becomes in (
        ("soft.jpg", "target.jpg", "a link to a photograph in the folder", USED),
        ("dead.jpg", "nothing.jpg", "a link to nothing", Problem.DEAD_LINK.value),
        ("circle.jpg", "circle.jpg", "a link to itself", Problem.DEAD_LINK.value),
        ("out.jpg", str(outside / "private.jpg"), "a link out of the folder", Problem.OUTSIDE.value),
        ("loop", "..", "a link to the folder above", LEFT_OUT),
        ("folder link.jpg", "..", "a link to a folder, named like a picture", LEFT_OUT),
        ("device.jpg", "/dev/zero", "a link to a device without an end", Problem.OUTSIDE.value),
    ):
        with contextlib.suppress(OSError):
            os.symlink(target, links / name)
            yield Saboteur(f"links/{name}", kind, becomes)


def _no_files(folder: Path) -> Iterator[Saboteur]:
    """What has a photograph's name and is no file."""
    place = folder / "no files"
    place.mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(place / "pipe.jpg")
        yield Saboteur("no files/pipe.jpg", "a pipe", Problem.NOT_A_FILE.value)
    if hasattr(socket, "AF_UNIX"):
        here = os.getcwd()
        try:
            os.chdir(place)  # the path of a socket may not be long
            with socket.socket(socket.AF_UNIX) as made:
                made.bind("socket.jpg")
            yield Saboteur("no files/socket.jpg", "a socket", Problem.NOT_A_FILE.value)
        except OSError:
            pass
        finally:
            os.chdir(here)


def _too_deep(folder: Path) -> Iterator[Saboteur]:
    """Folders in folders up to the length of path that a system takes (4,095 bytes), and one beyond."""
    if os.name == "nt":
        return
    part, relpath = "d" * 200, "deep"
    here = os.open(folder, os.O_RDONLY)
    os.mkdir("deep", dir_fd=here)
    here = _down(here, "deep")
    while True:
        total = len(os.fsencode(folder)) + len(relpath) + 1
        if total + 201 + 10 > 4095:
            break
        os.mkdir(part, dir_fd=here)
        here, relpath = _down(here, part), f"{relpath}/{part}"
    with os.fdopen(os.open("in.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=here), "wb") as file:
        file.write(p.jpeg(95))
    yield Saboteur(f"{relpath}/in.jpg", "a path of nearly 4,096 bytes", USED)
    long = "l" * 240 + ".jpg"
    with os.fdopen(os.open(long, os.O_CREAT | os.O_WRONLY, dir_fd=here), "wb") as file:
        file.write(p.jpeg(96))
    yield Saboteur(f"{relpath}/{long}", "a path of over 4,096 bytes", Problem.UNREADABLE.value)
    os.close(here)


def _down(here: int, name: str) -> int:
    below = os.open(name, os.O_RDONLY, dir_fd=here)
    os.close(here)
    return below
