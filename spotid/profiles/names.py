"""Names of animals as spreadsheets, folders and other programs write them, and which of them a profile is about.

A name is compared without regard to case, accents, hyphens, underscores, a plural s and the endings "sp.", "spp." and
"species". "Leopard (Panthera pardus)" is both of its names. A scientific name of two words also covers its subspecies;
a common one does not: a leopard cat is no leopard.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

PEOPLE_AND_VEHICLES = (
    *("person", "people", "human", "homo sapiens", "homo", "man", "woman", "staff", "ranger", "researcher", "tourist"),
    *("vehicle", "car", "truck", "motorbike", "motorcycle", "bicycle"),
)
NOTHING_SAID = (
    *("", "-", "?", "0", "n/a", "na", "nan", "null", "none", "unknown", "unidentified", "unclassified", "other"),
    *("animal", "animalia", "unknown animal", "unidentified animal", "wildlife", "empty", "blank", "no cv result"),
    *("not sure", "unsure", "mammal", "mammalia", "chordata", "vertebrate"),
)
OTHER_SPECIES = "another species"  # what a person says who does not say which
_SCIENTIFIC = re.compile(r"[A-Z][a-z]+ [a-z]+")
_IN_BRACKETS = re.compile(r"^(.*?)\s*[(\[](.*?)[)\]]\s*$")
_ENDING = re.compile(r" (spp?\.?|species)$")


def folded(name: str) -> str:
    """A name as it is compared."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _ENDING.sub("", " ".join(re.sub(r"[_\-\s]+", " ", plain).split()))


def names_in(told: str) -> tuple[str, ...]:
    """The names in what was told: one, or the common and the scientific one."""
    both = _IN_BRACKETS.match(told.strip())
    return tuple(part for part in both.groups() if part.strip()) if both else (told,)


class Names:
    """Which names are meant by a profile. ``species``: its list; without one every animal is meant.

    ``said``: what people of a project have said of single names, which counts more than the list.
    """

    def __init__(self, species: Iterable[str], said: Mapping[str, bool] | None = None) -> None:
        listed = list(species)
        self.any = not listed
        self.first = listed[0] if listed else "animal"
        self._known = {folded(one) for one in listed}
        self._binomials = tuple(f"{folded(one)} " for one in listed if _SCIENTIFIC.fullmatch(one))
        self._said = {folded(name): ours for name, ours in (said or {}).items()}
        self._nothing = {folded(one) for one in NOTHING_SAID}
        self._never = {folded(one) for one in (*PEOPLE_AND_VEHICLES, OTHER_SPECIES)}

    def ours(self, told: str) -> bool | None:
        """Whether the name of a species is one that the profile is about; None where it says nothing of that."""
        if (whole := self._said.get(folded(told))) is not None:
            return whole
        answers = [self._one(folded(name)) for name in names_in(told)]
        if True in answers:
            return True
        return False if False in answers else None

    def _one(self, name: str) -> bool | None:
        singular = name.removesuffix("s")
        for form in (name, singular):
            if form in self._said:
                return self._said[form]
        if name in self._nothing or singular in self._nothing:
            return None
        if name in self._never or singular in self._never:
            return False
        if self.any or name in self._known or singular in self._known:
            return True
        return name.startswith(self._binomials) if self._binomials else False
