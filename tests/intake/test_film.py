"""Clips: exact moments, the frames worth keeping, odd clocks and headers, and a sentence for every fault."""

from __future__ import annotations

import hashlib
import os
import random
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spotid.errors import PictureError
from spotid.intake import film, film_reader
from spotid.intake.film_file import opened
from spotid.intake.film_reader import ClipReader
from spotid.picture import is_clip_name
from spotid.words import Problem
from tests.intake.films import BLUE, RED, make, number_of, shows, silent_film

pytest.importorskip("av")
TWO = ((40.0, 44.0, RED), (120.0, 123.0, BLUE))
KINDS = (".mp4", ".mov", ".webm", ".mts", ".avi")


@pytest.mark.parametrize(("suffix", "gop"), [(".mp4", "200"), (".webm", "40")])
def test_two_animals_at_different_times_are_both_kept(tmp_path: Path, suffix: str, gop: str) -> None:
    """Three minutes; with key frames each second they alone are read, with rare ones all frames are."""
    clip = make(tmp_path / f"CLIP0001{suffix}", seconds=180, rate=3, animals=TWO, g=gop)
    assert film.by_keys(clip, film.EVERY_MS) == (gop in ("1", "3"))
    watched = film.watch(clip, tmp_path / "stills")
    assert watched.moved and len(watched.stills) <= film.MOST_STILLS
    assert watched.film.seconds == pytest.approx(180, abs=1)
    for start, end, colour in TWO:
        there = [still for still in watched.stills if shows(still.path, colour)]
        assert len(there) >= 2, (colour, [still.ms for still in watched.stills])
        assert all(start * 1000 <= still.ms < end * 1000 and still.region for still in there)
    assert len(watched.stills) == sum(shows(still.path, RED) or shows(still.path, BLUE) for still in watched.stills)


@pytest.mark.parametrize("suffix", KINDS)
def test_a_still_is_the_very_frame_of_its_moment(tmp_path: Path, suffix: str) -> None:
    clip = make(tmp_path / f"a{suffix}", seconds=6, animals=[(1, 5, RED)], g="20")
    found = film.stills(clip, tmp_path)
    assert found
    for still in found:
        with Image.open(still.path) as picture:
            assert number_of(np.asarray(picture)) == round(still.ms / 100)
        assert still.path.name == f"a{suffix}@{still.ms:09d}.jpg"


@pytest.mark.parametrize("suffix", KINDS)
def test_frames_come_twice_a_second(tmp_path: Path, suffix: str) -> None:
    clip = make(tmp_path / f"a{suffix}", seconds=3)
    every = list(film.frames(clip, distinct=False))
    assert [frame.ms for frame in every] == [0, 500, 1000, 1500, 2000, 2500]
    assert [number_of(np.asarray(frame.picture)) for frame in every] == [0, 5, 10, 15, 20, 25]
    assert every[0].picture.size == (160, 96)
    assert next(film.frames(clip, side=80)).picture.size == (80, 48)


def test_frames_that_look_the_same_are_left_out(tmp_path: Path) -> None:
    clip = make(tmp_path / "a.mp4", seconds=8, animals=[(3, 5, RED)])
    assert [frame.ms for frame in film.frames(clip)] == [0, 3000, 3500, 4000, 4500, 5000]


def test_a_clip_in_which_nothing_moves_gives_one_still(tmp_path: Path) -> None:
    watched = film.watch(make(tmp_path / "a.mp4", seconds=10), tmp_path)
    assert [still.moving for still in watched.stills] == [False] and not watched.moved


def test_the_same_clip_gives_the_same_stills(tmp_path: Path) -> None:
    clip = make(tmp_path / "a.mp4", seconds=12, animals=[(2, 9, RED)], g="30")
    runs = [film.watch(clip, tmp_path / str(run), threads=threads).stills for run, threads in enumerate((1, 1, 3))]
    content = [[hashlib.sha256(still.path.read_bytes()).digest() for still in run] for run in runs]
    assert content[0] == content[1] == content[2] and len(content[0]) > 3


