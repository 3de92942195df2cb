"""The stage *flank* in the line of work: after the crop, and switched off by the profile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spotid.errors import BadRequestError
from spotid.jobs.stages import RUN, line_of
from spotid.prepare import flanks
from spotid.profiles import FOLDER, load_profile
from spotid.progress import Silent
from spotid.settings import settings
from spotid.words import Stage


def test_it_comes_after_the_crop_and_before_the_coat() -> None:
    assert RUN.index(Stage.CROP) + 1 == RUN.index(Stage.FLANK) < RUN.index(Stage.EMBED)


def test_a_profile_may_switch_it_off(stock, monkeypatch) -> None:
    asked: list[float] = []
    monkeypatch.setattr(flanks, "tell_flanks", lambda project, progress, padding, scope: asked.append(padding))
    line = line_of(stock.project, settings())
    line.work(Stage.FLANK)(Silent())
    assert asked == [line.profile.padding]
    line.profile = replace(line.profile, flanks_matter=False)
    line.work(Stage.FLANK)(Silent())
    assert len(asked) == 1


def test_the_profile_says_yes_or_no_and_yes_where_it_says_nothing(tmp_path) -> None:
    text = (FOLDER / "leopard.toml").read_text(encoding="utf-8")
    assert load_profile().flanks_matter
    for said, matters in ((text.replace("matter = true", "matter = false"), False), (text.split("[flanks]")[0], True)):
        (tmp_path / "other.toml").write_text(said, encoding="utf-8")
        assert load_profile("other", tmp_path).flanks_matter is matters
    (tmp_path / "other.toml").write_text(text.replace("matter = true", 'matter = "often"'), encoding="utf-8")
    with pytest.raises(BadRequestError):
        load_profile("other", tmp_path)
