"""Names of files that are no text are kept as text and found again."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.errors import ProjectError
from spotid.project import media
from spotid.project.filenames import kept, on_disk, shown
from spotid.project.folder import create_project


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no names of bytes")
@given(st.binary(max_size=60))
def test_any_bytes_come_back(name: bytes) -> None:
    text = name.decode("utf-8", "surrogateescape")
    kept(text).encode("utf-8")
    assert on_disk(kept(text)) == text


@given(st.text(max_size=40))
def test_text_comes_back(name: str) -> None:
    assert on_disk(kept(name)) == name


@given(st.text(st.characters(exclude_categories=("Cs", "Co")), max_size=40))
def test_usual_names_are_kept_as_they_are(name: str) -> None:
    assert kept(name) == name


def test_what_is_shown_has_one_line_and_one_direction() -> None:
    assert shown("a\nb\u202egpj\x07.jpg") == "a\ufffdb\ufffdgpj\ufffd.jpg"
    assert shown("léopard 豹 🐆.jpg") == "léopard 豹 🐆.jpg"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no names of bytes")
def test_a_project_is_not_made_where_its_own_name_can_not_be_written(tmp_path) -> None:
    with pytest.raises(ProjectError, match="can't be written down") as caught:
        create_project(tmp_path / "pro\udcffject")
    assert "another name" in caught.value.advice
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no names of bytes")
def test_photographs_may_lie_in_a_folder_of_any_name(project, tmp_path, picture) -> None:
    folder = tmp_path / "ca\udcffrds"
    folder.mkdir()
    (folder / "a\udce9.jpg").write_bytes(picture())
    media.root_id(project.store, folder)
    assert media.roots(project.store) == {1: folder}
    media.add_found(project.store, 1, [media.Found(kept("a\udce9.jpg"), 1, 1)])
    assert media.source_path(project.store, 1).read_bytes() == picture()