def test_a_full_memory_thins_the_samples_and_still_finds_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make(tmp_path / "a.avi", seconds=60, rate=4, animals=[(10, 18, RED), (40, 48, BLUE)])
    monkeypatch.setattr(film, "LOOK_BYTES", 40 * 160 * 96)
    watched = film.watch(clip, tmp_path)
    assert watched.samples <= 40
    assert {any(shows(still.path, colour) for still in watched.stills) for colour in (RED, BLUE)} == {True}


def test_stills_carry_the_moment_in_exif(tmp_path: Path) -> None:
    clip = make(tmp_path / "a.mov", animals=[(1, 3, RED)], metadata={"creation_time": "2024-03-01T05:06:07.000000Z"})
    still = film.stills(clip, tmp_path)[0]
    with Image.open(still.path) as picture:
        notes = picture.getexif()
    taken = notes.get_ifd(0x8769)
    seconds, rest = divmod(still.ms, 1000)
    assert (taken[0x9003], taken[0x9291]) == (f"2024:03:01 05:06:{7 + seconds:02d}", f"{rest:03d}")
    assert notes[0x010E] == f"a.mov at {still.ms / 1000:.3f} s"
    assert still.captured_at == f"2024-03-01T05:06:{7 + seconds:02d}"


def test_a_guessed_time_is_in_no_still(tmp_path: Path) -> None:
    clip = make(tmp_path / "a.mp4", animals=[(1, 3, RED)])
    watched = film.watch(clip, tmp_path)
    assert watched.film.began.source == "file" and watched.stills[0].captured_at is None
    with Image.open(watched.stills[0].path) as picture:
        assert not picture.getexif().get_ifd(0x8769)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_clip_stands_upright(tmp_path: Path, turned: int) -> None:
    clip = make(tmp_path / "a.mp4", animals=[(1, 3, RED)], turned=turned)
    plain = next(film.frames(make(tmp_path / "b.mp4", animals=[(1, 3, RED)]))).picture
    frame = next(film.frames(clip)).picture
    assert np.abs(np.asarray(frame).astype(int) - np.asarray(plain.rotate(turned, expand=True))).mean() < 2
    facts = film.about(clip)
    assert (facts.width, facts.height, facts.turned) == (*frame.size, turned)
    still = film.stills(clip, tmp_path)[0]
    x, y, w, h = still.region
    with Image.open(still.path) as picture:
        box = (x * picture.width, y * picture.height, (x + w) * picture.width, (y + h) * picture.height)
        red = np.asarray(picture.crop([round(side) for side in box])).astype(int)
    assert (np.abs(red - RED).sum(axis=2) < 160).mean() > 0.5


def test_moments_of_a_clip_with_an_uneven_rate(tmp_path: Path) -> None:
    stamps = [0, 40, 700, 710, 1900, 1933, 4000, 4517]
    clip = make(tmp_path / "a.mp4", stamps=stamps)
    found = {frame.ms: number_of(np.asarray(frame.picture)) for frame in film.frames(clip, distinct=False)}
    assert found == {0: 0, 700: 2, 1900: 4, 4000: 6, 4517: 7}


def test_h264_in_avi_with_reordered_frames_has_even_moments(tmp_path: Path) -> None:
    """AVI has no times for these: a decoder gives 1, 3, 2, 5 …"""
    clip = make(tmp_path / "a.avi", codec="libx264", seconds=5, animals=[(1, 4, RED)], bf="3")
    with opened(clip) as (container, stream):
        found = [
            (ms, number_of(frame.to_ndarray(format="rgb24"))) for ms, frame in ClipReader(container, stream).frames(0)
        ]
    assert found == [(number * 100, number) for number in range(50)]
    for still in film.stills(clip, tmp_path):
        with Image.open(still.path) as picture:
            assert number_of(np.asarray(picture)) == round(still.ms / 100)


class _Frames:
    """A decoder whose frames have the stamps given."""

    def __init__(self, *stamps: int | None) -> None:
        self.stamps = stamps

    def moments(self, reader: ClipReader) -> list[int]:
        frame = type("Frame", (), {"pts": None})
        return [reader._moment(type("F", (frame,), {"pts": stamp})()) for stamp in self.stamps]


