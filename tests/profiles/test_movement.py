"""How animals move, as a profile says."""

from __future__ import annotations

from pathlib import Path

import pytest

from spotid import profiles
from spotid.errors import BadRequestError
from spotid.project.whereabouts import Limits

LEOPARD = (profiles.FOLDER / "leopard.toml").read_text("utf-8")


def test_leopards_move_as_projects_assume_before_their_first_run() -> None:
    profile = profiles.load_profile()
    assert Limits(profile.speed_kmh, profile.range_km) == Limits()


def test_a_profile_without_the_table_moves_like_leopards(tmp_path: Path) -> None:
    before, _, after = LEOPARD.partition("[movement]")
    (tmp_path / "genet.toml").write_text(f"{before}[flanks]{after.partition('[flanks]')[2]}", "utf-8")
    assert profiles.load_profile("genet", tmp_path).range_km == profiles.load_profile().range_km


@pytest.mark.parametrize("told", ["range_km = 0.0", "range_km = -1.0", "range_km = nan", 'range_km = "far"'])
def test_a_range_that_is_none_is_told(tmp_path: Path, told: str) -> None:
    (tmp_path / "genet.toml").write_text(LEOPARD.replace("range_km = 3.0", told), "utf-8")
    with pytest.raises(BadRequestError, match="genet can't be read"):
        profiles.load_profile("genet", tmp_path)
