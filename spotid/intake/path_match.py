"""Which photograph another program means: its paths against those of the project.

Other programs write paths that are relative to a folder of theirs, or absolute on a computer that is gone, with
either kind of slash. Camera cards all hold an IMG_0001.JPG, so a file's name alone proves nothing: boxes on the wrong
photograph are worse than none. What could be two photographs is left out and told.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from sys import intern

MOST_EXAMPLES = 5
RENAMED_SHARE, RENAMED_LEAST = 0.9, 3  # of a folder's files that must be found under its other name
ASKED = 50  # files of each folder by which its other name is looked for

_Parts = tuple[str, ...]


@dataclass(slots=True)
class Matched:
    """``photographs``: path as the other program wrote it → path in the project. ``of``: how many paths it wrote.

    ``unknown`` and ``doubtful`` are examples of paths that fit none or several photographs; ``unseen`` is the number
    of the project's photographs of which the other program says nothing.
    """

    photographs: dict[str, str] = field(default_factory=dict)
    of: int = 0
    unknown: list[str] = field(default_factory=list)
    unknown_count: int = 0
    doubtful: list[str] = field(default_factory=list)
    doubtful_count: int = 0
    unseen: int = 0
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The share of the other program's paths that were found, 0 to 1."""
        return len(self.photographs) / self.of if self.of else 0.0

    def sentences(self) -> list[str]:
        """What people are told before anything is written."""
        found = len(self.photographs)
        told = [f"{found:,} of {self.of:,} pictures ({self.share:.0%}) were found among your photographs."]
        if self.unknown_count:
            told.append(
                f"{self.unknown_count:,} is not among them, such as {_quoted(self.unknown)}."
                if self.unknown_count == 1
                else f"{self.unknown_count:,} are not among them, such as {_quoted(self.unknown)}."
            )
        if self.doubtful_count:
            told.append(
                f"{self.doubtful_count:,} fit several photographs equally well and were left out, such as"
                f" {_quoted(self.doubtful)}."
            )
        told += [f"“{theirs}” there was taken for “{ours}” here." for theirs, ours in self.renamed.items()]
        if self.unseen:
            told.append(f"Of {self.unseen:,} of your photographs it says nothing.")
        return told


def match(paths: Iterable[str], listing: Sequence[str], below: str = "") -> Matched:
    """Find each of ``paths`` in ``listing`` (paths relative to the folder of originals, forward slashes).

    A path is found where it ends like the photograph's path or the photograph's path ends like it; of several the one
    with most folders in common counts, and none where that leaves two. Folders with another name are recognised where
    nearly all of their files lie below a single folder here. ``below``: look only in this folder of the project.
    """
    wanted = list(dict.fromkeys(paths))
    inside = _parts(below)
    ours = [(one, _parts(one)) for one in listing]
    ours = [(one, parts) for one, parts in ours if parts[: len(inside)] == inside]
    listed = _Listed([parts[len(inside) :] for _, parts in ours])
    done = Matched(of=len(wanted))
    claims: dict[int, list[tuple[int, str]]] = defaultdict(list)
    left: list[tuple[str, _Parts]] = []
    doubtful: list[str] = []
    for path in wanted:
        theirs = _parts(path)
        numbers, common = listed.find(theirs)
        if len(numbers) == 1:
            claims[numbers[0]].append((common, path))
        elif numbers:
            doubtful.append(path)
        else:
            left.append((path, theirs))
    for number, claimants in claims.items():
        top = max(common for common, _ in claimants)
        winners = [path for common, path in claimants if common == top]
        if len(winners) == 1:
            done.photographs[winners[0]] = ours[number][0]
        else:
            doubtful += winners
        left += [(path, _parts(path)) for common, path in claimants if common < top]
    _renamed(left, ours, listed, done)
    unknown = [path for path, _ in left if path not in done.photographs]
    done.unknown, done.unknown_count = unknown[:MOST_EXAMPLES], len(unknown)
    done.doubtful, done.doubtful_count = doubtful[:MOST_EXAMPLES], len(doubtful)
    done.unseen = len(ours) - len(set(done.photographs.values()))
    return done


