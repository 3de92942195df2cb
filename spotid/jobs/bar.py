"""Run a job from a terminal, with a progress bar for each stage."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from spotid.errors import JobError
from spotid.jobs.runner import Jobs
from spotid.project.folder import Project
from spotid.words import JobState


def work(project: Project, kind: str, **what: Any) -> dict[str, Any]:
    """Run a job to its end and give its result; Ctrl+C stops it after the batch in hand.

    Raises JobError when it fails or is stopped.
    """
    jobs = Jobs()
    job = jobs.start(project, kind, **what)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
            tasks: dict[str, Any] = {}
            said: list[str] = []
            while True:
                ended = job.wait(0.3)
                told = job.describe()
                words = told["notes"] + ([f"{told['sentence']} {told['advice']}"] if told["state"] == "paused" else [])
                for sentence in words:
                    if sentence not in said:
                        console.print(sentence)
                said = words
                for stage in told["stages"]:
                    if stage["state"] == "waiting":
                        continue
                    if stage["name"] not in tasks:
                        tasks[stage["name"]] = bars.add_task(stage["sentence"], total=None)
                        if not console.is_terminal:
                            console.print(f"{stage['sentence']} …")
                    bars.update(tasks[stage["name"]], completed=stage["done"], total=stage["total"] or None)
                if ended:
                    break
    except KeyboardInterrupt:
        job.cancel()
        job.wait(60)
    finally:
        jobs.stop_all()
    if job.state is not JobState.DONE:
        raise JobError(job.sentence or job.state.sentence, job.advice or "Start it again to go on from here.")
    return job.result
