"""The languages of the pages: every text is written in English where it is used, and looked up in a catalogue.

A person's choice is kept in a cookie; without one the browser's own languages decide, and English is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, request
from flask.json.provider import DefaultJSONProvider

COOKIE = "spotid-language"
LANGUAGES = {"en": "English", "es": "Español", "fr": "Français"}
# Texts of the program in what it tells the pages' scripts: everything under these names is looked up.
TOLD = frozenset(
    {
        *("sentence", "sentences", "advice", "label", "warning", "notes", "detail", "basis", "reason"),
        *("about", "notice", "ask", "lines"),
    }
)
# What stands as a value within sentences: words for the parts of a project, and why a file did not arrive.
WITHIN = frozenset(
    {
        *("detector", "cut-out", "encoder", "matcher", "classifier of species"),
        *("the proxy does not answer or refuses", "the two halves do not belong together"),
        "what lies here belongs to an older file",
    }
)
GROUPS = {"en": (",", 4), "es": (".", 5), "fr": ("\u202f", 4)}  # between thousands, from so many digits on
VALUE = re.compile(r"\{(\d+)\}")
BORDER = re.compile(r"(?<=[.?!…]) (?=[A-Z“\d])")  # between two sentences
MOST = 8  # sentences of one text that are looked up one by one
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


def install(app: Flask) -> None:
    """Give templates ``_("text")``, ``ngettext("one", "many", n)``, ``{% trans %}``, ``say`` and ``thousands``.

    Texts with values use names: ``_("row %(row)s", row=4)``; a per cent sign that is meant is written ``%%``.
    """
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogue(language()).gettext(text),
        ngettext=lambda one, many, n: catalogue(language()).ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals.update(say=say, thousands=thousands)
    app.json = Answers(app)

    @app.context_processor
    def tongue() -> dict[str, Any]:
        return {"language": language(), "languages": LANGUAGES}


def language() -> str:
    """The language of this request: en, es or fr."""
    if not has_request_context():
        return "en"
    if "language" not in g:
        chosen = request.cookies.get(COOKIE, "")
        wanted = request.accept_languages.best_match(list(LANGUAGES), "en")
        g.language = chosen if chosen in LANGUAGES else wanted or "en"
    return str(g.language)


@cache
def catalogue(code: str) -> NullTranslations:
    """The texts of a language; English needs none."""
    if code not in LANGUAGES or code == "en":
        return NullTranslations()
    try:
        with (CATALOGUES / f"{code}.mo").open("rb") as content:
            return GNUTranslations(content)
    except OSError:  # a damaged installation still speaks English
        return NullTranslations()


def say(text: str, code: str | None = None) -> str:
    """A sentence that the program made, in the language of the request; what is in no catalogue stays English."""
    return _said(text, code or language()) if text else ""


@lru_cache(maxsize=2048)
def _said(text: str, code: str) -> str:
    whole = _looked_up(text, code)
    if whole is not None and not whole[1]:
        return whole[0]
    one_by_one, all_known = _sentences(BORDER.split(text, MOST), code)
    return one_by_one if whole is None or all_known else whole[0]


def _looked_up(text: str, code: str) -> tuple[str, bool] | None:
    """A text in another language, and whether one of its values is as long as sentences; None if nobody knows it."""
    found = catalogue(code).gettext(text)
    if found != text:
        return found, False
    wide = None
    for shape, translation in _shapes(code):
        if values := shape.fullmatch(text):
            said = {name: _within(value, code) for name, value in values.groupdict().items()}
            filled = VALUE.sub(lambda place, said=said: said[f"v{place[1]}"], translation)  # type: ignore[misc]
            if not any(BORDER.search(value) for value in values.groups()):
                return filled, False
            wide = wide or filled
    return None if wide is None else (wide, True)


def _within(value: str, code: str) -> str:
    """A value of a sentence: a word or a sentence of ours, or why a file did not arrive; else as it is."""
    if value in WITHIN:
        return catalogue(code).gettext(value)
    if value[0].isupper() and value[-1] in ".?!…" and (found := _looked_up(value, code)) is not None:
        return found[0]
    for shape, reason in _reasons(code):
        if values := shape.fullmatch(value):
            return VALUE.sub(lambda place, values=values: values[f"v{place[1]}"], reason)  # type: ignore[misc]
    return value


@cache
def _reasons(code: str) -> list[tuple[re.Pattern[str], str]]:
    """Of the sentences with values those that are none: they begin small, or with a value, and have no full stop."""
    return [(shape, said) for shape, said in _shapes(code) if not said[0].isupper() and said[-1] not in ".?!…"]


def _sentences(parts: list[str], code: str) -> tuple[str, bool]:
    """Sentences that the program put together, each looked up, the longest known beginning first; whether all are."""
    done: list[str] = []
    known = True
    while parts:
        for count in range(len(parts), 0, -1):
            found = _looked_up(" ".join(parts[:count]), code)
            if found is not None and not found[1]:
                done.append(found[0])
                break
        else:
            count, known = 1, False
            done.append(parts[0])
        parts = parts[count:]
    return " ".join(done), known


@cache
def _shapes(code: str) -> list[tuple[re.Pattern[str], str]]:
    """Sentences with values in them, ``There is no folder “{0}”.``, the most particular ones first."""
    known = getattr(catalogue(code), "_catalog", {})
    shapes = [one for one in known if isinstance(one, str) and "{0}" in one]
    shapes.sort(key=lambda one: len(VALUE.sub("", one)), reverse=True)
    return [(_shape(one), known[one]) for one in shapes]


def _shape(text: str) -> re.Pattern[str]:
    parts = VALUE.split(text)  # text, number of the value, text, …
    return re.compile(
        "".join(f"(?P<v{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)), re.S
    )


def told(content: Any, code: str | None = None) -> Any:
    """What is told to a script of a page, with the program's own sentences in the person's language."""
    code = code or language()
    return content if code == "en" else _told(content, code, say)


def thousands(number: float | None) -> str:
    """A whole number as it is written in the person's language: 12,345, 12.345 or 12 345."""
    plain = f"{int(number or 0):,}"
    mark, digits = GROUPS[language()]
    return plain.replace(",", mark if len(plain.replace(",", "").lstrip("-")) >= digits else "")


class Answers(DefaultJSONProvider):
    """JSON as Flask writes it, with sentences looked up."""

    sort_keys = False

    def response(self, *args: Any, **kwargs: Any) -> Any:
        """A JSON reply, in the language of the request."""
        return super().response(*(told(one) for one in args), **told(kwargs))


def _told(content: Any, code: str, look_up: Callable[[str, str], str], ours: bool = False) -> Any:
    if isinstance(content, str):
        return look_up(str(content), code) if ours else content
    if isinstance(content, dict):
        return {name: _told(one, code, look_up, name in TOLD) for name, one in content.items()}
    if isinstance(content, list | tuple):
        return [_told(one, code, look_up, ours) for one in content]
    return content
