"""The original SpotID's matches: networkx's node-link JSON of every version, or its exported table of leopards.

networkx 1 wrote the places of nodes in their list as the ends of a link, since 2 their names; the list of links is
called ``links``, and ``edges`` from 3.6 on. The original wraps all that: ``{"graph": …, "last_processed_index": 3}``.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from spotid.errors import BadRequestError
from spotid.intake.path_match import match
from spotid.intake.recognised import Odd

LARGEST = 500_000_000  # bytes
LOOKED_AT = 50_000_000  # bytes of a file of which nobody said what it is
HEADS = ("Image Path", "Leopard ID")


@dataclass(slots=True)
class Graph:
    """``links``: path, path, whether both show the same leopard. ``nodes``: all paths."""

    nodes: list[str] = field(default_factory=list)
    links: list[tuple[str, str, bool]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def is_graph(path: Path) -> bool:
    """Whether a JSON file looks like the original's database."""
    try:
        return path.stat().st_size <= LOOKED_AT and _inner(json.loads(path.read_bytes())) is not None
    except (OSError, ValueError, RecursionError):
        return False


def from_json(path: Path) -> Graph:
    """Read the database. Raises BadRequestError where it is none, OSError where it can't be read."""
    if path.stat().st_size > LARGEST:
        raise BadRequestError(f"“{path.name}” is far too large for a database of matches.", "Look at what it is.")
    try:
        whole = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise BadRequestError(
            f"“{path.name}” can't be read as JSON; the original may have been stopped while writing it.",
            "Choose a copy of it, or its exported leopard_matches.csv.",
        ) from None
    inner = _inner(whole)
    if inner is None:
        raise BadRequestError(
            f"“{path.name}” is no database of the original SpotID.", "Choose the .json file named when it was started."
        )
    graph, odd = Graph(), Odd()
    graph.nodes = [str(one["id"]) if isinstance(one, dict) and "id" in one else "" for one in inner["nodes"]]
    known = set(graph.nodes)
    links = inner.get("links", inner.get("edges"))
    for link in links if isinstance(links, list) else ():
        ends = (link.get("source"), link.get("target")) if isinstance(link, dict) else (None, None)
        one, other = (_end(end, graph.nodes) for end in ends)
        if one not in known or other not in known or not one or not other:
            odd.note("matches name a crop that is not in the database's own list and were left out", one or other)
        else:
            # Only "yes" was ever written; a copy of the program that kept the page's own word for it is understood.
            graph.links.append((one, other, link.get("is_match", True) is not False))
    graph.remarks = odd.sentences()
    last = whole.get("last_processed_index") if isinstance(whole, dict) else None
    if isinstance(last, int) and last >= 0:
        graph.remarks.append(f"The original had come to anchor {last + 1:,} of {len(graph.nodes):,}.")
    return graph


def from_table(path: Path) -> Graph:
    """Read the exported table: all crops of a leopard are joined in a chain. Raises BadRequestError, OSError."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not set(HEADS) <= set(reader.fieldnames or ()):
        raise BadRequestError(f"“{path.name}” has no columns {' and '.join(HEADS)}.", "Choose leopard_matches.csv.")
    leopards: dict[str, list[str]] = defaultdict(list)
    for row in reader:
        one, leopard = ((row[head] or "").strip() for head in HEADS)
        if one and leopard:
            leopards[leopard].append(one)
    graph = Graph([one for crops in leopards.values() for one in crops])
    for crops in leopards.values():
        graph.links += [(one, other, True) for one, other in pairwise(crops)]
    return graph


def rows_of(graph: Graph, rows: Mapping[str, int], odd: Odd) -> dict[str, int]:
    """Path in the graph → row of its vector; folders that were moved since are followed."""
    found = {one: rows[one] for one in graph.nodes if one in rows}
    lost = [one for one in dict.fromkeys(graph.nodes) if one and one not in rows]
    if lost:
        taken = set(found)
        matched = match(lost, [path for path in rows if path not in taken])
        found |= {theirs: rows[ours] for theirs, ours in matched.photographs.items()}
        for path in lost:
            if path not in found:
                odd.note("crops of the database have no vector here", path)
    return found


def _inner(whole: object) -> dict[str, Any] | None:
    """The graph itself, wrapped by the original or not."""
    for one in (whole.get("graph"), whole) if isinstance(whole, dict) else ():
        if isinstance(one, dict) and isinstance(one.get("nodes"), list) and ("links" in one or "edges" in one):
            return one
    return None


def _end(end: object, nodes: list[str]) -> str:
    """The path at one end of a link: by its name, or by its place as networkx 1 wrote it."""
    if isinstance(end, int) and not isinstance(end, bool):
        return nodes[end] if 0 <= end < len(nodes) else ""
    return end if isinstance(end, str) else ""
