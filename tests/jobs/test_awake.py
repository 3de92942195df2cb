"""The clock that stands still in sleep, and the watchdog by it."""

from __future__ import annotations

import pytest

from spotid.jobs.awake import AwakeClock, Watchdog


class Fake:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def pass_by(fake: Fake, clock: AwakeClock, seconds: float) -> None:
    """Time goes by while somebody looks every second."""
    for _ in range(int(seconds)):
        fake.at += 1.0
        clock()


def test_a_sleep_hardly_counts() -> None:
    fake = Fake()
    clock = AwakeClock(fake)
    pass_by(fake, clock, 60)
    assert clock() == pytest.approx(60)
    fake.at += 8 * 3600  # the lid was closed
    assert clock() == pytest.approx(60, abs=6)
    fake.at -= 500  # a clock that was set back
    assert clock() == pytest.approx(60, abs=6)
    pass_by(fake, clock, 30)
    assert clock() == pytest.approx(90, abs=6)


def test_no_step_for_too_long_is_stuck_but_a_beat_is_no_step() -> None:
    fake = Fake()
    clock = AwakeClock(fake)
    dog = Watchdog(10, clock)
    dog.started()
    dog.beat(5)
    pass_by(fake, clock, 590)
    dog.beat(5)
    assert not dog.stuck(1)
    pass_by(fake, clock, 20)
    dog.beat(5)
    assert dog.stuck(1)
    dog.beat(6)
    assert not dog.stuck(1)


def test_a_sleep_is_not_stuck() -> None:
    fake = Fake()
    clock = AwakeClock(fake)
    dog = Watchdog(10, clock)
    for _ in range(5):
        pass_by(fake, clock, 60)
        fake.at += 10 * 3600
    assert not dog.stuck(1)


def test_batches_and_long_single_steps_have_longer() -> None:
    fake = Fake()
    clock = AwakeClock(fake)
    dog = Watchdog(10, clock)
    pass_by(fake, clock, 700)
    assert dog.stuck(1) and not dog.stuck(200) and not dog.stuck(0)
    pass_by(fake, clock, 6000)
    assert dog.stuck(200) and dog.stuck(0)
