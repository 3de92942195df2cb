"""What the commands about collections print: what was understood, what is odd, what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST = 40  # lines of each list; all are counted
STATES = (
    *(("used", "used"), ("waits", "waiting for the next run"), ("ask", "waiting for your word")),
    *(("refused", "not used"), ("taken_back", "taken back")),
)


def preview(told: Mapping[str, Any]) -> Iterator[str]:
    """A look at a collection, as ``Looked.shown`` gives it."""
    yield f"{told['path']}: {told['pictures']:,} pictures, {told['clips']:,} clips, {told['bytes'] / 1e6:,.1f} MB."
    yield told["sentence"]
    if told["known"].get("files"):
        yield f"{told['known']['files']:,} of these files are in the project already; they stay as they are."
    if told["known"].get("imported"):
        yield "This very collection was imported before; importing it again changes nothing."
    if told["individuals"]:
        yield f"{len(told['individuals']):,} individuals, {told['named']:,} files with a name:"
        yield from _cut([f"  {_animal(one)}" for one in told["individuals"]])
    for key, what in (("stations", "station"), ("species", "species")):
        if told[key]:
            shown = ", ".join(f"{one['name']} ({one['files']:,})" for one in told[key][:MOST])
            yield f"{len(told[key]):,} {what}{'s' if what == 'station' and len(told[key]) != 1 else ''}: {shown}."
    days = told["days"]
    if days["files"]:
        yield f"Taken from {days['first']} to {days['last']}; {days['without']:,} files without a day."
    yield from _understood(told["understood"])
    for one in told["oddities"]:
        yield f"Odd: {one['sentence']}"
        yield from _cut([f"  {example}" for example in one["examples"]])
    yield from _refused(told["refused"])


def updates(told: Mapping[str, Any]) -> Iterator[str]:
    """A sheet held against a project, as ``LookedSheet.shown`` gives it."""
    yield f"{told['path']}: {told['sentence']}"
    yield from _understood(told["understood"])
    lines = []
    for one in told["changes"]:
        was = f"“{one['was']}” → " if one["overrules"] else ""
        lines.append(f"  line {one['line']}: {one['file']}, {one['column']}: {was}“{one['now']}”")
    yield from _cut(lines)
    yield from _refused(told["refused"])


def _animal(one: Mapping[str, Any]) -> str:
    sides = ", ".join(f"{one[side]:,} {side}" for side in ("left", "right") if one[side])
    files = f"{one['pictures']:,} pictures" + (f", {one['clips']:,} clips" if one["clips"] else "")
    return (
        f"{one['name']}: {files}" + (f" ({sides})" if sides else "") + (f". {one['why_not']}" if one["why_not"] else "")
    )


def _understood(understood: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in understood:
        yield f"{'? ' if one['asks'] else '- '}{one['sentence']}"
        for was, now in one["examples"]:
            yield f"    “{was}” → “{now}”"
        if one["asks"]:
            for reading in one["readings"]:
                mark = "*" if reading["key"] == one["chosen"] else " "
                yield f'    {mark} --answer "{one["key"]}={reading["key"]}"  {reading["sentence"]}'


def _refused(refused: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if refused:
        yield f"{len(refused):,} lines of the sheet are not used:"
        yield from _cut([f"  line {one['line']}: {one['sentence']}" for one in refused])


def _cut(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:MOST]
    if len(lines) > MOST:
        yield f"  … and {len(lines) - MOST:,} more."


def outcome(collection: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What has become of the rows of a collection; ``rows``: those that ask, and those that are not used."""
    counts = collection["counts"]
    yield f"Import {collection['uid']} ({collection['kind']}), from {collection['source']}:"
    told = [f"{counts[state]:,} {word}" for state, word in STATES if counts[state]]
    yield f"  {', '.join(told) or 'no file is named, all of them are taken as they are'}."
    for one in rows[:MOST]:
        where = one["relpath"] or f"line {one['lines']}"
        named = f" (“{one['name']}”)" if one["name"] else ""
        yield f"  {where}{named}: {one['why']}"
    if len(rows) > MOST:
        yield f"  … and {len(rows) - MOST:,} more."
