"""Several profiles in one project: which of them an animal belongs to, by what was told of its species."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from spotid.profiles import Profile
from spotid.profiles.names import Names


class Routing:
    """Says of the name of a species which of a project's profiles its animals belong to.

    ``profiles``: the project's own first; it takes animals of whom nothing was told. ``said``: what people of the
    project have said of single names (see ``names``).
    """

    def __init__(self, profiles: Sequence[Profile], said: Mapping[str, bool] | None = None) -> None:
        if not profiles:
            raise ValueError("a project has one profile at least")
        self.profiles, self._said = tuple(profiles), dict(said or {})
        self._own = [Names(one.species[: one.own]) for one in self.profiles if one.species]
        self._owners = [one for one in self.profiles if one.species]
        self._known: dict[str, Profile] = {}
        self._words = {one.name: [(word, Names(names)) for word, names in one.words.items()] for one in self.profiles}

    @cached_property
    def names(self) -> Names:
        """Which names are those of any of the profiles' animals. A profile without a list takes every animal."""
        anyone = not all(one.species for one in self.profiles)
        species = () if anyone else [name for one in self.profiles for name in one.species]
        return Names(species, self._said)

    def of(self, species: str) -> Profile:
        """The profile of the animals that are called so; the project's own where none has the name.

        A name of one profile's own list goes there, whatever wider lists of other profiles hold: that of leopards also
        takes in cheetahs, as long as a project has no profile of theirs.
        """
        if species not in self._known:
            self._known[species] = self._find(species)
        return self._known[species]

    def word(self, species: str) -> str:
        """What the code of a new individual begins with, of the animals that are called so."""
        profile = self.of(species)
        return next((word for word, names in self._words[profile.name] if names.ours(species)), profile.word)

    def _find(self, species: str) -> Profile:
        if len(self.profiles) == 1 or not species:
            return self.profiles[0]
        for profile, names in zip(self._owners, self._own, strict=True):
            if names.ours(species):
                return profile
        wide = (one for one in self._owners if Names(one.species).ours(species))
        anyone = (one for one in self.profiles if not one.species)
        return next(wide, None) or next(anyone, None) or self.profiles[0]
