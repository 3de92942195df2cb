"""Gather every text that a person may read on the pages: from templates, from scripts, and from the program itself."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spotid.places import program_folder

TEMPLATES, SCRIPTS, PROGRAM = "templates", "static/js", "spotid"
LOOKS_UP = "i18n.js"
STRING = r'"(?:[^"\\\n]|\\.)*"'
CALL = re.compile(rf"(?<![\w.#])(?P<name>n?t)\(\s*(?P<one>{STRING})\s*(?:,\s*(?P<many>{STRING}))?")
# What is never shown on a page: the command line, the set-up, the generator of surveys, the fetching of weights (which
# only a release's build does so far), this package.
APART = (
    *("reference", "profiles", "seal", "firstrun", "evaluate", "translations", "weights"),
    *("cli", "__main__", "settings", "serve"),
)
# Modules whose short labels are shown as well as their sentences.
VOCABULARIES = (
    "spotid/words.py",
    "spotid/project/views.py",
    "spotid/project/frame_queues.py",
    "spotid/review/ways/",
    "spotid/desktop/texts.py",
)
SENTENCE = re.compile(r"[A-Z“](?s:.*)\s(?s:.*)[.?!…]")
VALUED = re.compile(r"[A-Z“{](?s:.*)\s(?s:.*)[.?!…]")
WORDS = re.compile(r"[a-z]{3,} [a-z]")
QUERY = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|CREATE|WITH|ALTER|DROP|PRAGMA) ")
LABEL = re.compile(r"[A-Z][a-z](?s:.*)")
CHOICES = frozenset({"LAYOUTS", "ROLES", "ORDERS"})  # tables of what a person may choose where a collection is unclear


@dataclass(frozen=True, slots=True)
class Text:
    """A text, its plural where it has one, and where it was found (``file:line``)."""

    one: str
    many: str
    place: str


def gather() -> list[Text]:
    """Every text, in the order of the files."""
    base = program_folder()
    found = [*_templates(base), *_scripts(base), *_program(base)]
    return sorted(found, key=lambda text: text.place.rsplit(":", 1)[0])


def of_scripts(texts: list[Text]) -> set[str]:
    """Those that the scripts of the pages look up."""
    return {text.one for text in texts if text.place.startswith(SCRIPTS)}


def _templates(base: Path) -> Iterator[Text]:
    """Texts of the templates, as Babel finds them with Jinja's help."""
    from babel.messages.extract import extract

    words = {"_": None, "gettext": None, "ngettext": (1, 2)}
    for path in sorted((base / TEMPLATES).glob("*.html")):
        with path.open("rb") as content:
            for line, told, _, _ in extract("jinja2.ext:babel_extract", content, keywords=words):
                one, many = (told, "") if isinstance(told, str) else (told[0], told[1])
                yield Text(one, many, f"{TEMPLATES}/{path.name}:{line}")


def _scripts(base: Path) -> Iterator[Text]:
    """Texts of the scripts. Babel's own reader loses those that stand inside of `template ${strings}`."""
    for path in sorted((base / SCRIPTS).glob("*.js")):
        if path.name == LOOKS_UP:
            continue
        content = path.read_text(encoding="utf-8")
        for call in CALL.finditer(content):
            many = call["many"] if call["name"] == "nt" else None
            line = content.count("\n", 0, call.start()) + 1
            yield Text(json.loads(call["one"]), json.loads(many) if many else "", f"{SCRIPTS}/{path.name}:{line}")


def unreadable_calls() -> list[str]:
    """Calls of ``t`` and ``nt`` in scripts whose text is no plain literal, so that it can't be gathered."""
    found = []
    for path in sorted((program_folder() / SCRIPTS).glob("*.js")):
        content = path.read_text(encoding="utf-8")
        calls = re.finditer(r"(?<![\w.#])n?t\(", content)
        whole = {call.start() for call in CALL.finditer(content)}
        found += [
            f"{path.name}: {content[call.start() : call.start() + 60]!r}" for call in calls if call.start() not in whole
        ]
    return [one for one in found if not one.startswith(LOOKS_UP)]


def _program(base: Path) -> Iterator[Text]:
    """Sentences of the program: every literal that reads like one, and the labels of the vocabularies."""
    for place, line, text in _with_values(base):
        if SENTENCE.fullmatch(text):
            yield Text(text, "", f"{place}:{line}")
    for path in _modules(base):
        place = path.relative_to(base).as_posix()
        wanted = LABEL if place.startswith(VOCABULARIES) else SENTENCE
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for line, text in _literals(tree):
            if wanted.fullmatch(text) and not QUERY.match(text):
                yield Text(text, "", f"{place}:{line}")
        if place.startswith("spotid/intake/"):
            yield from (Text(text, "", f"{place}:{line}") for line, text in _choices(tree))


def english_only() -> list[str]:
    """Sentences that begin with a value or are put together from parts: shown in English in every language."""
    return [text for place, _, text in _with_values(program_folder()) if not SENTENCE.fullmatch(text)]


def _with_values(base: Path) -> Iterator[tuple[str, int, str]]:
    """Sentences into which the program writes values, as ``There is no folder “{0}”.``: file, line, text."""
    for path in _modules(base):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                places = iter(range(len(node.values)))
                parts = (str(p.value) if isinstance(p, ast.Constant) else f"{{{next(places)}}}" for p in node.values)
                text = "".join(parts)
                if VALUED.fullmatch(text) and WORDS.search(text) and "WHERE" not in text:
                    yield path.relative_to(base).as_posix(), node.lineno, text


def _modules(base: Path) -> Iterator[Path]:
    for path in sorted((base / PROGRAM).rglob("*.py")):
        if not any(part.startswith(APART) for part in path.relative_to(base / PROGRAM).parts):
            yield path


def _choices(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What a person may choose where a collection is unclear: short texts without a full stop."""
    for node in ast.walk(tree):
        told: list[ast.expr] = []
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reading" and len(node.args) > 1:
            told = [node.args[1].body, node.args[1].orelse] if isinstance(node.args[1], ast.IfExp) else [node.args[1]]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            named = any(isinstance(one, ast.Name) and one.id in CHOICES for one in node.targets)
            told = list(node.value.values) if named else []
        for one in told:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.lineno, one.value
            elif isinstance(one, ast.JoinedStr):
                places = iter(range(len(one.values)))
                parts = (str(p.value) if isinstance(p, ast.Constant) else f"{{{next(places)}}}" for p in one.values)
                yield one.lineno, "".join(parts)


def _literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """String literals and their lines, without docstrings and without the pieces of f-strings."""
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                left_out.add(id(first.value))
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.lineno, node.value
