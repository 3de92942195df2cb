"""What is shown while packages are installed: one moving line on a terminal, a plain line per package elsewhere."""

from __future__ import annotations

import glob
import os
import re
import threading
import time
from collections.abc import Callable
from typing import TextIO

# "Downloading NAME-1.0-….whl (7.1 MB)", "Processing /path/NAME-1.0-….whl (from …)"; not "….whl.metadata (6 kB)".
FETCH = re.compile(r"^\s*(?:Downloading|Using cached|Processing) (.+?\.whl)(?: \((?:([\d.]+) (\w+)|from .*)\))?\s*$")
UNITS = {"bytes": 1, "kB": 1000, "MB": 1000**2, "GB": 1000**3}
SILENCE = 30.0  # seconds after which a plain log gets a sign of life


class Progress:
    """Follows pip's output line by line.

    ``total`` is the number of packages asked for, ``downloads`` the folder that pip unpacks into, ``site`` the folder
    that packages are put into; the sizes on disk tell how far a long download or unpacking is.
    """

    def __init__(
        self,
        stream: TextIO | None,
        total: int,
        downloads: str,
        site: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stream, self.total, self.downloads, self.site, self.clock = stream, max(total, 1), downloads, site, clock
        self.terminal = bool(stream is not None and stream.isatty())
        self.started = self.spoke = clock()
        self.kept = self.collected = self.fetched = self.placing = self.before = self.size = 0
        self.package = ""
        self.ended = threading.Event()
        self.ticker = threading.Thread(target=self.tick_until_end, daemon=True)

    def __enter__(self) -> Progress:
        self.ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.ticker.join()
        if self.terminal:
            self.write("\r" + " " * 78 + "\r")

    def line(self, text: str) -> None:
        """Take in one line that pip printed."""
        if text.startswith("Requirement already satisfied"):
            self.kept += 1
        elif text.startswith("Collecting "):
            self.collected += 1
        elif text.startswith("Installing collected packages:"):
            self.placing, self.before = text.count(",") + 1, self.placed()
            self.show()
        else:
            fetch = FETCH.match(text)
            if fetch is None:
                return
            self.fetched += 1
            wheel, number, unit = fetch.groups()
            self.package = " ".join(re.split(r"[/\\]", wheel)[-1].split("-")[:2])
            self.size = int(float(number) * UNITS.get(unit, 1)) if number else 0
            self.show()

    def state(self) -> str:
        """One line that says how far the set-up is."""
        if self.placing:
            done = min(self.placed() - self.before, self.placing)
            text = f"putting packages in place: {done} of {self.placing}"
            share = 0.7 + 0.3 * done / self.placing
        elif self.fetched:
            count = max(self.total - self.kept, self.collected, self.fetched)
            text = f"{self.fetched} of {count}  {self.package}"
            arrived = 0
            if self.size > 5_000_000:
                arrived = self.arrived()
                text += (
                    f"  {arrived / 1e6:.0f} of {self.size / 1e6:.0f} MB" if arrived else f"  {self.size / 1e6:.0f} MB"
                )
            share = 0.1 + 0.6 * (self.fetched - 1 + (arrived / self.size if arrived else 0)) / count
        else:
            text = "looking for the packages"
            share = 0.1 * min((self.collected + self.kept) / self.total, 1)
        elapsed = int(self.clock() - self.started)
        bar = "#" * round(20 * share)
        return f"  [{bar:<20}] {elapsed // 60}:{elapsed % 60:02d}  {text}"

    def placed(self) -> int:
        """How many packages are in place by now."""
        return len(glob.glob(os.path.join(glob.escape(self.site), "*.dist-info", "RECORD")))

    def arrived(self) -> int:
        """Bytes of the file that is being fetched that are on disk by now."""
        files = glob.glob(os.path.join(glob.escape(self.downloads), "pip-unpack-*", "*.whl"))
        try:
            return min(os.path.getsize(max(files, key=os.path.getmtime)), self.size) if files else 0
        except OSError:
            return 0  # pip has moved it meanwhile

    def tick_until_end(self) -> None:
        """Keep the line moving between pip's own lines."""
        while not self.ended.wait(0.25):
            if self.terminal or self.clock() - self.spoke > SILENCE:
                self.show()

    def show(self) -> None:
        """Write the state: over the old one on a terminal, as a new line elsewhere."""
        self.spoke = self.clock()
        state = self.state()
        self.write(f"\r{state[:78]:<78}" if self.terminal else state + "\n")

    def write(self, text: str) -> None:
        """Write to the stream, if there is one that still takes it."""
        if self.stream is not None:
            try:
                self.stream.write(text)
                self.stream.flush()
            except (OSError, ValueError):
                self.stream = None  # the window that was reading has gone; the set-up goes on
