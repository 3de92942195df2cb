"""The device: chosen once, told in a sentence, and never a card that counts wrongly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spotid.nets import device as chosen
from spotid.nets.device import VARIABLE, Device, cores


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(VARIABLE, raising=False)
    chosen.device.cache_clear()
    yield
    chosen.device.cache_clear()


def test_threads_obey_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert cores() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "200")
    assert cores() == chosen.MOST_THREADS
    for odd in ("0", "", "many"):
        monkeypatch.setenv("OMP_NUM_THREADS", odd)
        assert 1 <= cores() <= chosen.MOST_THREADS


def test_without_torch_it_is_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "find_spec", lambda name: None)
    found = chosen.device()
    assert found.kind == "cpu" and not found.half and "not installed" in found.told
    with found.counting():
        pass


def test_the_processor_counts_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.setenv(VARIABLE, "cpu")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert chosen.device() == Device("cpu", False, 1, "Networks run on the processor, with one thread.")
    assert torch.get_num_threads() == 1 and chosen.device() is chosen.device()


def test_a_card_that_is_asked_for_and_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr(chosen, "_present", lambda kind: False)
    monkeypatch.setenv(VARIABLE, "cuda")
    found = chosen.device()
    assert found.kind == "cpu" and "asks for cuda (SPOTID_DEVICE), which is not there" in found.told


def test_a_card_that_fails_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr(chosen, "_present", lambda kind: kind == "cuda")
    monkeypatch.setattr(chosen, "_trouble", lambda kind: "no kernel image is available")
    found = chosen.device()
    assert found.kind == "cpu" and found.told.endswith("The graphics card can't be used: no kernel image is available.")


@pytest.mark.parametrize(("capability", "half"), [((6, 1), False), ((7, 5), True), ((9, 0), True)])
def test_old_cards_count_in_full(monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], half: bool) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(chosen, "_present", lambda kind: kind == "cuda")
    monkeypatch.setattr(chosen, "_trouble", lambda kind: "")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "GTX")
    found = chosen.device()
    assert (found.kind, found.half, "half" in found.told) == ("cuda", half, half) and "GTX" in found.told


def test_no_card_here_is_a_reason_not_a_crash() -> None:
    pytest.importorskip("torch")
    if not chosen._present("cuda"):
        assert chosen._trouble("cuda")
