"""Codes of individuals: how they are spelt, typed, and what answers keep of their words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid import codes
from spotid.export.names import safe
from spotid.project.foreign_answers import equal, fault
from spotid.project.names_kept import why_not_kept

WORDS = st.sampled_from(codes.KNOWN)
NUMBERS = st.integers(1, 999_999_999)


@given(WORDS, NUMBERS)
def test_a_code_is_found_by_its_number_and_by_itself(word: str, number: int) -> None:
    code = codes.code(word, number)
    for typed in (str(number), code, code.upper()):
        assert codes.number_in(typed) == number and codes.means(typed, code)
    other = codes.code("ocelot", number)
    assert codes.number_in(other) == number and not codes.means(other, code)
    assert safe(code) == code, "a folder's name, on every system"


@pytest.mark.parametrize(
    "typed", ["", "0", "-1", "1.0", "one", "9" * 30, "leopard_", "_1", "tiger__1", "tiger 1", "١", "1 "]
)
def test_what_is_no_number(typed: str) -> None:
    assert codes.number_in(typed) is None


def test_words_are_good_and_each_is_there_once() -> None:
    assert all(map(codes.good, codes.KNOWN)) and len(set(codes.KNOWN)) == len(codes.KNOWN)
    for bad in ("", "Tiger", "tiger2", "tiger 2", "_tiger", "tiger_", "a__b", "tígre", "../x", "x" * 31, 3, None):
        assert not codes.good(bad), bad


@given(st.dictionaries(st.sampled_from("ABC"), WORDS))
def test_what_is_noted_gives_the_words_back(words: dict[str, str]) -> None:
    note = codes.note(words)
    assert all(codes.word_of(note, [one]) == word for one, word in words.items())
    assert (note == {}) == (set(words.values()) <= {codes.USUAL})
    assert not note or codes.readable(note[codes.TOLD])


def test_the_first_sighting_that_has_a_word_counts() -> None:
    note = codes.note({"A": "leopard", "B": "tiger"})
    assert [codes.word_of(note, said) for said in ("AB", "BA", "XB", "X", "")] == [
        *("leopard", "tiger", "tiger", "leopard", "leopard")
    ]
    assert codes.word_of({codes.TOLD: "../x"}, "A") == codes.word_of(None, "A") == codes.USUAL


@pytest.mark.parametrize("word", codes.KNOWN)
def test_no_individual_is_named_like_a_code(word: str) -> None:
    assert why_not_kept(f"{word}_12") and why_not_kept(f"{word.upper()}_12")
    assert not why_not_kept(f"{word}_12 b") and not why_not_kept(f"old {word} 12")


def test_people_go_on_calling_tigers_by_numbers() -> None:
    assert not why_not_kept("Tiger 12") and not why_not_kept("T-12") and why_not_kept("Leopard 12")


def row(**evidence: object) -> dict[str, object]:
    said = {"uid": "one", "kind": "same", "a": "a", "b": "b", "target": None, "evidence": json.dumps(evidence)}
    return said | {"made_at": "2026-05-01T06:00:00", "seconds": None, "reviewer": ""}


def test_one_answer_on_two_laptops_is_one_whatever_either_calls_the_species() -> None:
    assert equal(row(anchor="a", word="tiger"), row(anchor="a"))
    assert equal(row(anchor="a", word="tiger"), row(anchor="a", word={"a": "lynx", "b": "tiger"}))
    assert not equal(row(anchor="a", word="tiger"), row(anchor="b", word="tiger"))


@pytest.mark.parametrize("word", ["../x", "Tiger", 3, None, ["tiger"], {"a": "../x"}, {"a": None}])
def test_a_word_that_is_none_is_not_taken_over(word: object) -> None:
    assert fault(row(word="tiger")) == fault(row(word={"a": "tiger", "b": "leopard"})) == ""
    assert fault(row(word=word))
