"""The bill of materials: what is in the bundle, what only built it, and the weight files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from release import sbom
from spotid import __version__

NOTE = {
    "name": "stand-in",
    "licence": "Apache-2.0",
    "cite": "Nobody.",
    "sha256": "ab" * 32,
    "url": "https://example.org/f",
    "source": "https://example.org/",
}


CARRIED = [
    {"name": "Flask", "version": "3.1.3", "licence": "BSD-3-Clause"},
    {"name": "pillow_heif", "version": "1.8.1", "licence": "BSD-3-Clause"},
    {"name": "SpotID", "version": "1", "licence": "AGPL-3.0-or-later"},
    {"name": "FFmpeg (in OpenCV)", "version": "", "licence": "LGPL-2.1-or-later"},
]


def bare() -> dict[str, Any]:
    names = ("flask", "pillow-heif", "PyInstaller", "pip")
    return {"metadata": {"component": {"name": "spotid"}}, "components": [{"name": name} for name in names]}


def test_what_the_bundle_does_not_carry_is_set_apart() -> None:
    bill = sbom.complete(bare(), "core", CARRIED, [])
    assert {one["name"] for one in bill["components"] if one.get("scope") == "excluded"} == {"PyInstaller", "pip"}
    main = bill["metadata"]["component"]
    assert (main["name"], main["version"]) == ("SpotID", __version__)
    assert main["properties"] == [{"name": "spotid:flavour", "value": "core"}]


def test_what_is_no_package_is_added() -> None:
    added = sbom.complete(bare(), "core", CARRIED, [])["components"][4:]
    assert [(one["name"], "version" in one) for one in added] == [("FFmpeg (in OpenCV)", False)]
    assert added[0]["licenses"] == [{"license": {"name": "LGPL-2.1-or-later"}}]


def test_weights_are_models_with_their_sums() -> None:
    for licence, expected in (("Apache-2.0", {"id": "Apache-2.0"}), ("LicenseRef-x", {"name": "LicenseRef-x"})):
        model = sbom.complete(bare(), "full", [], [{**NOTE, "licence": licence}])["components"][-1]
        assert model["type"] == "machine-learning-model"
        assert model["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
        assert model["licenses"] == [{"license": expected}]


def test_the_whole_bill_follows_its_schema(tmp_path: Path) -> None:
    pytest.importorskip("cyclonedx_py", reason="belongs to release/requirements.txt")
    (tmp_path / "weights.json").write_text(json.dumps({"weights": [NOTE]}))
    licences = tmp_path / "SpotID" / "_internal" / "licences"
    licences.mkdir(parents=True)
    (licences / "licences.json").write_text(json.dumps(CARRIED))
    (tmp_path / "venv").symlink_to(sys.prefix)
    line = ["--work", str(tmp_path), "--flavour", "full", "--out", str(tmp_path), "--weights", str(tmp_path)]
    assert sbom.main(line) == 0
    bill = json.loads(next(tmp_path.glob("SpotID-*-full.cdx.json")).read_text(encoding="utf-8"))
    assert {"stand-in", "FFmpeg (in OpenCV)", "SpotID"} <= {
        one["name"] for one in [*bill["components"], bill["metadata"]["component"]]
    }
