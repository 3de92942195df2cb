"""Put a backup back, or build a project anew, and leave nothing behind that does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spotid.jobs.doctor import Finding, examine
from spotid.project import rebuild as building
from spotid.project import restore as restoring
from spotid.project.folder import open_project
from spotid.project.rebuild import Rebuilt
from spotid.project.restore import Restored


@dataclass(frozen=True, slots=True)
class PutBack:
    """What a restore did, and what had to be made to fit afterwards."""

    restored: Restored
    findings: list[Finding]

    @property
    def sentences(self) -> list[str]:
        """For people: what there is now, and where everything else is."""
        done = self.restored
        told = [f"The backup {done.backup.name} is in place, with {done.answers:,} answers."]
        if done.brought:
            told.append(f"{done.brought:,} answers that could still be read in the damaged file were added to it.")
        if done.lost:
            tables = " and ".join(f"“{path.name}”" for path in done.tables)
            told.append(f"{done.lost:,} answers given after that backup are not in it; they are written in {tables}.")
        if done.kept is not None:
            told.append(f"What was there before is kept as “{done.kept.name}”.")
        mended = sum(finding.repaired for finding in self.findings)
        if mended:
            told.append("Vectors and look-alikes were made to fit; a run makes anew what is missing.")
        return told


def put_back(folder: Path, source: Path | None = None) -> PutBack:
    """Restore, then mend what is derived from answers and sightings. Raises as ``restore`` does."""
    done = restoring.restore(folder, source)
    return PutBack(done, _mended(folder))


def build_anew(folder: Path, target: Path | None = None, originals: Path | None = None) -> Rebuilt:
    """Rebuild, then mend likewise. Raises as ``rebuild`` does."""
    made = building.rebuild(folder, target, originals)
    if made.answers_from is not None:
        _mended(made.folder)
    return made


def _mended(folder: Path) -> list[Finding]:
    project = open_project(folder)
    try:
        return list(examine(project, repair=True, pictures=False))
    finally:
        project.close()


def told(made: Rebuilt) -> list[str]:
    """A rebuild in sentences."""
    said = [f"{made.sightings:,} sightings of {made.files:,} files are in the project “{made.folder}”."]
    if made.answers_from is not None:
        said.append(f"Its answers come from the backup {made.answers_from.name}.")
    else:
        said.append("Answers of people are not kept among embeddings; the review begins anew.")
    if made.with_original < made.files:
        missing = made.files - made.with_original
        said.append(f"The originals of {missing:,} files were not found: their pictures can't be shown, vectors work.")
    return said + made.left_out
