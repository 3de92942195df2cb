"""The worker's side of the talk with its parent."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from spotid.jobs import events
from spotid.jobs.events import Reporter
from spotid.progress import Cancelled
from spotid.words import Stage

HANGING = """
import sys, time
from spotid.jobs import events
events.ORPHAN_SECONDS, events.HEARTBEAT_SECONDS = 0.3, 0.1
reporter = events.Reporter(sys.stdout)
reporter.listen()
reporter.step()
time.sleep(60)
"""


def test_a_worker_that_hangs_does_not_outlive_its_parent() -> None:
    worker = subprocess.Popen([sys.executable, "-c", HANGING], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdout is not None and worker.stdin is not None
    beats = [json.loads(worker.stdout.readline()) for _ in range(4)]
    alive = [one for one in beats if one["event"] == "alive"]
    assert alive and all(one["steps"] == 1 for one in alive), "beats go on, steps do not"
    worker.stdin.close()
    assert worker.wait(20) == events.ORPHAN_CODE


def test_stop_comes_at_the_next_step_and_nobody_listening_is_a_stop() -> None:
    reporter = Reporter(io.StringIO())
    reporter.begin(Stage.READ)
    reporter.step()
    reporter.end()
    with pytest.raises(Cancelled):
        reporter.step()

    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    reporter = Reporter(Gone())
    with pytest.raises(Cancelled):
        reporter.begin(Stage.READ)
        reporter.step()


def test_a_pause_ends_with_a_stop() -> None:
    said = io.StringIO()
    reporter = Reporter(said)
    reporter.end()
    with pytest.raises(Cancelled):
        reporter.wait_for_room("The disk is full.", failed=True)
    assert json.loads(said.getvalue().splitlines()[0])["event"] == "paused"
