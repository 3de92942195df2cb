"""Clips: their facts, their frames with exact moments, and the few stills that are worth searching for animals.

Decoding takes nearly all of the time. Clips whose frames all stand for themselves (MJPEG) are decoded at the samples
only, long clips at their key frames where these lie close enough; all others need every frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from spotid.intake import film_choice, film_look, film_time, still_file
from spotid.intake.film_file import check_size, no_picture, opened
from spotid.intake.film_reader import ClipReader, key_gap_ms, wanted
from spotid.intake.film_time import Began

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL import Image

EVERY_MS = 500
MOST_STILLS = 12
LOOK_BYTES = (
    32 << 20
)  # what the samples of one clip may take in memory: 19 minutes of 2 per second, then every second one
# (clips longer than so many seconds, key frames at most so many ms apart): these are read by their key frames.
BY_KEYS = ((120.0, 1_000), (600.0, 4_000))
FALL_SHORT_S, FALL_SHORT = 2.0, 0.9  # a clip with less than it says is told of


@dataclass(frozen=True, slots=True)
class Frame:
    """A sampled frame: ms since the clip's beginning, and the upright RGB picture."""

    ms: int
    picture: Image.Image


@dataclass(frozen=True, slots=True)
class Film:
    """The facts of a clip. ``seconds`` is what its header says (0 where it says nothing) until the clip was read."""

    kind: str
    codec: str
    width: int  # upright, with square pixels
    height: int
    seconds: float
    rate: float
    turned: int
    sound: bool
    began: Began
    make: str | None = None
    model: str | None = None
    remark: str | None = None  # a sentence for people, of a clip that can be used all the same


@dataclass(frozen=True, slots=True)
class Still:
    """A frame kept as JPEG. ``captured_at`` is None where the clip's own time is unknown or a guess."""

    ms: int
    path: Path
    width: int
    height: int
    moving: bool
    share: float  # of the picture that moved
    sharpness: float  # mean squared Laplacian where it moved; comparable within one clip only
    region: tuple[float, float, float, float] | None  # x, y, w, h as shares of the upright picture
    captured_at: str | None


@dataclass(frozen=True, slots=True)
class Watched:
    """A clip read to its end: its facts as they proved to be, and the stills written."""

    film: Film
    stills: list[Still]
    samples: int

    @property
    def moved(self) -> bool:
        """Whether anything moved; the stills of a clip in which nothing does are a few for safety."""
        return any(one.moving for one in self.stills)


def about(path: Path) -> Film:
    """The facts of a clip; decodes its first frame only. Raises PictureError, MemoryError."""
    with opened(path) as (container, stream):
        for _, frame in ClipReader(container, stream).frames(0):
            return _facts(container, stream, frame, path)
    raise no_picture(path)


def frames(
    path: Path, *, every_ms: int = EVERY_MS, side: int | None = None, distinct: bool = True, threads: int = 1
) -> Iterator[Frame]:
    """About one frame each ``every_ms``, from the first; one in memory at a time, at most ``side`` pixels long.

    ``distinct`` leaves out what looks the same as the frame given before. Raises PictureError, MemoryError.
    """
    keys, before = by_keys(path, every_ms), None
    with opened(path, threads) as (container, stream):
        for ms, frame in ClipReader(container, stream).frames(every_ms, keys):
            if distinct:
                small = film_look.look(ms, frame).small
                if before is not None and film_look.same(small, before):
                    continue
                before = small
            yield Frame(ms, still_file.upright(frame, _aspect(stream), side))
    if before is None and distinct:
        raise no_picture(path)


def stills(path: Path, folder: Path, **how: object) -> list[Still]:
    """The stills of ``watch``."""
    return watch(path, folder, **how).stills  # type: ignore[arg-type]


def watch(
    path: Path,
    folder: Path,
    *,
    most: int = MOST_STILLS,
    every_ms: int = EVERY_MS,
    name: str | None = None,
    threads: int = 1,
    tell: Callable[[float], None] | None = None,
) -> Watched:
    """Read a clip and write its best frames, at most ``most``, into ``folder`` as ``{name}@{ms}.jpg``.

    ``name`` is the clip's own where none is given.

    The first pass keeps each sample in little; the second fetches the chosen frames. ``tell`` hears the seconds read so
    far and may raise to stop. The same clip gives the same stills. Raises PictureError, MemoryError, and OSError where
    ``folder`` can't be written.
    """
    keys = by_keys(path, every_ms)
    with opened(path, threads) as (container, stream):
        reader = ClipReader(container, stream)
        looks, film = _survey(reader, container, stream, path, every_ms, keys, tell)
        film = _proved(film, reader)
        chosen = film_choice.choose(looks, most)
        moments = {looks[i].ms: looks[i].stamp for i, _ in chosen}
        found: dict[int, film_look.Movement] = {looks[i].ms: what for i, what in chosen}
        start = film.began.moment if film.began.sure else None
        write = _Writer(path, folder, name or path.name, film, start, _aspect(stream))
        done: dict[int, Still] = {}
        if not reader.guessed:
            stamps = {ms: stamp for ms, stamp in moments.items() if stamp is not None}
            for ms, frame in reader.sought(stamps):
                done[ms] = write(ms, frame, found[ms])
    if left := set(moments) - set(done):  # leaping went wrong: read again as before, which meets the same moments
        with opened(path, threads) as (container, stream):
            for ms, frame in wanted(ClipReader(container, stream).frames(every_ms, keys), left):
                done[ms] = write(ms, frame, found[ms])
    return Watched(film, [done[ms] for ms in sorted(done)], len(looks))


