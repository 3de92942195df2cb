"""The line of work, stage by stage. Each asks the store what is missing, so a stopped run goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from spotid import profiles
from spotid.errors import NotFoundError, SpotIDError
from spotid.jobs import coding, parts
from spotid.profiles import Profile
from spotid.profiles.names import Names
from spotid.profiles.routing import Routing
from spotid.progress import Progress
from spotid.project import classified, parts_kept, shards, species, whereabouts
from spotid.project.folder import Project
from spotid.project.parts_kept import PROFILE, Chosen
from spotid.project.scope import Scope
from spotid.project.whereabouts import Limits
from spotid.words import Stage

if TYPE_CHECKING:
    from spotid.embed.parts import Encoder
    from spotid.prepare.parts import Detector

__all__ = ["PROFILE", "RUN", "Line", "line_of", "speed_of"]

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
Work = Callable[[Progress], None]


@dataclass
class Line:
    """One run's project, settings and parts. ``others`` are the profiles of the project's further species."""

    project: Project
    settings: dict[str, Any]
    profile: Profile
    others: tuple[Profile, ...] = ()

    @property
    def all_profiles(self) -> tuple[Profile, ...]:
        """All profiles, the project's own first."""
        return (self.profile, *self.others)

    @property
    def routing(self) -> Routing:
        """Which profile an animal belongs to, as the profiles and the people of this project say."""
        return Routing(self.all_profiles, species.words(self.project.store))

    @property
    def names(self) -> Names:
        """Which species individuals are told apart of, as the profiles and the people of this project say."""
        return self.routing.names

    @property
    def chosen(self) -> Chosen:
        """The parts that the project's own profile works with."""
        return self.chosen_of(self.profile)

    def chosen_of(self, profile: Profile) -> Chosen:
        """The parts that one of its profiles works with."""
        return parts.chosen(self.project, profile)

    @property
    def speed(self) -> str:
        """A word that changes with the parts: other parts, another speed."""
        found = self.chosen
        names = [found.of(role) for role in parts_kept.ROLES]
        usual = [getattr(self.profile, role, "") for role in parts_kept.ROLES]
        own = self.profile.name if names == usual else f"{self.profile.name} {' '.join(filter(None, names))}"
        return " + ".join([own, *(one.name for one in self.others)])

    @property
    def flanks_matter(self) -> bool | Callable[[str], bool]:
        """Whether left and right sides carry different coats; where profiles differ, what says so of a sighting."""
        said = {one.flanks_matter for one in self.all_profiles}
        if len(said) == 1:
            return said.pop()
        matter, kind = {one.name: one.flanks_matter for one in self.all_profiles}, self.kind_of()
        return lambda uid: matter[kind(uid)]

    def kind_of(self) -> Callable[[str], str]:
        """What says of a sighting, by its uid, to which profile it belongs."""
        if not self.others:
            return lambda uid: self.profile.name
        project, routing = self.project, self.routing

        def kind(uid: str) -> str:
            told = project.store.value("SELECT species FROM sighting WHERE uid = ?", uid)
            return routing.of(str(told or "")).name

        return kind

    def prepare(self) -> None:
        """Keep the choice of parts. Raises MissingModelError where one of them is not on this computer."""
        parts.decide(self.project, self.all_profiles)
        for profile in self.all_profiles:
            for error in parts.missing(self.project, profile):
                raise error

    def where(self) -> str:
        """Where the networks of published models run, as a sentence; empty without such a model. Imports torch."""
        if not any(parts.published(self.project, one) for one in self.all_profiles):
            return ""
        from spotid.nets.device import device

        return device().told

    def scopes(self) -> list[tuple[Profile, Scope | None]]:
        """Every profile with its sightings; with one profile, all are its own (None)."""
        if not self.others:
            return [(self.profile, None)]
        routing = self.routing
        ids: dict[str, list[int]] = {one.name: [] for one in self.all_profiles}
        for row in self.project.store.all("SELECT id, species FROM sighting"):
            ids[routing.of(row["species"]).name].append(row["id"])
        # What is kept of a project's own profile has no further name: it was there before any other came.
        return [
            (one, Scope("" if one is self.profile else one.name, frozenset(ids[one.name]))) for one in self.all_profiles
        ]

    def work(self, stage: Stage) -> Work:
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
            from spotid.prepare.find import find_animals

            return lambda progress: find_animals(project, self._detector(), settings, progress)
        if stage is Stage.SPECIES:
            return self._species
        if stage is Stage.FOLLOW:
            from spotid.review.following import follow_collections

            return lambda progress: follow_collections(project, progress, coding.words_of(self))
        return partial(self._of_each, self._work_of(stage))

    def _detector(self) -> Detector:
        """That of the project's own profile: nobody knows the species yet."""
        found: Detector = parts.made("detector", self.chosen.detector)
        if self.profile.threshold is not None and hasattr(found, "keep_from"):
            found.keep_from(self.profile.threshold)
        return found

    def _species(self, progress: Progress) -> None:
        from spotid.prepare.parts import About
        from spotid.prepare.species_stage import classify_pending, sort_out

        name, ours = self.chosen.classifier, self.names.ours
        classifier = parts.made("classifier", name) if name else None
        if classifier is not None and hasattr(classifier, "suit"):  # it makes use of what is told apart here, and where
            words = tuple(word for one in self.all_profiles for word in one.species)
            classifier.suit(About(words, classified.country(self.project.store, str(self.settings["country"]))))
        classify_pending(self.project, classifier, ours, self.settings, progress)
        sort_out(self.project, ours, progress)

    def _of_each(self, work: Callable[[Profile, Scope | None], Work], progress: Progress) -> None:
        """The work of a stage for the animals of one profile after those of the other."""
        scopes = self.scopes()
        if len(scopes) == 1:
            work(*scopes[0])(progress)
            return
        after = After(progress)
        for profile, scope in scopes:
            work(profile, scope)(after)
            after.next()

    def _work_of(self, stage: Stage) -> Callable[[Profile, Scope | None], Work]:
        return {
            Stage.CROP: self._crop,
            Stage.FLANK: self._flank,
            Stage.EMBED: self._embed,
            Stage.NEIGHBOURS: self._neighbours,
            Stage.POINTS: self._points,
        }[stage]

    def _crop(self, profile: Profile, scope: Scope | None) -> Work:
        from spotid.prepare.crop import crop_pending

        cutter = parts.made("cutout", self.chosen_of(profile).cutout)
        return lambda progress: crop_pending(self.project, cutter, profile.padding, self.settings, progress, scope)

    def _flank(self, profile: Profile, scope: Scope | None) -> Work:
        from spotid.prepare.flanks import tell_flanks

        if not profile.flanks_matter:
            return lambda progress: progress.expect(0)
        return lambda progress: tell_flanks(self.project, progress, profile.padding, scope)

    def _embed(self, profile: Profile, scope: Scope | None) -> Work:
        from spotid.embed.encode import encode_pending

        encoder = self.encoder(profile)
        return lambda progress: encode_pending(self.project, encoder, self.settings, progress, scope)

    def _neighbours(self, profile: Profile, scope: Scope | None) -> Work:
        from spotid.match.lists import list_lookalikes

        row = self._row(profile, scope)
        return lambda progress: list_lookalikes(self.project, row, self.settings, progress)

    def _points(self, profile: Profile, scope: Scope | None) -> Work:
        from spotid.match.checks import check_lookalikes

        row, matcher = self._row(profile, scope), parts.matcher(self.chosen_of(profile).matcher, profile)
        limits = Limits(profile.speed_kmh, profile.range_km)
        whereabouts.keep_limits(self.project.store, limits, scope.name if scope else "")
        fusion, adapt = self.settings["fusion"], bool(self.settings["adapt"])
        return lambda progress: check_lookalikes(
            self.project, row, matcher, profile.shortlist, profile.padding, progress, fusion, adapt
        )

    def encoder(self, profile: Profile) -> Encoder:
        """What describes the animals of a profile. Raises MissingModelError where it is not on this computer."""
        found: Encoder = parts.made("encoder", self.chosen_of(profile).encoder)
        if profile.lie:
            from spotid.embed.level import Level

            return cast("Encoder", Level(found))
        return found

    def _row(self, profile: Profile, scope: Scope | None) -> shards.EncoderRow:
        encoder = self.encoder(profile)
        return shards.encoder_row(self.project.store, encoder.identity(), encoder.name, encoder.dim).only(scope)


class After:
    """The progress of one profile's work after that of others in the same stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._before, self._total = progress, 0, 0

    def expect(self, total: int) -> None:
        """The steps of all until now."""
        self._total = total
        self._progress.expect(self._before + total)

    def step(self, count: int = 1, note: str = "") -> None:
        """As of any other."""
        self._progress.step(count, note)

    def next(self) -> None:
        """The work of the next profile begins."""
        self._before, self._total = self._before + self._total, 0


def line_of(project: Project, settings: dict[str, Any]) -> Line:
    """The line of work of a project, by its profiles. Raises NotFoundError where its own is not there."""
    own, *more = parts_kept.profiles(project.store)
    others = []
    for name in more:
        try:
            others.append(profiles.load_profile(name))
        except NotFoundError:
            continue  # a profile of another release: its animals wait on the shelf of other species
    return Line(project, settings, profiles.load_profile(own), tuple(others))


def speed_of(project: Project) -> str:
    """A word that changes with the parts of a project; empty where its profile is not there, as its worker will say."""
    try:
        return line_of(project, {}).speed
    except SpotIDError:
        return ""
