"""Parts are found by name, profiles name parts that exist, and looking them up loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spotid.embed import registry as embed
from spotid.errors import BadRequestError, NotFoundError
from spotid.match import registry as match
from spotid.prepare import registry as prepare
from spotid.profiles import FOLDER, load_profile, profile_names


def test_every_profile_names_parts_that_exist() -> None:
    assert "leopard" in profile_names()
    for name in profile_names():
        profile = load_profile(name)
        assert prepare.detector(profile.detector).name == profile.detector
        assert prepare.cutter(profile.cutout).name == profile.cutout
        assert embed.encoder(profile.encoder).name == profile.encoder
        assert match.matcher(profile.matcher).name == profile.matcher


def test_identities_are_short_and_steady() -> None:
    for make in (prepare.detector, prepare.cutter, embed.encoder, match.matcher):
        name = {
            "detector": "station-background",
            "cutter": "grabcut",
            "encoder": "coat-vlad",
            "matcher": "coat-points",
        }[make.__name__]
        assert make(name).identity() == make(name).identity() and 8 <= len(make(name).identity()) <= 16


def test_unknown_names_say_what_there_is() -> None:
    for make in (prepare.detector, prepare.cutter, embed.encoder, match.matcher, load_profile):
        with pytest.raises(NotFoundError) as refused:
            make("moon")
        assert "moon" in refused.value.sentence and refused.value.advice


def test_bad_profiles_are_refused_with_a_sentence(tmp_path: Path) -> None:
    text = (FOLDER / "leopard.toml").read_text(encoding="utf-8")
    for bad in ("title = ", text.replace("[parts]", "[party]"), text.replace("shortlist = 12", "shortlist = 0")):
        (tmp_path / "bad.toml").write_text(bad, encoding="utf-8")
        with pytest.raises(BadRequestError):
            load_profile("bad", tmp_path)


def test_looking_up_parts_loads_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "from spotid.prepare.registry import detector, cutter\nfrom spotid.embed.registry import encoder\n"
        "from spotid.match.registry import matcher\nfrom spotid.profiles import load_profile\n"
        "p = load_profile()\ndetector(p.detector), cutter(p.cutout), matcher(p.matcher)\n"
        "encoder(p.encoder).identity()\n"
        "assert not {'cv2', 'faiss', 'torch'} & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=FOLDER.parent.parent, timeout=30)