@pytest.mark.parametrize(
    ("stamps", "moments"),
    [
        ((None, None, None), [0, 100, 200]),  # none at all: counted at the clip's rate
        ((0, None, 2048), [0, 100, 200]),
        ((0, 0, 1024, 1024), [0, 100, 200, 300]),  # doubled
        ((0, 1024, 1 << 60, 3072), [0, 100, 200, 300]),  # leaps into another age
        ((20480, 21504, 0, 1024), [2000, 2100, 2200, 2300]),  # begins anew
    ],
)
def test_broken_clocks(tmp_path: Path, stamps: tuple[int | None, ...], moments: list[int]) -> None:
    with opened(make(tmp_path / "a.mp4")) as (container, stream):
        reader = ClipReader(container, stream)
        assert _Frames(*stamps).moments(reader) == moments
        assert reader.guessed


def test_a_clip_that_cannot_be_leapt_in_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make(tmp_path / "a.mts", animals=[(1, 3, RED)])
    usual = [still.ms for still in film.stills(clip, tmp_path / "usual")]
    monkeypatch.setattr(film_reader.ClipReader, "sought", lambda self, moments: iter(()))
    again = film.stills(clip, tmp_path / "again")
    assert [still.ms for still in again] == usual and all(shows(still.path, RED) for still in again)


def test_stopping_leaves_no_half_file(tmp_path: Path) -> None:
    def stop(second: float) -> None:
        if second > 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film.watch(make(tmp_path / "a.mp4"), tmp_path / "stills", tell=stop)
    assert not list(tmp_path.glob("stills/*"))


def _patched(path: Path, mark: bytes, at: int, new: bytes, every: bool = True) -> Path:
    content, where = bytearray(path.read_bytes()), 0
    while (where := content.find(mark, where)) >= 0:
        content[where + at : where + at + len(new)] = new
        where += len(mark)
        if not every:
            break
    path.write_bytes(bytes(content))
    return path


def test_a_wrong_duration_is_told_of(tmp_path: Path) -> None:
    clip = make(tmp_path / "a.webm", animals=[(1, 3, RED)])
    _patched(clip, b"\x44\x89\x88", 3, struct.pack(">d", 3_600_000.0), every=False)
    assert film.about(clip).seconds == 3600
    watched = film.watch(clip, tmp_path)
    assert watched.film.seconds == pytest.approx(4) and "3600 s long; 4 s could be read" in str(watched.film.remark)
    assert watched.stills


def test_no_rate_at_all(tmp_path: Path) -> None:
    clip = _patched(make(tmp_path / "a.avi"), b"vidsMJPG", 20, bytes(8))  # scale and rate
    assert next(number_of(np.asarray(frame.picture)) for frame in film.frames(clip, distinct=False)) == 0


