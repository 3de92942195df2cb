"""British spelling, against a dictionary: American forms are refused, and every word outside ``words.txt`` is known."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs import reading
from tests.docs.reading import DOCUMENTS, ROOT

pytest.importorskip("spellchecker", reason="the packages that check spelling are not installed")
pytest.importorskip("codespell_lib", reason="the packages that check spelling are not installed")

WORDS = ROOT / "docs" / "words.txt"
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# What is American in one sense and British in another: these are meant in the British one.
BOTH = {"program", "programs", "practice", "meter", "meters", "disk", "disks", "story", "check", "checks", "draft"}
BOTH |= {"license", "licensed", "programed", "analog", "judgment", "while", "among", "toward", "inquiry", "skeptical"}
# British endings with those that the American dictionary knows them by.
ENDINGS = (("our", "or"), ("is", "iz"), ("ys", "yz"), ("tre", "ter"), ("ll", "l"), ("ogue", "og"), ("ence", "ense"))


@cache
def british() -> dict[str, str]:
    """British words with the American ones."""
    import codespell_lib

    path = Path(codespell_lib.__file__).parent / "data" / "dictionary_en-GB_to_en-US.txt"
    lines = path.read_text(encoding="utf-8").split()
    return dict(line.rstrip(",").split("->", 1) for line in lines if "->" in line)


@cache
def american() -> dict[str, str]:
    """American words with the British ones."""
    return {there: here for here, there in british().items() if there not in BOTH and there not in british()}


@cache
def own() -> frozenset[str]:
    """The project's own words."""
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def known(word: str) -> bool:
    """Whether a word is spelt well; ``word`` without a trailing ’s."""
    return word in own() or word.lower() in own() or word.lower() in british() or _in_dictionary(word)


def _in_dictionary(word: str) -> bool:
    word = word.lower()
    plain = {word, word.removesuffix("'s")}
    plain |= {one.replace(here, there) for one in plain for here, there in ENDINGS if here in one}
    # A word with a beginning that may stand before any: unboxed, rebuilt.
    plain |= {word[2:]} if word.startswith(("un", "re")) and len(word) > 6 else set()
    return bool(plain & _dictionary())


@cache
def _dictionary() -> frozenset[str]:
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="en").word_frequency.dictionary)


def words(path: Path) -> set[str]:
    """The words of a document's running text and of what its pictures show."""
    text = " ".join(
        token.content if token.type in ("text", "image") else " "
        for token in reading.inline(path)
        if token.type in ("text", "image", "softbreak")
    )
    text = re.sub(r"https?://\S+|\S+@\S+|\S*[/_]\S*|\S+\.\w{2,5}\b|\b\w*\d\w*\b", " ", text)
    found = (word.replace("’", "'") for word in WORD.findall(text))
    return {re.sub(r"'s$", "", word) for word in found}


@pytest.mark.parametrize("document", DOCUMENTS, ids=reading.name)
def test_every_word_is_spelt_well(document: Path) -> None:
    found = words(document)
    foreign = {word: american()[word.lower()] for word in found if word.lower() in american() and word not in own()}
    assert not foreign, f"American; the manual is British: {foreign}"
    wrong = sorted(word for word in found if len(word) > 1 and not known(word))
    assert not wrong, f"Unknown; correct them, or add names and words of the field to docs/words.txt: {wrong}"


def test_the_dictionary_would_notice() -> None:
    assert not known("leoprad") and not known("Adress") and not known("recieve")
    assert known("colour") and known("recognises") and known("leopards") and known("catalogue")
    assert "color" in american() and "gray" in american() and "center" in american()


def test_the_list_of_own_words_is_in_order_and_needed() -> None:
    lines = [line for line in WORDS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert lines == sorted(set(lines), key=lambda line: (line.lower(), line))
    used = {form for document in DOCUMENTS for word in words(document) for form in (word, word.lower())}
    assert not set(lines) - used, "no page uses these any more"
