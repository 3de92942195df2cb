"""Take out of texts what nobody else needs to know: who and where the person is, where the cameras stand, and keys.

What is known is looked for in all the forms it is written in; what can't be known beforehand (coordinates that stand in
no table, keys of an earlier start, other people's home folders) is told by its form. Rather a figure too many is taken
out of a log than a camera's place left in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

USER, HOST, NUMBER, SECRET, MAIL, FILE = (
    "‹*›",
    "‹**›",
    "‹#›",
    "‹…›",
    "‹@›",
    "‹/›",
)  # no letter or digit: a name may be any word
EVERYBODY = frozenset({"root", "user", "admin", "administrator", "ubuntu", "home", "pi", "guest", "owner", "localhost"})
NEAR = 0.02  # degrees, some two kilometres: a rounded coordinate is one, too
OTHER_HOME = re.compile(r"(?i)((?:[a-z]:)?[\\/]{1,4}(?:home|users|documents and settings)[\\/]{1,4})[^\\/\s\"'<>|:;,]+")
WITH_NAME = re.compile(
    r"(?i)\b((?:key|token|password|passwd|secret|cookie|authorization)[\"']?\s*[=:]\s*)[^\s&\"'<>,;]+"
)
LONG = re.compile(r"[A-Za-z0-9_-]{32,}")  # keys, tickets and cookies; sums of files, too, which nobody misses
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
DEGREES = re.compile(
    r"[-+]?\d{1,3}(?:[.,]\d+)?\s*[°º]\s*(?:\d{1,2}(?:[.,]\d+)?\s*['’′]\s*)?(?:\d{1,2}(?:[.,]\d+)?\s*[\"”″])?\s*[NSEWO]?\b"
)
DECIMAL = re.compile(r"\d{1,12}[.,]\d+")
EXACT = 4  # digits after the point that make a figure a place
_BETWEEN = r"\s*[°º]?[NSEW]?\s*[,;/ \t]\s*"
PAIR = re.compile(
    rf"[-+]?\d{{1,3}}\.\d{{2,}}{_BETWEEN}[-+]?\d{{1,3}}\.\d+|[-+]?\d{{1,3}}\.\d+{_BETWEEN}[-+]?\d{{1,3}}\.\d{{2,}}"
)
# Files of the user's, whose folders are often called by places.
SUFFIX = re.compile(
    r"(?i)\.(?:jpe?g|png|tiff?|hei[cf]|webp|bmp|dng|cr[23]|nef|arw|avi|mp4|mov|zip|csv|xlsx|gpx|kml|shp)\b"
)
WHOLE = re.compile(r"(?:^|(?<=[\s(=:,]))(?:[A-Za-z]:[\\/]|~?/|\\\\)")
STOPS, GAPS, FAR = "“”‘’\"'<>|\r\n", " \t=", 400


@dataclass(frozen=True)
class Scrubber:
    """What to look for. ``names`` are other texts (folders and titles of projects) and what stands in their place."""

    home: str = ""
    user: str = ""
    host: str = ""
    keys: Sequence[str] = ()
    coordinates: Sequence[float] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    files: bool = False  # whether what photographs and tables are called, and their folders, may stay

    def __call__(self, text: str) -> str:
        """``text`` without any of it."""
        for key in self.keys:
            text = _without(text, key, SECRET) if len(key) > 3 else text
        text = WITH_NAME.sub(rf"\1{SECRET}", text)
        for name in sorted(self.names, key=len, reverse=True):
            text = _without(text, name, self.names[name]) if len(name) > 2 else text
        text = ADDRESS.sub(MAIL, text)
        if len(self.home.strip("/\\")) > 1:
            text = _without(text, self.home, "~")
        text = text if self.files else _without_files(text)
        text = OTHER_HOME.sub(rf"\1{USER}", text)
        text = LONG.sub(SECRET, text)
        text = PAIR.sub(NUMBER, DEGREES.sub(NUMBER, text))
        text = DECIMAL.sub(self._figure, text)
        for name, mark in ((self.host, HOST), (self.host.split(".")[0], HOST), (self.user, USER)):
            text = _without(text, name, mark) if name.lower() not in EVERYBODY else text
        return text

    def _figure(self, found: re.Match[str]) -> str:
        written = found[0].replace(",", ".")
        if len(written.partition(".")[2]) >= EXACT:
            return NUMBER
        value = float(written)
        return NUMBER if any(abs(value - abs(one)) < NEAR for one in self.coordinates) else found[0]


def forms(text: str) -> list[str]:
    """How a path or a name may be written in a log: with either slash, in JSON, in an address; longest first."""
    written = {text, text.replace("\\", "/"), text.replace("/", "\\")}
    written |= {repr(one)[1:-1] for one in set(written)} | {json.dumps(one)[1:-1] for one in set(written)}
    written |= {quote(one) for one in set(written)} | {quote(one, safe="") for one in set(written)}
    return sorted((one for one in written if one.strip("/\\")), key=lambda one: (-len(one), one))


def _without_files(text: str) -> str:
    """No file of the user's with its folders: what stands in quotes, a whole path, or a word, up to the suffix."""
    kept, done = [], 0
    for found in SUFFIX.finditer(text):
        end = found.start()
        near = text[max(done, end - FAR) : end]
        stop = max(near.rfind(one) for one in STOPS) + 1  # in quotes the whole of it, spaces too
        segment = near[stop:]
        if not (stop and text[found.end() : found.end() + 1] in tuple("”’\"'")):
            whole = WHOLE.search(segment)
            begin = whole.start() if whole else max(segment.rfind(one) for one in GAPS) + 1
            segment = segment[begin:]
        kept += [text[done : end - len(segment)], FILE, found[0]]
        done = found.end()
    return "".join([*kept, text[done:]])


def _without(text: str, secret: str, mark: str) -> str:
    """Short names are taken out as whole words only, or they would be found in every other word."""
    if not secret.strip("/\\ "):
        return text
    for one in forms(secret):
        pattern = re.escape(one)
        if len(secret) < 3:
            pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
        text = re.sub(pattern, lambda _: mark, text, flags=re.IGNORECASE)
    return text


def of_this_computer(
    names: Mapping[str, str], coordinates: Iterable[float] = (), keys: Iterable[str] = (), *, files: bool = False
) -> Scrubber:
    """The scrubber for what this computer tells of its user."""
    import getpass
    import platform

    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, or no list of users
        user = ""
    home = str(Path.home())
    return Scrubber(home, user or Path(home).name, platform.node(), tuple(keys), tuple(coordinates), dict(names), files)
