"""What the classes of a detector mean: an animal, a person, a vehicle, or nothing that is looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spotid.errors import ModelFileError
from spotid.prepare.parts import ANIMAL, PERSON, VEHICLE

IGNORE = "ignore"
KINDS = (ANIMAL, PERSON, VEHICLE, IGNORE)
# Words that detectors use for their classes, beside the kinds' own.
WORDS = {
    **{ANIMAL: ANIMAL, PERSON: PERSON, VEHICLE: VEHICLE},
    **dict.fromkeys(("animals", "wildlife"), ANIMAL),
    **dict.fromkeys(("persons", "people", "human", "humans"), PERSON),
    **dict.fromkeys(("vehicles", "car", "truck", "bus", "motorcycle", "motorbike", "bicycle"), VEHICLE),
}
ADVICE = "Say it under [recipe.classes] in the model's TOML: animal, person, vehicle or ignore."


@dataclass(frozen=True, slots=True)
class Kind:
    """What a box of one class shows; ``species`` is a name where the class tells one."""

    kind: str
    species: str = ""


def kinds(names: Mapping[int, str], recipe: Mapping[str, Any], what: str) -> dict[int, Kind]:
    """Class number → what it means, for the class names in a detector's file.

    ``recipe["classes"]`` is a table of class names (or numbers) with their kinds, or a list of kinds in the order of
    the classes; ``others`` the kind of classes that the table leaves out; ``species`` a table of names that classes
    tell. Without any, names such as "animal" and "human" speak for themselves. ``what`` names the model. Raises
    ModelFileError for classes that nothing is said of, for unknown kinds, and where no class is an animal.
    """
    said, others = recipe.get("classes", {}), recipe.get("others", "")
    species = {_plain(name): str(told) for name, told in _table(recipe.get("species", {}), what, "species").items()}
    if isinstance(said, list | tuple):
        table = _in_order(names, said, what)
    else:
        table = {_plain(name): str(kind) for name, kind in _table(said, what, "classes").items()}
    found = {}
    for number, name in names.items():
        key = _plain(name)
        kind = table.get(key) or table.get(str(number)) or str(others) or WORDS.get(key, "")
        if not kind:
            raise ModelFileError(f"Nothing is said of the class “{name}” of “{what}”.", ADVICE)
        if kind not in KINDS:
            raise ModelFileError(f"“{kind}” is no kind of a class of “{what}”.", ADVICE)
        told = species.get(key, species.get(str(number), "")) if kind == ANIMAL else ""
        found[int(number)] = Kind(kind, told)
    if not any(one.kind == ANIMAL for one in found.values()):
        raise ModelFileError(f"No class of “{what}” is an animal.", ADVICE)
    unknown = set(table) - {_plain(name) for name in names.values()} - {str(number) for number in names}
    if unknown:
        listed = ", ".join(sorted(map(str, names.values())))
        raise ModelFileError(f"“{what}” has no class “{min(unknown)}”; it has {listed}.", ADVICE)
    return found


def _in_order(names: Mapping[int, str], said: Sequence[Any], what: str) -> dict[str, str]:
    """A list of kinds as a table by number; where every class's own name says what it is, the names count."""
    if len(said) != len(names):
        raise ModelFileError(
            f"The file of “{what}” has {len(names)} classes instead of {len(said)}: it is not the file of the list.",
            "Fetch it again, or choose another model.",
        )
    if all(_plain(name) in WORDS for name in names.values()):
        return {}
    return {str(number): str(kind) for number, kind in zip(sorted(names), said, strict=True)}


def _table(value: Any, what: str, word: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ModelFileError(f"In “{what}”, [recipe.{word}] must be a table of class names.", ADVICE)
    return value


def _plain(name: object) -> str:
    return " ".join(str(name).replace("_", " ").split()).casefold()
