"""The ``.po`` files and what is compiled from them: ``.mo`` for the program, a small script for the pages' scripts.

Needs Babel and is used by developers and tests only.
"""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from spotid.places import program_folder
from spotid.translations.gather import Text, gather, of_scripts

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LANGUAGES = ("es", "fr")
HERE = Path(__file__).resolve().parent
VALUE = re.compile(r"%\(\w+\)s|\{\w+\}")


def update() -> list[str]:
    """Bring the ``.po`` files up to date with the texts in use and compile them. Gives what is missing."""
    texts, faults = gather(), []
    for language in LANGUAGES:
        catalogue = merged(language, texts)
        _write(catalogue, HERE / f"{language}.po")
        (HERE / f"{language}.mo").write_bytes(compiled(catalogue))
        script_of(language).parent.mkdir(exist_ok=True)
        script_of(language).write_text(for_scripts(catalogue, texts), encoding="utf-8")
        faults += incomplete(language, catalogue)
    return faults


def faults() -> list[str]:
    """What is missing, wrong or out of step; nothing is written."""
    texts, found = gather(), []
    for language in LANGUAGES:
        kept = read(language)
        fresh = merged(language, texts)
        known = {message.id for message in kept if message.id}
        found += [f"{language}: not in the catalogue: {m.id!r}" for m in fresh if m.id and m.id not in known]
        found += [f"{language}: used nowhere any more: {one!r}" for one in known - {m.id for m in fresh}]
        found += incomplete(language, kept)
        if (HERE / f"{language}.mo").read_bytes() != compiled(kept):
            found.append(f"{language}: the .mo file is not what the .po file says")
        if script_of(language).read_text(encoding="utf-8") != for_scripts(kept, texts):
            found.append(f"{language}: {script_of(language).name} is not what the .po file says")
    return found


def merged(language: str, texts: list[Text]) -> Catalog:
    """The catalogue with exactly the texts in use; translations that there are stay."""
    from babel.messages.catalog import Catalog

    old = read(language)
    new = Catalog(locale=language, project="SpotID", charset="utf-8", fuzzy=False, header_comment="# Texts of SpotID.")
    new.creation_date = new.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # a date that changes would only be noise
    plurals = {text.one: text.many for text in texts if text.many}
    for text in texts:
        many = plurals.get(text.one)
        before = old.get(text.one)
        said = before.string if before else ""
        if many and not isinstance(said, tuple):
            said = (said, "") if said else ("", "")
        if not many and isinstance(said, tuple):
            said = said[0]
        file, _ = text.place.rsplit(":", 1)
        new.add((text.one, many) if many else text.one, said, locations=[(file, None)])
    return new


def incomplete(language: str, catalogue: Catalog) -> list[str]:
    """Texts without a translation, with a doubtful one, or with other values in it than the English one has."""
    found = []
    for message in catalogue:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy:
            found.append(f"{language}: doubtful: {english[0]!r}")
        if len(said) != len(english) or not all(said):
            found.append(f"{language}: not translated: {english[0]!r}")
            continue
        filled = set(VALUE.findall("".join(english)))
        for one, other in zip(english, said, strict=True):
            wanted, there = set(VALUE.findall(one)), set(VALUE.findall(str(other)))
            # "One answer is left" may do without its number; a value that the English text lacks can't be filled in.
            if there - filled or (wanted - there and other is said[-1]):
                found.append(f"{language}: other values: {one!r} and {other!r}")
            if len(re.findall(r"<[^>]+>", one)) != len(re.findall(r"<[^>]+>", str(other))):
                found.append(f"{language}: other marks: {one!r} and {other!r}")
    return found


def read(language: str) -> Catalog:
    """A ``.po`` file as it stands; empty where there is none yet."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    path = HERE / f"{language}.po"
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as content:
        return read_po(content, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """The ``.mo`` file of a catalogue."""
    from babel.messages.mofile import write_mo

    into = io.BytesIO()
    write_mo(into, catalogue)
    return into.getvalue()


def script_of(language: str) -> Path:
    """The module that i18n.js loads."""
    return program_folder() / "static" / "texts" / f"{language}.js"


def for_scripts(catalogue: Catalog, texts: list[Text]) -> str:
    """A module with the translations of what scripts look up; a list where there is a plural."""
    used, said = of_scripts(texts), {}
    for message in catalogue:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        if key in used:
            said[key] = list(message.string) if isinstance(message.string, tuple) else message.string
    body = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)
    return (
        f"// Made by python -m spotid.translations from the .po file; changes are made there.\nexport default {body};\n"
    )


def _write(catalogue: Catalog, path: Path) -> None:
    from babel.messages.pofile import write_po

    into = io.BytesIO()
    write_po(into, catalogue, width=120, sort_by_file=False, include_lineno=False, omit_header=False)
    path.write_bytes(into.getvalue())
