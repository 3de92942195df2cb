"""Progress of a measurement in a terminal: one bar for each part, with the time that is left."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self


class Bars:
    """A ``Progress`` that shows a bar for what is at work, and nothing where there is no terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bars: Any = Progress(*columns, console=console, disable=not console.is_terminal)
        self._task: Any = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._bars.stop()

    def expect(self, total: int) -> None:
        """A new part begins, with so many steps."""
        self._task = self._bars.add_task("Measuring", total=total)

    def step(self, count: int = 1, note: str = "") -> None:
        """So many steps are done; ``note`` says what is at work from now on."""
        if self._task is None:
            self.expect(0)
        self._bars.update(self._task, advance=count, **({"description": note} if note else {}))
