"""From the paths of a sheet to the files that are there: backslashes, other roots, case and accents spelt otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from spotid.intake.sheet_parts import (
    Answers,
    Reading,
    Refused,
    Sheet,
    SheetRow,
    Understood,
    counted,
    quoted,
    settle_doubles,
    settled,
)

MOST_RULES = 50
Rule = tuple[str, str]  # what the sheet's paths begin with → what the files begin with instead


@dataclass(frozen=True, slots=True)
class Placed:
    """A sheet whose rows know their files, and the files that no row names."""

    sheet: Sheet
    unnamed: list[str] = field(default_factory=list)


def clean_path(text: str) -> tuple[str, str]:
    """A path with forward slashes and nothing superfluous; why it can't be one, as a sentence, or nothing."""
    path = text.strip().strip("\"'").strip()
    if not path:
        return "", "It names no file: its path is empty."
    if not path.isprintable() and any(unicodedata.category(letter) == "Cc" for letter in path):
        return path, f"Its path holds a line break or another sign that no path has (“{' '.join(path.split())[:60]}”)."
    if re.match(r"[a-z][a-z0-9+.-]+://", path, re.I) and not path.lower().startswith("file://"):
        return path, f"“{path[:60]}” is an address on the network and no file in this folder."
    path = re.sub(r"^file:///?(?=[A-Za-z]:)|^file://", "", path, flags=re.I).replace("\\", "/")
    absolute = path.startswith("/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        return path, f"“{path[:60]}” leads out of the folder (“..”)."
    if not parts or re.fullmatch(r"[A-Za-z]:", parts[-1]):
        return path, f"“{path[:60]}” names a folder and no file."
    return ("/" if absolute else "") + "/".join(parts), ""


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


class _Files:
    """The files that are there, found by their last parts."""

    def __init__(self, files: Iterable[str]) -> None:
        self.exact = {name: name for name in files}
        self.composed: dict[str, list[str]] = defaultdict(list)
        self.loose: dict[str, list[str]] = defaultdict(list)
        self.tails: dict[str, list[str]] = defaultdict(list)
        for name in self.exact:
            self.composed[unicodedata.normalize("NFC", name)].append(name)
            self.loose[_key(name)].append(name)
            parts = _key(name).split("/")
            for start in range(len(parts)):
                self.tails["/".join(parts[start:])].append(name)

    def find(self, path: str) -> tuple[str, str]:
        """The file of this very path and how it was found: "", "accents", "case"; no file where none is, or several."""
        if path in self.exact:
            return path, ""
        for how, register, key in (
            ("accents", self.composed, unicodedata.normalize("NFC", path)),
            ("case", self.loose, _key(path)),
        ):
            found = register.get(key, [])
            if len(found) == 1:
                return found[0], how
        return "", ""

    def twins(self, path: str) -> list[str]:
        return self.loose.get(_key(path), [])

    def by_tail(self, path: str) -> Rule | None:
        """How the beginning of the path has to change so that it is the one file with the longest common end."""
        parts = path.split("/")
        for start in range(len(parts)):
            found = self.tails.get(_key("/".join(parts[start:])), [])
            if len(found) > 1:
                return None
            if found:
                kept = len(parts) - start
                return "/".join(parts[:start]), "/".join(found[0].split("/")[:-kept])
        return None


def place(sheet: Sheet, files: Sequence[str], answers: Answers) -> Placed:
    """Find the file of every row; rows without one are refused, each with its sentence.

    ``files``: paths below the folder of the sheet. ``answers``: ``root`` ("none" where paths of another root are not to
    be looked for).
    """
    there = _Files(files)
    rows: list[SheetRow] = []
    lost: list[SheetRow] = []
    refused, understood = list(sheet.refused), list(sheet.interpretation)
    odd: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in sheet.rows:
        name, how = there.find(row.path)
        if not name:
            lost.append(row)
            continue
        rows.append(replace(row, file=name))
        if how:
            odd[how].append((row.path, name))
    if lost and answers.get("root") == "none":
        understood.append(_root_reading({}, [], "none"))
        refused += [one for row in lost for one in _not_found(row, there)]
    elif lost:
        rows += _elsewhere(lost, there, refused, understood)
    for how, told in (("accents", "accents are written in another way"), ("case", "capitals differ")):
        if odd[how]:
            sentence = f"{counted(len(odd[how]), 'path')} found although {told}."
            understood.append(Understood(how, sentence, examples=tuple(odd[how][:3])))
    rows = settle_doubles(sorted(rows, key=lambda row: row.line), refused)
    named = {row.file for row in rows}
    unnamed = [name for name in there.exact if name not in named]
    refused.sort(key=lambda one: one.line)
    return Placed(Sheet(settled(understood, answers), rows, refused), unnamed)


def _elsewhere(
    lost: list[SheetRow], there: _Files, refused: list[Refused], understood: list[Understood]
) -> list[SheetRow]:
    """Rows whose paths begin at another root: the beginnings that most rows agree on are replaced."""
    own = [there.by_tail(row.path) for row in lost]
    votes = Counter(rule for rule in own if rule is not None)
    rules = [rule for rule, _ in votes.most_common(MOST_RULES)]
    found: list[SheetRow] = []
    used: dict[Rule, list[tuple[str, str]]] = {}
    for row, last in zip(lost, own, strict=True):
        agreed = 0  # what most rows say of this beginning
        for old, new in [*rules, *([last] if last is not None and last not in rules else [])]:
            if old and not (row.path + "/").startswith(old + "/"):
                continue
            if agreed > votes[old, new] == 1:
                continue  # the name alone is that of a file in a folder that has nothing to do with it
            agreed = max(agreed, votes[old, new])
            rest = row.path[len(old) :].lstrip("/")
            name, _ = there.find(f"{new}/{rest}" if new else rest)
            if name:
                found.append(replace(row, file=name))
                used.setdefault((old, new), []).append((row.path, name))
                break
        else:
            refused += _not_found(row, there)
    if used:
        understood.append(_root_reading(used, rules, "found"))
    return found


def _root_reading(used: dict[Rule, list[tuple[str, str]]], rules: list[Rule], chosen: str) -> Understood:
    readings = (
        Reading("found", "the files with the same last folders and names"),
        Reading("none", "no file: leave these lines out"),
    )
    if chosen == "none":
        return Understood("root", "Paths that begin at another folder are not looked for.", "none", (), readings)
    count = sum(len(examples) for examples in used.values())
    first = [(old, new) for old, new in rules if (old, new) in used][:3]
    told = "; ".join(_changed(old, new) for old, new in first)
    sentence = f"{counted(count, 'path')} found although the beginning is another: {told}."
    examples = tuple(used[rule][0] for rule in first)
    return Understood("root", sentence, chosen, examples, readings, asks=True)


def _changed(old: str, new: str) -> str:
    if not old or not new:
        return f"“{old}” was left away" if old else f"“{new}” was put before"
    return f"“{old}” became “{new}”"


def _not_found(row: SheetRow, there: _Files) -> list[Refused]:
    twins, alike = there.twins(row.path), there.tails.get(_key(PurePosixPath(row.path).name), [])
    if len(twins) > 1:
        why = f"“{row.path[:80]}” may be each of {quoted(sorted(twins))}: they differ by capitals or accents alone."
    elif len(alike) > 1:
        why = f"There is no “{row.path[:80]}”; {len(alike)} files have that name elsewhere, so none was taken."
    else:
        why = f"There is no picture and no clip “{row.path[:80]}” here."
    return [Refused(line, why) for line in (row.line, *row.also)]
