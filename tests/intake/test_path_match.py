"""Paths of other programs against the photographs of a project: found, or told; never the wrong photograph."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spotid.intake.path_match import match

HERE = ["K12/100RECNX/IMG_0001.JPG", "K12/100RECNX/IMG_0002.JPG", "K13/100RECNX/IMG_0001.JPG", "start.jpg"]


def test_relative_absolute_and_windows_paths_are_found() -> None:
    for start in ("", "./", "/home/me/survey/", "D:\\Survey\\", "\\\\server\\share\\"):
        paths = [start + one.replace("/", "\\" if "\\" in start else "/") for one in HERE]
        found = match(paths, HERE)
        assert list(found.photographs.values()) == HERE
        assert (found.share, found.unseen) == (1.0, 0)


def test_paths_below_a_folder_of_the_project() -> None:
    found = match(["100RECNX/IMG_0001.JPG", "100RECNX/IMG_0002.JPG"], HERE)
    assert found.photographs == {"100RECNX/IMG_0002.JPG": HERE[1]}
    assert found.doubtful == ["100RECNX/IMG_0001.JPG"]  # it could be K12's or K13's
    assert match(["100RECNX/IMG_0001.JPG"], HERE, below="k12").photographs == {"100RECNX/IMG_0001.JPG": HERE[0]}
    assert match(["IMG_0001.JPG"], HERE, below="K13").photographs == {"IMG_0001.JPG": HERE[2]}


def test_an_equal_path_wins_over_one_that_ends_alike() -> None:
    here = ["K12/IMG_0001.JPG", "old/K12/IMG_0001.JPG"]
    assert match(["K12/IMG_0001.JPG"], here).photographs == {"K12/IMG_0001.JPG": here[0]}


def test_case_accents_and_unicode_forms_do_not_matter() -> None:
    assert match(["Étang/a.JPG"], ["E\u0301tang/A.jpg"]).share == 1


def test_the_same_name_in_another_folder_is_no_match() -> None:
    found = match(["K99/100RECNX/IMG_0001.JPG"], ["K12/100RECNX/IMG_0001.JPG", "K12/100RECNX/IMG_0002.JPG"])
    assert found.photographs == {}
    assert found.unknown_count == 1
    assert "K99/100RECNX/IMG_0001.JPG" in " ".join(found.sentences())


def test_two_that_claim_one_photograph_are_both_left_out() -> None:
    found = match(["/a/IMG_0001.JPG", "/b/IMG_0001.JPG"], ["IMG_0001.JPG"])
    assert (found.photographs, found.doubtful_count) == ({}, 2)


def test_a_renamed_folder_is_recognised_and_told() -> None:
    names = [f"IMG_{n:04}.JPG" for n in range(20)]
    found = match([f"Survey2023/card1/{one}" for one in names], [f"2023/K12/{one}" for one in names] + ["x.jpg"])
    assert found.share == 1
    assert found.renamed == {"survey2023/card1": "2023/k12"}
    assert "“survey2023/card1” there was taken for “2023/k12” here." in found.sentences()


def test_a_renamed_folder_that_could_be_two_is_not() -> None:
    names = [f"IMG_{n:04}.JPG" for n in range(20)]
    here = [f"{place}/{one}" for place in ("K12", "K13") for one in names]
    assert match([f"card1/{one}" for one in names], here).photographs == {}
    both = [f"{card}/{one}" for card in ("card1", "card2") for one in names]
    assert match(both, [f"K12/{one}" for one in names]).photographs == {}


def test_a_file_that_is_gone_does_not_become_its_namesake_of_another_card() -> None:
    here = [f"2023/{card}/IMG_{n}.JPG" for card, most in (("c1", 5), ("c2", 60)) for n in range(most)]
    theirs = [f"s/{card}/IMG_{n}.JPG" for card, most in (("c1", 6), ("c2", 60)) for n in range(most)]
    found = match(theirs, here)
    assert found.unknown == ["s/c1/IMG_5.JPG"]
    assert all(ours == f"2023/{one[2:]}" for one, ours in found.photographs.items())
    assert len(found.photographs) == 65


def test_nothing_at_all() -> None:
    found = match([], [])
    assert (found.share, found.sentences()) == (0.0, ["0 of 0 pictures (0%) were found among your photographs."])
    assert match(["", "/"], HERE).unknown_count == 2


NAMES = st.sampled_from(["a", "b", "IMG_1.JPG", "IMG_2.JPG"])


@given(
    st.lists(st.lists(NAMES, min_size=1, max_size=3).map("/".join), unique=True, max_size=12),
    st.sampled_from(["", "/x/y/", "C:\\z\\"]),
)
def test_a_moved_copy_is_never_matched_wrongly(listing: list[str], start: str) -> None:
    found = match([start + one for one in listing], listing)
    for theirs, ours in found.photographs.items():
        assert theirs == start + ours
    if not start:
        assert found.share == (1.0 if listing else 0.0)
    assert len(found.photographs) + found.unknown_count + found.doubtful_count == found.of
