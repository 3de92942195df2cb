"""What is taken out of a report: whatever a log holds, none of it is left."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.support.scrub import EVERYBODY, Scrubber

HOME = "/home/jane doe é"
WINDOWS = r"C:\Users\Jane Doe"
KEY = "2HkD3mYQ0z9lq3_x0mW5d8yq7cUe1nOjT6a5bR4vPQs"
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
users = st.text("abcdefghijklmnopqrstuvwxyzéABC", min_size=3, max_size=8).filter(lambda n: n.lower() not in EVERYBODY)


def woven(pieces: list[str], secrets: list[str]) -> str:
    """Secrets between pieces of any text."""
    return "".join(piece + secret for piece, secret in zip(pieces, secrets, strict=False))


@settings(max_examples=40)
@given(st.lists(words, min_size=6, max_size=6), st.sampled_from([HOME, WINDOWS]), users)
def test_neither_home_nor_user_nor_key_survives(pieces: list[str], home: str, user: str) -> None:
    written = [home, home.upper(), json.dumps(home)[1:-1], quote(home), home.replace("\\", "/"), user]
    text = woven(pieces, written) + f" key={KEY}& {KEY} {user.upper()} “{user}”"
    left = Scrubber(home, user, "field-laptop", [KEY])(text).casefold()
    for form in (home, home.replace("\\", "/"), json.dumps(home)[1:-1], quote(home), user, KEY):
        assert form.casefold() not in left


@given(
    st.floats(-90, 90).filter(lambda x: abs(x) > 0.05),
    st.floats(-180, 180).filter(lambda x: abs(x) > 0.05),
    st.integers(2, 9),
    st.sampled_from([", ", " ", ";", "/", " N ", " lat ", "\t"]),
    words,
)
def test_no_coordinate_survives(latitude: float, longitude: float, digits: int, between: str, piece: str) -> None:
    one, other = f"{latitude:.{digits}f}", f"{longitude:.{digits}f}"
    clean = Scrubber(coordinates=[latitude, longitude])
    for text in (f"{piece} {one}{between}{other} {piece}", f"({one})", f"lon={other}", one.replace(".", ",") + "°"):
        left = clean(text)
        assert one.lstrip("-") not in left and other.lstrip("-") not in left
        assert one.replace(".", ",").lstrip("-") not in left


@pytest.mark.parametrize(
    "place",
    ["6.37211", "6.37 81.51", "6,3721", "6°22'19.6\"N", "81° 30′ 44″ E", "-25.123456,31.5", "S 25.1234"],
)
def test_places_that_stand_in_no_table_are_told_by_their_form(place: str) -> None:
    left = Scrubber()(f"read at {place} today")
    assert not any(figure.isdigit() for figure in left), left


def test_what_is_needed_stays() -> None:
    kept = "2026-11-21 14:25:49,123 WARNING spotid.jobs: 12.3 s, numpy 2.4.6, opencv 5.0.0.93, row 4,127, 25.3 GB"
    assert Scrubber(HOME, "jane", "laptop", [KEY], [6.3721, 81.5])(kept) == kept
    trace = 'File "/opt/SpotID/_internal/spotid/web/serve.py", line 3, in run'
    assert Scrubber(HOME, "jane")(trace) == trace


@pytest.mark.parametrize(
    "path",
    [
        "“Yala NP/IMG 1.JPG”",
        "/data/Yala NP/x y.heic",
        r"D:\Yala NP\1.jpg",
        "Yala/100MEDIA/1.jpeg",
        "'Yala stations.csv'",
    ],
)
def test_folders_of_photographs_are_taken_out_unless_they_may_stay(path: str) -> None:
    assert "Yala" not in Scrubber()(f"could not read {path}: damaged")
    assert "Yala" in Scrubber(files=True)(f"could not read {path}: damaged")


def test_names_of_projects_other_homes_and_mail_are_taken_out() -> None:
    clean = Scrubber(names={"/data/Yala 2026": "‹project 1›", "Yala 2026": "‹project 1›"}, host="janes-laptop.local")
    left = clean(
        "opened /data/Yala 2026/logs of yala 2026 on janes-laptop by bob@x.org in /Users/bob/a, C:\\Users\\Bob\\b"
    )
    assert "yala" not in left.lower() and "bob" not in left.lower() and "janes" not in left
    assert "‹project 1›/logs" in left


def test_a_short_user_name_is_no_reason_to_tear_words_apart() -> None:
    left = Scrubber(home="/home/al", user="al")("also /home/al/x; al said: all")
    assert left == "also ~/x; ‹*› said: all"


@pytest.mark.parametrize("piece", ["/", "a", "1.", "x@", "C:\\", "“", "key="])
def test_an_endless_line_is_no_endless_work(piece: str) -> None:
    """A pattern that begins anew at every letter would take hours here."""
    assert Scrubber(HOME, "jane", "laptop", [KEY], [6.3721])(piece * 100_000) is not None
