"""Gather every text that a person may read on the pages: from templates, from scripts, and from the program itself."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spotid.places import program_folder

TEMPLATES, SCRIPTS, PROGRAM = "templates", "static/js", "spotid"
LOOKS_UP = "i18n.js"
STRING = r'"(?:[^"\\\n]|\\.)*"'
CALL = re.compile(rf"(?<![\w.#])(?P<name>n?t)\(\s*(?P<one>{STRING})\s*(?:,\s*(?P<many>{STRING}))?")
# What is never shown on a page: the command line, the set-up, the generator of surveys, this package.
APART = (
    *("reference", "profiles", "seal", "firstrun", "evaluate", "translations"),
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
WORD = re.compile(r"(?<![\w.])[a-z]{2,}")
# Without a full stop behind: what to type, and what ends with another sentence as its value.
COMMAND = re.compile(r"[A-Z][^.]+: spotid [^.]+|[A-Z][a-z' ]+ not [a-z]+: \{0\}")
VALUE = re.compile(r"\{(\d+)\}")
QUERY = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|CREATE|WITH|ALTER|DROP|PRAGMA) ")
LABEL = re.compile(r"[A-Z][a-z](?s:.*)")
LED = re.compile(r"\{0\} (?=[A-Z“])")
CHOICES = frozenset({"LAYOUTS", "ROLES", "ORDERS"})  # tables of what a person may choose where a collection is unclear
WITHIN = {"spotid/jobs/parts.py": frozenset({"WORDS"})}  # tables of words that stand as values within sentences
ON_THE_WAY = ("spotid/weights/stream.py", "spotid/weights/fetch.py")
MODELS, PROFILES = "spotid/weights/catalogue.toml", "spotid/profiles"
UNNAMED = ("LicenseRef-own", "LicenseRef-all-rights-reserved")  # licences without a name of their own


@dataclass(frozen=True, slots=True)
class Text:
    """A text, its plural where it has one, and where it was found (``file:line``)."""

    one: str
    many: str
    place: str


def gather() -> list[Text]:
    """Every text, in the order of the files."""
    base = program_folder()
    found = [*_templates(base), *_scripts(base), *_program(base), *_lists(base)]
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
    for place, tree in _modules(base):
        for line, text, counted in _with_values(tree):
            if SENTENCE.fullmatch(text) or COMMAND.fullmatch(text) or counted:
                yield Text(text, "", f"{place}:{line}")
            elif (rest := _after_a_sentence(text)) is not None:
                yield Text(rest, "", f"{place}:{line}")
        wanted = LABEL if place.startswith(VOCABULARIES) else SENTENCE
        for line, text in _literals(tree):
            if wanted.fullmatch(text) and not QUERY.match(text):
                yield Text(text, "", f"{place}:{line}")
        if place.startswith("spotid/intake/"):
            yield from (Text(text, "", f"{place}:{line}") for line, text in _choices(tree, CHOICES))
        if place in ON_THE_WAY:
            yield from (Text(text, "", f"{place}:{line}") for line, text in _reasons(tree))
        if place in WITHIN:
            yield from (Text(text, "", f"{place}:{line}") for line, text in _choices(tree, WITHIN[place]))


def _lists(base: Path) -> Iterator[Text]:
    """What is said of each model and each profile in the lists that ship, and of licences that have no name."""
    from spotid.weights.licences import KNOWN

    models = tomllib.loads((base / MODELS).read_text(encoding="utf-8"))
    yield from (Text(one["about"], "", f"{MODELS}:1") for one in models.values() if "part" in one)
    yield from (Text(KNOWN[name][0], "", "spotid/weights/licences.py:1") for name in UNNAMED)
    for path in sorted((base / PROFILES).glob("*.toml")):
        title = tomllib.loads(path.read_text(encoding="utf-8"))["title"]
        yield Text(title, "", f"{PROFILES}/{path.name}:1")


def _after_a_sentence(text: str) -> str | None:
    """The rest of a text that begins with another sentence as its value, with its own values counted from 0."""
    rest = VALUE.sub(lambda one: f"{{{int(one[1]) - 1}}}", LED.sub("", text, count=1)) if LED.match(text) else ""
    return rest if SENTENCE.fullmatch(rest) else None


def english_only() -> list[str]:
    """Sentences that begin with a value or are put together from parts: shown in English in every language."""
    return [
        text
        for _, tree in _modules(program_folder())
        for _, text, counted in _with_values(tree)
        if not (SENTENCE.fullmatch(text) or COMMAND.fullmatch(text) or counted) and _after_a_sentence(text) is None
    ]


def _with_values(tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """Sentences into which the program writes values, as ``There is no folder “{0}”.``: line, text.

    The last says whether one begins with a number, as ``{0} files fit their seals.``: such a one is whole.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = _text(node)
            if _reads_like_one(text):
                yield node.lineno, text, _counts(node.values[0])


def _reads_like_one(text: str) -> bool:
    """Whether a text with values is a sentence for people, and neither a query nor a name made of parts."""
    if "WHERE" in text or QUERY.match(text):
        return False
    short = SENTENCE.fullmatch(text) and WORD.search(VALUE.sub("", text))  # “{0}” is empty.
    return bool(short or COMMAND.fullmatch(text) or (VALUED.fullmatch(text) and WORDS.search(text)))


def _counts(value: ast.expr) -> bool:
    """Whether a value of an f-string is a number: written with a mark for thousands, or the length of something."""
    if not isinstance(value, ast.FormattedValue):
        return False
    spec = value.format_spec
    if isinstance(spec, ast.JoinedStr) and any(isinstance(one, ast.Constant) for one in spec.values):
        return True
    return isinstance(value.value, ast.Call) and getattr(value.value.func, "id", "") == "len"


def _modules(base: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((base / PROGRAM).rglob("*.py")):
        if not any(part.startswith(APART) for part in path.relative_to(base / PROGRAM).parts):
            yield path.relative_to(base).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _choices(tree: ast.Module, tables: frozenset[str]) -> Iterator[tuple[int, str]]:
    """What a person may choose where a collection is unclear: short texts without a full stop."""
    for node in ast.walk(tree):
        told: list[ast.expr] = []
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reading" and len(node.args) > 1:
            told = [node.args[1].body, node.args[1].orelse] if isinstance(node.args[1], ast.IfExp) else [node.args[1]]
        elif isinstance(node, ast.Assign | ast.AugAssign) and isinstance(node.value, ast.Dict):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = any(isinstance(one, ast.Name) and one.id in tables for one in targets)
            told = list(node.value.values) if named else []
        for one in told:
            if text := _text(one):
                yield one.lineno, text


def _reasons(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Why a file did not arrive: what stands within the sentence that says so."""
    for node in ast.walk(tree):
        told: ast.expr | None = None
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PassingError":
            told = node.args[0]
        elif isinstance(node, ast.Return):
            told = node.value
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):  # reason, wait = …
            told = node.value.elts[0]
        text = _text(told)
        if told is not None and " " in text and not SENTENCE.fullmatch(text):
            yield told.lineno, text


def _text(told: ast.expr | None) -> str:
    """A literal as it is looked up, its values counted from 0; empty for what is none."""
    if isinstance(told, ast.Constant):
        return told.value if isinstance(told.value, str) else ""
    if not isinstance(told, ast.JoinedStr):
        return ""
    places = iter(range(len(told.values)))
    return "".join(str(p.value) if isinstance(p, ast.Constant) else f"{{{next(places)}}}" for p in told.values)


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
