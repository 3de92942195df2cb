"""The line of work, stage by stage. Each asks the store what is missing, so a stopped run goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spotid import profiles
from spotid.profiles.names import Names
from spotid.progress import Progress
from spotid.project import notes, shards, species
from spotid.project.folder import Project
from spotid.words import Stage

PROFILE = "profile"

RUN = (
    Stage.SCAN,
    Stage.CLIPS,
    Stage.READ,
    Stage.STRIPS,
    Stage.DETECT,
    Stage.SPECIES,
    Stage.FOLLOW,
    Stage.CROP,
    Stage.FLANK,
    Stage.EMBED,
    Stage.NEIGHBOURS,
    Stage.POINTS,
)


@dataclass
class Line:
    """One run's project, settings and parts."""

    project: Project
    settings: dict[str, Any]
    profile: profiles.Profile

    @property
    def names(self) -> Names:
        """Which species individuals are told apart of, as the profile and the people of this project say."""
        return Names(self.profile.species, species.words(self.project.store))

    def work(self, stage: Stage) -> Callable[[Progress], None]:
        """What is done at a stage. Heavy libraries are imported here, in the worker, and nowhere before."""
        project, settings = self.project, self.settings
        if stage is Stage.SCAN:
            from spotid.intake.collect import scan_roots
            from spotid.intake.source import unpack_pending

            def scan(progress: Progress) -> None:
                unpack_pending(project, progress, settings["unpack_mb"])
                scan_roots(project, progress)

            return scan
        if stage is Stage.CLIPS:
            from spotid.intake.clips import take_stills

            return lambda progress: take_stills(project, settings, progress)
        if stage is Stage.READ:
            from spotid.intake.collect import read_pending

            return lambda progress: read_pending(project, settings, progress)
        if stage is Stage.STRIPS:
            from spotid.intake.strips_read import read_strips

            return lambda progress: read_strips(project, settings, progress)
        if stage is Stage.DETECT:
            from spotid.prepare import registry
            from spotid.prepare.find import find_animals

            return lambda progress: find_animals(project, registry.detector(self.profile.detector), settings, progress)
        if stage is Stage.SPECIES:
            from spotid.prepare.species_stage import sort_out

            return lambda progress: sort_out(project, self.names.ours, progress)
        if stage is Stage.FOLLOW:
            from spotid.review.following import follow_collections

            return lambda progress: follow_collections(project, progress)
        if stage is Stage.CROP:
            from spotid.prepare import registry
            from spotid.prepare.crop import crop_pending

            return lambda progress: crop_pending(
                project, registry.cutter(self.profile.cutout), self.profile.padding, settings, progress
            )
        if stage is Stage.FLANK:
            from spotid.prepare.flanks import tell_flanks

            matter, padding = self.profile.flanks_matter, self.profile.padding
            return lambda progress: tell_flanks(project, progress, padding) if matter else progress.expect(0)
        from spotid.embed import registry as encoders

        encoder = encoders.encoder(self.profile.encoder)
        if stage is Stage.EMBED:
            from spotid.embed.encode import encode_pending

            return lambda progress: encode_pending(project, encoder, settings, progress)
        row = shards.encoder_row(project.store, encoder.identity(), encoder.name, encoder.dim)
        if stage is Stage.NEIGHBOURS:
            from spotid.match.lists import list_lookalikes

            return lambda progress: list_lookalikes(project, row, settings, progress)
        from spotid.match import registry as matchers
        from spotid.match.checks import check_lookalikes

        matcher = matchers.matcher(self.profile.matcher)
        shortlist, padding = self.profile.shortlist, self.profile.padding
        return lambda progress: check_lookalikes(project, row, matcher, shortlist, padding, progress)


def line_of(project: Project, settings: dict[str, Any]) -> Line:
    """The line of work of a project, by its profile."""
    return Line(project, settings, profiles.load_profile(notes.get(project.store, PROFILE, "leopard")))
