"""A classifier that is chosen for a project speaks in its runs, and says what is missing where its file is gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spotid.errors import ModelFileError
from spotid.jobs.stages import line_of
from spotid.progress import Silent
from spotid.project import classified, parts_kept
from spotid.settings import settings
from spotid.weights import keep, shelf
from spotid.words import Stage
from tests.weights.stock import put

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")
LABELS = ["spotted hyaena", "leopard"]


@pytest.fixture
def model(tmp_path: Path) -> str:
    """A TorchScript file that calls an animal a leopard the more, the redder its picture is."""
    network = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 2))
    with torch.no_grad():
        network[2].weight.copy_(torch.tensor([[0.0, 0.0, 0.0], [40.0, 0.0, 0.0]]))
        network[2].bias.copy_(torch.tensor([0.0, -12.5]))
    path = tmp_path / "red.pt"
    torch.jit.script(network).save(str(path))
    own = shelf.folder() / "own"
    own.mkdir(parents=True, exist_ok=True)
    recipe = f"labels = {json.dumps(LABELS)}\nmean = [0, 0, 0]\nstd = [1, 1, 1]\nside = 32\nmay_run_code = true\n"
    text = f'part = "torchscript-classes"\nfile = "red.pt"\n[recipe]\n{recipe}'
    (own / "red-ones.toml").write_text(text, encoding="utf-8")
    put(shelf.model("red-ones").weights[0], path)
    return "red-ones"


def test_a_run_asks_the_chosen_classifier(stock: Any, model: str) -> None:
    project = stock.project
    line = line_of(project, settings({"country": "KEN"}))
    line.work(Stage.SPECIES)(Silent())
    assert project.store.value("SELECT COUNT(*) FROM sighting WHERE species != ''") == 0  # none is chosen
    parts_kept.keep(project.store, line.profile.name, {"classifier": model})
    line_of(project, settings({"country": "ken"})).work(Stage.SPECIES)(Silent())
    rows = project.store.all("SELECT species, species_by, state FROM sighting ORDER BY id")
    assert [row["species"] for row in rows] == ["spotted hyaena"] * 2 + [""] + ["leopard"] * 3
    assert [row["state"] for row in rows] == ["other"] * 2 + ["embedded"] * 4
    assert classified.country(project.store) == "KEN"
    place = keep.place(shelf.model(model).weights[0], shelf.folder())
    place.unlink()
    with pytest.raises(ModelFileError, match="red-ones"):
        line_of(project, settings()).work(Stage.SPECIES)(Silent())
