"""Kill SpotID again and again while it runs, is reviewed and exports, and look whether anything was lost.

    python benchmarks/kills.py --kills 500 --seed 1 --json kills.json

Each project is worked on by one life of the real program after the other, until its run is complete; then it is
compared with a project that nobody disturbed. Worker, server or both are killed without warning (SIGKILL), stopped and
continued for a while, at random times and before the n-th write of a process (see ``inject/sitecustomize.py``). Ends
with 1 at the first loss; the project is kept then. For Linux and macOS.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from killable import Gone, Program, Refused
from lives import Lives, Loss
from losses import Made, accused, differences, losses, made, wrong_copies
from reviewing import Record

ROOT = Path(__file__).resolve().parent.parent
LIVES = (  # of a project whose run is not complete, and how often each
    ("worker", 5),
    ("server", 3),
    ("both", 4),
    ("start", 1),
    ("frozen", 1),
    ("worker write", 6),
    ("server write", 3),
)
MOST_LIVES = 9  # then the run may come to its end
AFTERWARDS = ("answer", "export", "export", "server write", "answer")  # once it is


class Harness(Lives):
    """One session of killing."""

    def __init__(self, work: Path, seed: int, goal: int, end: float) -> None:
        super().__init__(work, seed)
        self.goal, self.end = goal, end
        self.references: dict[str, Made] = {}

    @property
    def over(self) -> bool:
        """Whether it has been enough."""
        return sum(self.kills.values()) >= self.goal or time.monotonic() > self.end

    # --- undisturbed -------------------------------------------------------------------------------------------------

    def prepare(self, few: int) -> None:
        """Photographs, a project that is half done, and what comes out of it where nobody disturbs."""
        stations = sorted(path for path in (ROOT / "sample_data").iterdir() if path.name.startswith("ST"))
        chosen = [picture for station in stations for picture in sorted(station.rglob("*.JPG"))[:few]]
        chosen += [p for p in (ROOT / "sample_data").rglob("*.JPG") if p.stat().st_size < 20_000 and p not in chosen]
        for picture in chosen[::2]:
            self._card(picture)
        self._undisturbed(self.work / "half")
        for picture in chosen[1::2]:
            self._card(picture)
        self.reference("reference half")

    def reference(self, name: str) -> Made:
        """What an undisturbed run makes, of the project that is half done or of none; made when first asked for."""
        if name not in self.references:
            began = time.monotonic()
            if name.endswith("half"):
                shutil.copytree(self.work / "half", self.work / name)
            self.references[name] = self._undisturbed(self.work / name)
            self.pace = time.monotonic() - began
            print(f"{name}: {len(self.references[name].vectors)} sightings in {self.pace:.1f} s", flush=True)
        return self.references[name]

    def _card(self, picture: Path) -> None:
        target = self.originals / picture.relative_to(ROOT / "sample_data")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(picture, target)

    def _undisturbed(self, folder: Path) -> Made:
        program = Program(self.work / "home", self.work / "program.log")
        try:
            program.greet()
            project = self.begin(program, folder)
            self.until_done(program, project)
        finally:
            program.close()
        return self._read(folder)

    def _read(self, folder: Path) -> Made:
        from spotid.project.folder import open_project

        project = open_project(folder, shared=True)
        try:
            return made(project)
        finally:
            project.close()

    # --- a project ---------------------------------------------------------------------------------------------------

    def project(self, number: int) -> None:
        """Kill one project's runs until one is complete, then its answers and exports; compare."""
        folder = self.work / f"project {number}"
        name = "reference" if number % 2 else "reference half"
        if not number % 2:  # with something to review from the beginning
            shutil.copytree(self.work / "half", folder)
        record = Record(self.work / f"answers {number}.jsonl")
        kinds, weights = zip(*LIVES, strict=True)
        plan: list[str] = list(AFTERWARDS)
        aside: set[str] = set()
        lives = 0
        while not self.over and plan:
            lives += 1
            kind = self.dice.choices(kinds, weights)[0] if lives <= MOST_LIVES else "whole"
            done = self.life(folder, record, kind)
            self._check(folder, record)
            aside |= self._try_again(folder)
            while done and plan and not self.over:
                self.life(folder, record, plan.pop())
                self._check(folder, record)
        if not (folder / "project.json").is_file():
            return
        self._finish(folder, record, name, aside | self._try_again(folder))
        self.counts["answers kept"] += len(record.acknowledged)
        record.close()
        for path in (folder, Path(f"{folder} exported")):
            shutil.rmtree(path, ignore_errors=True)

    def _try_again(self, folder: Path) -> set[str]:
        """Acquit the files that workers were killed with, and bring back those that were put aside for it.

        To the program a kill from outside looks like any death. Gives those that were put aside.
        """
        if not (folder / "project.json").is_file():  # killed while it was being made: no run has begun
            return set()
        from spotid.project import crashes
        from spotid.project.folder import open_project

        found = accused(folder)
        if found:
            project = open_project(folder, shared=True)
            for uid in found:
                crashes.try_again(project.store, uid)
            project.close()
        aside = {uid for uid, times in found.items() if times >= crashes.FATAL}
        self.counts["worked on alone after a death"] += len(found) - len(aside)
        self.counts["put aside and tried again"] += len(aside)
        return aside

    def _check(self, folder: Path, record: Record, *, complete: bool = False) -> None:
        if (folder / "project.json").is_file():
            self._lost(folder, losses(folder, record.acknowledged, record.sent, complete=complete))

    def _finish(self, folder: Path, record: Record, name: str, aside: set[str]) -> None:
        """An undisturbed end: what came out must be what comes out of a run that nobody disturbed."""
        program = Program(self.work / "home", self.work / "program.log")
        try:
            program.greet()
            project = self.begin(program, folder)
            self.until_done(program, project)
            program.ask(f"/api/project/{project}/export", {"folder": f"{folder} exported"})
            self.until_done(program, project)
        except (Gone, Refused) as error:
            raise Loss(f"the last, undisturbed life failed: {error!r}") from None
        finally:
            program.close()
        self._check(folder, record, complete=True)
        self._lost(folder, wrong_copies(folder, Path(f"{folder} exported")))
        self.counts["projects"] += 1
        if aside:  # what was searched without them in view may differ
            self.counts["projects with files put aside: compared in part"] += 1
        else:
            self._lost(folder, differences(self.reference(name), self._read(folder)))

    def _lost(self, folder: Path, wrong: list[str]) -> None:
        if wrong:
            raise Loss(f"{folder}\n  " + "\n  ".join(wrong[:20]))


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500, help="stop after so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so long in any case")
    parser.add_argument("--pictures", type=int, default=3, help="of each of the six stations")
    parser.add_argument("--json", type=Path, help="write the figures there")
    chosen = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="spotid-kills-"))
    os.environ["SPOTID_HOME"] = str(work / "home")
    harness = Harness(work, chosen.seed, chosen.kills, time.monotonic() + 60 * chosen.minutes)
    began, lost, number = time.monotonic(), "", 0
    try:
        harness.prepare(chosen.pictures)
        began = time.monotonic()
        while not harness.over:
            harness.project(number)
            number += 1
            seconds = time.monotonic() - began
            print(f"{sum(harness.kills.values())} kills, {number} projects, {seconds / 60:.1f} minutes", flush=True)
    except Loss as error:
        lost = str(error)
    seconds = time.monotonic() - began
    figures = {
        "seed": chosen.seed,
        "kills": sum(harness.kills.values()),
        "minutes": round(seconds / 60, 1),
        "by kind": dict(sorted(harness.kills.items())),
        "writes struck": dict(sorted(harness.sites.items())),
        "counts": dict(sorted(harness.counts.items())),
        "loss": lost,
    }
    for name in ("by kind", "counts", "writes struck"):
        print(f"\n{name}")
        for label, count in figures[name].items():  # type: ignore[attr-defined]
            print(f"  {count:>6}  {label}")
    print(
        f"\n{figures['kills']} kills in {figures['minutes']} minutes; " + (f"LOST: {lost}" if lost else "nothing lost.")
    )
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    if lost:
        print(f"Everything is kept in {work}")
        return 1
    shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