def _parts(path: str) -> _Parts:
    """The folders and the name of a path, alike for any slash, case and way of writing accents."""
    plain = path.strip().replace("\\", "/")
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", plain)
    # The same few folders come again and again: each is kept once.
    return tuple(intern(part) for part in plain.casefold().split("/") if part not in ("", "."))


class _Listed:
    """The project's photographs, to be found by the end of their paths."""

    def __init__(self, ours: Sequence[_Parts]) -> None:
        self._ours = ours
        self._whole: dict[_Parts, list[int]] = defaultdict(list)
        # Every camera has an IMG_0001.JPG: with its folder a file is found among few.
        self.by_end: dict[_Parts, list[int]] = defaultdict(list)
        self.by_name: dict[str, list[int]] = defaultdict(list)
        for number, parts in enumerate(ours):
            if parts:
                self._whole[parts].append(number)
                self.by_end[parts[-2:]].append(number)
                self.by_name[parts[-1]].append(number)

    def find(self, theirs: _Parts) -> tuple[list[int], int]:
        """The photographs that fit a path best, and how many of its parts they have in common."""
        if theirs in self._whole:
            return self._whole[theirs], len(theirs)
        if len(theirs) == 1:
            return self.by_name.get(theirs[0], []), 1
        ends = self.by_end.get(theirs[-2:], ())
        longer = [number for number in ends if self._ours[number][-len(theirs) :] == theirs]
        if longer:
            return longer, len(theirs)
        for start in range(1, len(theirs)):
            if theirs[start:] in self._whole:
                return self._whole[theirs[start:]], len(theirs) - start
        return [], 0


def _common(one: _Parts, other: _Parts) -> int:
    count = 0
    for mine, yours in zip(reversed(one), reversed(other), strict=False):
        if mine != yours:
            break
        count += 1
    return count


def _renamed(
    left: Sequence[tuple[str, _Parts]],
    ours: Sequence[tuple[str, _Parts]],
    listed: _Listed,
    done: Matched,
) -> None:
    """Find files whose folder has another name here: one folder for one folder, or not at all."""
    taken = set(done.photographs.values())
    pairs: dict[_Parts, Counter[_Parts]] = defaultdict(Counter)
    totals: Counter[_Parts] = Counter()
    asked: Counter[_Parts] = Counter()
    for _, theirs in left:
        if not theirs or asked[theirs[:-1]] >= ASKED:
            continue
        asked[theirs[:-1]] += 1
        for length in range(len(theirs)):
            totals[theirs[:length]] += 1
        # Only the photographs that have most folders in common with it: of two cards with the same names, both
        # below a folder that was renamed, each is meant by itself alone. Several may still be left.
        numbers = listed.by_end.get(theirs[-2:]) or listed.by_name.get(theirs[-1], [])
        common = max((_common(theirs, ours[number][1]) for number in numbers), default=0)
        for number in numbers:
            parts = ours[number][1]
            if _common(theirs, parts) == common:
                pairs[theirs[: len(theirs) - common]][parts[: len(parts) - common]] += 1
    meant: dict[_Parts, _Parts] = {}
    for theirs_start, counts in pairs.items():
        ranked = counts.most_common(2)
        ours_start, count = ranked[0]
        alone = len(ranked) == 1 or ranked[1][1] < count / 2
        if alone and count >= RENAMED_LEAST and count >= RENAMED_SHARE * totals[theirs_start]:
            meant[theirs_start] = ours_start
    # Two folders of theirs can't both be one of ours.
    goals = Counter(meant.values())
    place = {parts: one for one, parts in ours}
    for path, theirs in left:
        for length in range(len(theirs)):
            start = meant.get(theirs[:length])
            goal = place.get(start + theirs[length:]) if start is not None and goals[start] == 1 else None
            if start is not None and goal is not None and goal not in taken:
                done.photographs[path] = goal
                taken.add(goal)
                done.renamed["/".join(theirs[:length]) or "the folder itself"] = "/".join(start) or "the folder itself"
                break


def _quoted(examples: Sequence[str]) -> str:
    return ", ".join(f"“{one[-80:]}”" for one in examples)
