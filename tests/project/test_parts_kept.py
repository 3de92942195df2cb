"""What a project remembers of its parts and profiles."""

from __future__ import annotations

import pytest

from spotid.project import notes, parts_kept
from spotid.project.folder import Project


def test_profiles_are_kept_in_order_the_own_one_first(project: Project) -> None:
    store = project.store
    assert parts_kept.profiles(store) == ["leopard"]
    parts_kept.keep_profiles(store, ["hyena", "leopard", "hyena"])
    assert parts_kept.profiles(store) == ["hyena", "leopard"]
    parts_kept.keep_profiles(store, ["tiger"])
    assert parts_kept.profiles(store) == ["tiger"]


def test_a_project_from_before_there_were_several_has_its_one(project: Project) -> None:
    notes.put(project.store, "profile", "genet")
    assert parts_kept.profiles(project.store) == ["genet"]


def test_each_profile_has_parts_of_its_own_and_roles_not_named_stay(project: Project) -> None:
    store = project.store
    parts_kept.keep(store, "leopard", {"encoder": "a", "matcher": "b"})
    parts_kept.keep(store, "hyena", {"encoder": "c"})
    parts_kept.keep(store, "leopard", {"encoder": "d"})
    assert parts_kept.kept(store, "leopard") == {"encoder": "d", "matcher": "b"}
    assert parts_kept.kept(store, "hyena") == {"encoder": "c"} and parts_kept.kept(store, "bear") == {}
    with pytest.raises(ValueError, match="nose"):
        parts_kept.keep(store, "leopard", {"nose": "x"})


def test_a_project_has_begun_with_its_first_search_or_description(project: Project, stock) -> None:  # type: ignore[no-untyped-def]
    assert parts_kept.begun(stock.project.store)
    with stock.project.store.write() as connection:
        connection.execute("UPDATE media SET state = 'read'")
    assert not parts_kept.begun(stock.project.store)