@pytest.mark.parametrize("suffix", [".avi", ".mts", ".webm"])
def test_what_is_there_of_a_cut_clip_is_used(tmp_path: Path, suffix: str) -> None:
    clip = make(tmp_path / f"a{suffix}", seconds=10, animals=[(1, 3, RED)])
    content = clip.read_bytes()
    clip.write_bytes(content[: len(content) * 2 // 3])
    watched = film.watch(clip, tmp_path)
    assert any(shows(still.path, RED) for still in watched.stills)
    assert 4 < watched.film.seconds < 8
    if suffix != ".mts":  # which says nowhere how long it is
        assert "could be read" in str(watched.film.remark)


def _bad(tmp_path: Path, what: str) -> Path:
    clip = tmp_path / "clip.mp4"
    match what:
        case "empty":
            clip.write_bytes(b"")
        case "zeros":
            clip.write_bytes(bytes(100_000))
        case "text":
            clip.write_text("This is a letter.\n" * 100)
        case "playlist":
            (tmp_path / "secret.ts").write_bytes(make(tmp_path / "x.mts").read_bytes())
            clip.write_text("#EXTM3U\n#EXTINF:3,\nsecret.ts\n#EXT-X-ENDLIST\n")
        case "concat":
            make(tmp_path / "other.mp4")
            clip.write_text("ffconcat version 1.0\nfile other.mp4\n")
        case "picture":
            Image.new("RGB", (64, 48)).save(clip, "JPEG")
        case "cut":
            content = make(clip, seconds=2).read_bytes()
            clip.write_bytes(content[: content.index(b"moov") - 10])
        case "only the beginning":
            clip.write_bytes(make(clip).read_bytes()[:40])
        case "garbage inside":
            content = make(clip, seconds=1).read_bytes()
            first, last = content.index(b"mdat") + 4, content.index(b"moov") - 4
            clip.write_bytes(content[:first] + random.Random(1).randbytes(last - first) + content[last:])
        case "sound only":
            silent_film(clip)
        case "protected":
            key = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "1" * 32, "encryption_kid": "2" * 32}
            make(clip, muxing=key)
        case "unknown codec":
            _patched(make(clip), b"avc1", 0, b"zzzz")
        case "giant":
            clip = tmp_path / "clip.avi"
            make(clip, codec="rawvideo", seconds=0.5)
            header = clip.read_bytes().index(b"strf") + 8
            _patched(clip, b"strf", 12, (12_000).to_bytes(4, "little") * 2, every=False)
            assert clip.read_bytes()[header + 4 : header + 12] == (12_000).to_bytes(4, "little") * 2
        case "folder":
            clip.mkdir()
        case "pipe":
            os.mkfifo(clip)
        case "dead link":
            clip.symlink_to(tmp_path / "nowhere.mp4")
    return clip


BAD = {
    "empty": Problem.EMPTY,
    "zeros": Problem.CLIP_CUT_OFF,
    "text": Problem.NOT_A_CLIP,
    "playlist": Problem.NOT_A_CLIP,
    "concat": Problem.NOT_A_CLIP,
    "picture": Problem.NOT_A_CLIP,
    "cut": Problem.CLIP_CUT_OFF,
    "only the beginning": Problem.CLIP_CUT_OFF,
    "garbage inside": Problem.CLIP_CUT_OFF,
    "sound only": Problem.CLIP_NO_PICTURES,
    "protected": Problem.CLIP_PROTECTED,
    "unknown codec": Problem.CLIP_NO_DECODER,
    "giant": Problem.CLIP_TOO_LARGE,
    "folder": Problem.NOT_A_FILE,
    "pipe": Problem.NOT_A_FILE,
    "dead link": Problem.DEAD_LINK,
    "not there": Problem.UNREADABLE,
}


@pytest.mark.parametrize("what", BAD)
def test_every_fault_is_a_sentence(tmp_path: Path, what: str) -> None:
    clip = _bad(tmp_path, what)
    for attempt in (film.about, lambda path: film.watch(path, tmp_path / "out"), lambda path: list(film.frames(path))):
        with pytest.raises(PictureError) as raised:
            attempt(clip)
        assert raised.value.problem == BAD[what], str(raised.value)
        assert raised.value.sentence.endswith(".") and raised.value.advice.endswith(".")
    assert not list(tmp_path.glob("out/*"))


def test_the_kind_is_told_by_the_content_and_not_by_the_name(tmp_path: Path) -> None:
    clip = make(tmp_path / "a.avi").rename(tmp_path / "a.mp4")
    assert film.about(clip).kind == "avi"
    assert is_clip_name("A.MTS ") and not is_clip_name("a.jpg")


@pytest.mark.parametrize("suffix", KINDS)
def test_damage_anywhere_raises_nothing_else(tmp_path: Path, suffix: str) -> None:
    content = make(tmp_path / f"a{suffix}", seconds=2, animals=[(0, 2, RED)]).read_bytes()
    dice = random.Random(suffix)
    for run in range(25):
        broken = bytearray(content)
        for _ in range(dice.choice((1, 5, 40))):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        clip = tmp_path / f"{run}{suffix}"
        clip.write_bytes(broken[: dice.choice((len(broken), dice.randrange(1, len(broken))))])
        try:
            watched = film.watch(clip, tmp_path / "out", most=3)
        except PictureError:
            continue
        assert watched.stills
