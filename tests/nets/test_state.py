"""Files of weights: what is read, what is refused, and that every refusal is a sentence with the first wrong keys."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.errors import ModelFileError
from spotid.nets.state import load_strictly, state_dict

torch = pytest.importorskip("torch")
nn = torch.nn


def small(seed: int = 0) -> Any:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))


def saved(path: Path, what: object, **how: Any) -> Path:
    torch.save(what, path, **how)
    return path


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: state,
        lambda state: OrderedDict(state),
        lambda state: {"state_dict": state, "epoch": 3},
        lambda state: {"model": {"module." + key: value for key, value in state.items()}, "optimizer": {"state": {}}},
        lambda state: {"net": {"state_dict": state}},
        lambda state: {"_orig_mod." + key: value for key, value in state.items()},
        lambda state: {"module._orig_mod." + key: value for key, value in state.items()},
        lambda state: {"_orig_mod.module." + key: value for key, value in state.items()},
    ],
)
@pytest.mark.parametrize("old", [False, True])
def test_wrappings_are_taken_off(tmp_path: Path, wrap: Any, old: bool) -> None:
    module, other = small(1), small(2)
    path = saved(tmp_path / "w.pt", wrap(module.state_dict()), _use_new_zipfile_serialization=not old)
    load_strictly(other, state_dict(path), "the small one")
    for key, value in module.state_dict().items():
        assert torch.equal(value, other.state_dict()[key])


def test_safetensors(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    module = small()
    path = tmp_path / "w.safetensors"
    save_file(module.state_dict(), path)
    assert set(state_dict(path)) == set(module.state_dict())
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ModelFileError, match="can't be read"):
        state_dict(path)


def test_random_states_of_training_are_read_only_where_that_is_asked_for(tmp_path: Path) -> None:
    states = {"numpy_rng_state": np.random.get_state(), "last": np.float64(1e-3)}
    path = saved(tmp_path / "w.pt", {"model": small().state_dict(), "rng_states": states})
    assert len(state_dict(path, numpy_states=True)) == 7
    with pytest.raises(ModelFileError, match="could run code"):
        state_dict(path)


def test_a_file_that_would_run_code_is_never_run(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "harm"),)

    path = saved(tmp_path / "w.pt", {"model": small().state_dict(), "rng_states": Harm()})
    for numbers in (False, True):
        with pytest.raises(ModelFileError, match="could run code"):
            state_dict(path, numpy_states=numbers)
    assert not (tmp_path / "harm").exists()


def test_a_whole_network_as_a_pickle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="could run code"):
        state_dict(saved(tmp_path / "w.pt", small()))


@pytest.mark.parametrize("held", [{"a": 1}, [1, 2], {}, "text", {"state_dict": {"a": "b"}}])
def test_a_file_without_weights_is_refused(tmp_path: Path, held: object) -> None:
    with pytest.raises(ModelFileError, match="holds no weights"):
        state_dict(saved(tmp_path / "w.pt", held))


@given(cut=st.floats(0, 1), noise=st.binary(max_size=40), at=st.floats(0, 1))
@settings(max_examples=25)
def test_damage_is_a_sentence_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, cut: float, noise: bytes, at: float
) -> None:
    buffer = io.BytesIO()
    torch.save({"model": small().state_dict()}, buffer)
    content = bytearray(buffer.getvalue()[: int(len(buffer.getvalue()) * (0.5 + cut / 2))])
    place = int(at * len(content))
    content[place : place + len(noise)] = noise
    path = tmp_path_factory.mktemp("damage") / "w.pt"
    path.write_bytes(bytes(content))
    try:
        load_strictly(small(), state_dict(path), "the small one")
    except ModelFileError as error:
        assert error.sentence.endswith(".") and error.advice and "\n" not in error.sentence


def test_each_kind_of_wrong_key_is_named() -> None:
    state = small().state_dict()
    state["0.w"] = state.pop("0.weight")
    state["0.bias"] = torch.zeros(5)
    with pytest.raises(ModelFileError) as told:
        load_strictly(small(), state, "MiewID")
    for part in ("not the file of MiewID", "1 missing: 0.weight", "1 unknown: 0.w", "0.bias (5 instead of 4)"):
        assert part in told.value.sentence
    many = {f"a.{n}": torch.zeros(1) for n in range(9)}
    with pytest.raises(ModelFileError, match=r"9 unknown: a\.0, a\.1, a\.2, …"):
        load_strictly(small(), many, "MiewID")


def test_only_the_count_of_steps_may_be_missing() -> None:
    state = small().state_dict()
    del state["1.num_batches_tracked"]
    load_strictly(small(), state, "MiewID")
    del state["1.running_mean"]
    with pytest.raises(ModelFileError, match=r"1\.running_mean"):
        load_strictly(small(), state, "MiewID")


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(wrong: float) -> None:
    state, module = small().state_dict(), small(3)
    before = {key: value.clone() for key, value in module.state_dict().items()}
    state["1.running_var"][2] = wrong
    with pytest.raises(ModelFileError, match=r"1\.running_var.*no number"):
        load_strictly(module, state, "MiewID")
    assert all(torch.equal(value, before[key]) for key, value in module.state_dict().items())


def test_half_precision_files_are_read() -> None:
    module = small()
    load_strictly(module, {key: value.half() for key, value in small(4).state_dict().items()}, "MiewID")
    assert module[0].weight.dtype == torch.float32