def again(path: Path, moments: dict[int, Path], *, every_ms: int = EVERY_MS, threads: int = 1) -> set[int]:
    """Write the frames of ``moments`` (ms to JPEG) that ``watch`` gave before; the moments that were met.

    The same clip gives the same bytes. Raises as ``watch`` does.
    """
    keys, met = by_keys(path, every_ms), set[int]()
    with opened(path, threads) as (container, stream):
        film: Film | None = None
        for ms, frame in ClipReader(container, stream).frames(every_ms, keys):
            film = film or _facts(container, stream, frame, path)
            if ms not in moments:
                continue
            start = film.began.moment if film.began.sure else None
            picture = still_file.upright(frame, _aspect(stream))
            still_file.write(moments[ms], picture, path.name, ms, start, film.make, film.model)
            met.add(ms)
            if len(met) == len(moments):
                break
    return met


def _survey(
    reader: ClipReader,
    container: InputContainer,
    stream: VideoStream,
    path: Path,
    every_ms: int,
    keys: bool,
    tell: Callable[[float], None] | None,
) -> tuple[list[film_look.Look], Film]:
    """Each sample in little, and the facts. Memory is bounded: when it is full, every second sample goes."""
    looks: list[film_look.Look] = []
    film, thin = None, 1
    for number, (ms, frame) in enumerate(reader.frames(every_ms, keys)):
        film = film or _facts(container, stream, frame, path)
        if number % thin == 0:
            looks.append(film_look.look(ms, frame))
            if len(looks) * looks[0].small.nbytes > LOOK_BYTES:
                looks, thin = looks[::2], thin * 2
        if tell:
            tell(ms / 1000)
    if film is None:
        raise no_picture(path)
    return looks, film


def _facts(container: InputContainer, stream: VideoStream, frame: VideoFrame, path: Path) -> Film:
    said = {key.lower(): str(value) for key, value in (*stream.metadata.items(), *container.metadata.items())}
    turned = still_file.turned(frame)
    width, height = still_file.upright_size(frame, _aspect(stream))
    check_size(width, height)
    seconds = _seconds(container, stream)
    rate = stream.average_rate or stream.guessed_rate or 0
    return Film(
        kind=container.format.name.split(",")[0],
        codec=stream.codec_context.name,
        width=width,
        height=height,
        seconds=seconds,
        rate=round(float(rate), 3),
        turned=turned,
        sound=bool(container.streams.audio),
        began=film_time.began(said, path, seconds),
        make=said.get("com.apple.quicktime.make") or said.get("make"),
        model=said.get("com.apple.quicktime.model") or said.get("model"),
    )


def _seconds(container: InputContainer, stream: VideoStream) -> float:
    """What the header says, 0 for nonsense."""
    if stream.duration and stream.time_base:
        told = float(stream.duration * stream.time_base)
    else:
        told = (container.duration or 0) / 1_000_000
    if container.format.name == "avi" and stream.frames and stream.average_rate:
        # For an AVI that is cut off the library tells what is left; its header still says how much there was.
        told = max(told, stream.frames / float(stream.average_rate))
    return round(told, 3) if 0 < told < 30 * 86_400 else 0.0


def _proved(film: Film, reader: ClipReader) -> Film:
    """The facts once the clip was read to its end."""
    seconds = round((reader.last_ms + 1000 / float(reader.rate)) / 1000, 3)
    remark = None
    if seconds < film.seconds * FALL_SHORT and film.seconds - seconds > FALL_SHORT_S:
        remark = f"The clip says that it is {film.seconds:.0f} s long; {seconds:.0f} s could be read, and were used."
    elif reader.bad:
        remark = "Parts of the clip are damaged; what could be read was used."
    return replace(film, seconds=seconds, remark=remark)


def _aspect(stream: VideoStream) -> Fraction:
    """How wide a pixel is for its height; nonsense counts as square."""
    told = stream.sample_aspect_ratio
    return told if told and Fraction(1, 4) <= told <= 4 else Fraction(1)


def by_keys(path: Path, every_ms: int) -> bool:
    """Whether a clip is long, and its key frames close enough, to be read by these alone."""
    with opened(path) as (container, stream):
        seconds = _seconds(container, stream)
        if seconds <= BY_KEYS[0][0]:
            return False
        gap = key_gap_ms(container, stream)
    return gap is not None and any(
        seconds > length and gap <= max(apart, every_ms) and gap >= every_ms / 4 for length, apart in BY_KEYS
    )


class _Writer:
    """Writes the stills of one clip."""

    def __init__(self, path: Path, folder: Path, name: str, film: Film, start: str | None, aspect: Fraction) -> None:
        self._path, self._folder, self._name = path, folder, name
        self._film, self._start, self._aspect = film, start, aspect

    def __call__(self, ms: int, frame: VideoFrame, what: film_look.Movement) -> Still:
        picture = still_file.upright(frame, self._aspect)
        where = self._folder / still_file.name(self._name, ms)
        still_file.write(where, picture, self._path.name, ms, self._start, self._film.make, self._film.model)
        region = what.region and still_file.turned_region(what.region, self._film.turned)
        return Still(
            ms=ms,
            path=where,
            width=picture.width,
            height=picture.height,
            moving=what.region is not None,
            share=round(what.share, 5),
            sharpness=round(what.sharpness, 2),
            region=region,
            captured_at=film_time.at(self._start, ms) if self._start else None,
        )
