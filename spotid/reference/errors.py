"""Every error that is meant for people: its code, and the sentences and advice that the program raises it with."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from spotid.errors import SpotIDError
from spotid.places import program_folder
from spotid.reference import marks

LEAD = """\
When something can't be done, SpotID says what happened and what to do. These are the sentences, by kind; “…” stands for
a name or a number. The code is what scripts may rely on, the number is what a command ends with."""


def page() -> str:
    """The page, as Markdown."""
    said = _said()
    parts = []
    for kind in sorted(_kinds(), key=lambda one: (one.exit_code, one.code)):
        rows = sorted(said.get(kind.__name__, set()))
        content = marks.table(("what is said", "what to do"), rows) if rows else ""
        lead = marks.plain(marks.first(kind.__doc__))
        if not kind.__module__.startswith("spotid.web"):
            lead += f" Commands end with {kind.exit_code}."
        parts.append(marks.chapter(kind.code, lead, content))
    return marks.page("Errors", LEAD, *parts)


def _kinds() -> list[type[SpotIDError]]:
    """Every kind of error of the program; those that only gather others have no sentence and are left out."""
    import spotid.cli
    import spotid.web
    import spotid.weights.troubles  # noqa: F401 - these bring in every module that has errors of its own

    found: dict[str, type[SpotIDError]] = {}
    waiting = list(SpotIDError.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("spotid."):
            found.setdefault(kind.code, kind)
    return list(found.values())


def _said() -> dict[str, set[tuple[str, str]]]:
    """What is said with each kind of error, by the name of its class: sentences and advice written in the code."""
    found = defaultdict(set)
    for path in sorted((program_folder() / "spotid").rglob("*.py")):
        for name, sentence, advice in _calls(path):
            found[name].add((marks.plain(sentence), marks.plain(advice)))
    return found


def _calls(path: Path) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Error")):
            continue
        texts = [_text(one) for one in node.args]
        if node.func.id == "PictureError":
            texts = texts[1:]
        sentence, advice = [*texts, "", ""][:2]
        if " " in sentence and sentence != "…":
            yield node.func.id, sentence, advice


def _text(node: ast.expr) -> str:
    """A literal as it is written, with “…” for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return "…"
