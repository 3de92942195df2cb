"""Bring models in without a network, add one's own, and take models away: from a folder, a stick, a single file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from spotid import lookup
from spotid.errors import BadRequestError, NotFoundError, SpotIDError
from spotid.progress import Cancelled
from spotid.weights import catalogue, keep, licences, own, shelf
from spotid.weights.catalogue import Weight
from spotid.weights.fetch import take
from spotid.weights.shelf import Model
from spotid.weights.troubles import CatalogueError, DownloadError, WrongSumError

CODE = (".pt", ".pth", ".bin", ".ckpt", ".pkl")  # pickles: a hostile one runs its own program when it is opened
WEIGHTS = (*CODE, ".safetensors")
PROGRAM = "spotid.prepare.species.speciesnet:SpeciesNet"  # reads a whole pickled module
TRUST = "A file of this kind can hold a program. Add it only where you trust who made it."


DOES = {"detector": "detect", "cut-out": "cut", "embedder": "encode", "local matcher": "compare"}
DOES |= {"species": "classify"}  # what a part of each role can be asked


@dataclass(frozen=True)
class Brought:
    """What became of one file: ``sentence`` says why where it was not taken; ``how`` it was accepted where it was."""

    name: str
    file: str
    sentence: str = ""
    how: str = ""


def bring(
    place: Path,
    names: Iterable[str] = (),
    *,
    told: Callable[[str], None] = lambda _: None,
    stop: Callable[[], bool] = bool,
    trusting: str = "",
) -> list[Brought]:
    """Take from ``place`` what the list knows and what is not here yet; own models under ``own/`` come along.

    ``place`` is a folder, one weight file or one TOML. ``names`` of models restrict it. ``told`` hears each file's name
    beforehand. Raises NotFoundError where nothing there is known, and Cancelled.
    """
    if place.suffix.lower() == ".toml" and place.is_file():
        model = add(place, stop=stop)
        return [Brought(model.name, one.file, how="first use") for one in model.weights]
    single = place.name if place.is_file() else ""
    folder = place.parent if single else place
    if not folder.is_dir():
        raise NotFoundError(f"There is no folder {place}.", "Plug in its disk, or check the path.")
    wanted = [one for one in _wanted(names) if not single or one.file == single]
    done: list[Brought] = []
    chosen: list[tuple[Weight, Path, Path | None]] = [(*one, None) for one in _choose(wanted, folder, stop)]
    lost = [one for one in _wanted(names) if one not in [taken for taken, *_ in chosen]]
    if not single:
        chosen += _renamed([one for one in lost if one.bytes], _unknown(folder), stop)
    elif not chosen:
        chosen += _renamed(lost, [place], stop)
    for weight, base, source in chosen:
        told(weight.file)
        try:
            kept = take(weight, base, shelf.folder(), stop=stop, trusting=trusting, source=source)
            done.append(Brought(weight.name, weight.file, how=kept.how))
        except (WrongSumError, DownloadError) as error:
            done.append(Brought(weight.name, weight.file, f"{error.sentence} {error.advice}"))
    if not single and not any(True for _ in names):
        done += _own(folder, told, stop)
    if not done:
        here = [one.name for one in catalogue.read().values() if one.file == single and shelf.home_of(one)]
        if here:
            return [Brought(here[0], single, f"“{single}” is here already.")]
        raise NotFoundError(
            f"There is no file in {place} that SpotID knows and lacks.",
            "Files must have their published names, each in a folder named after its model where names are alike. For"
            " a model of your own, choose its TOML.",
        )
    return done


def notices(done: Iterable[Brought]) -> list[str]:
    """The notices of the licences of what was taken in that nobody has accepted on this computer."""
    known = catalogue.read()
    open_ones = licences.to_accept(known[one.name] for one in done if not one.sentence and one.name in known)
    return [f"{one.title}: {one.notice} {one.page}".rstrip() for one in open_ones]


def _wanted(names: Iterable[str]) -> list[Weight]:
    known = [weight for name in names for weight in shelf.model(name).weights]
    return known or [one for one in catalogue.read().values() if shelf.home_of(one) is None]


def _choose(wanted: list[Weight], folder: Path, stop: Callable[[], bool]) -> list[tuple[Weight, Path]]:
    """Each file with the folder to take it from. A name that several files share must stand in a folder of its own,
    or its bytes must be known."""
    shared = {file for file, count in Counter(one.file for one in catalogue.read().values()).items() if count > 1}
    found: list[tuple[Weight, Path]] = []
    read: dict[Path, dict[str, str]] = {}
    for weight in wanted:
        for base in (folder, folder / "models"):
            if (base / weight.name / weight.file).is_file():
                found.append((weight, base))
                break
            loose = base / weight.file
            in_its_own = loose.is_file() and base.name == weight.name
            if not loose.is_file() or (weight.bytes and weight.file in shared and loose.stat().st_size != weight.bytes):
                continue
            if weight.file in shared and not in_its_own:
                if loose not in read:
                    read[loose] = _sums(loose, stop)
                if not any(read[loose][one.kind] == one.value for one in weight.sums):
                    continue
            found.append((weight, base))
            break
    return found


def _unknown(folder: Path) -> list[Path]:
    """Files of weights that lie in a folder under names that are not in the list, as browsers number their copies."""
    known = {one.file for one in catalogue.read().values()}
    try:
        found = sorted(one for one in folder.iterdir() if one.suffix.lower() in WEIGHTS)
        return [one for one in found if one.is_file() and one.name not in known]
    except OSError:
        return []


def _renamed(lost: list[Weight], files: list[Path], stop: Callable[[], bool]) -> list[tuple[Weight, Path, Path | None]]:
    """Those of the ``lost`` whose bytes are in one of these files, whatever its name."""
    found: dict[str, tuple[Weight, Path, Path | None]] = {}
    for file in files:
        length = file.stat().st_size
        fit = [one for one in lost if one.sums and (one.bytes or length) == length]
        sums = _sums(file, stop) if fit else {}
        for weight in fit:
            if any(sums[one.kind] == one.value for one in weight.sums):
                found.setdefault(weight.name, (weight, file.parent, file))
    return list(found.values())


def _sums(file: Path, stop: Callable[[], bool]) -> dict[str, str]:
    try:
        return keep.sums_of(file, stop)
    except OSError as error:
        raise DownloadError(
            f"“{file}” can't be read: {error.strerror or error}.", "Plug in its disk and try again."
        ) from error


def _own(folder: Path, told: Callable[[str], None], stop: Callable[[], bool]) -> list[Brought]:
    done = []
    known = shelf.models()
    for toml in sorted((folder / "own").glob("*.toml")):
        if toml.stem in known:
            continue
        told(toml.name)
        try:
            if runs_code(toml):
                raise CatalogueError(
                    f"“{toml.name}” describes a file that is a program.", f"{TRUST} Choose its TOML then."
                )
            model = add(toml, stop=stop)
            done += [Brought(model.name, one.file, how="first use") for one in model.weights]
        except Cancelled:
            raise
        except SpotIDError as error:
            done.append(Brought(toml.stem, toml.name, f"{error.sentence} {error.advice}"))
    return done


def add(toml: Path, *, stop: Callable[[], bool] = bool) -> Model:
    """Add a model of one's own: its files are copied from beside the TOML, with the checks of a download.

    Raises CatalogueError for a TOML that can't be meant or a name that is taken, NotFoundError for a missing file.
    """
    if not toml.is_file():
        raise NotFoundError(f"There is no file {toml}.", "Choose the TOML that describes your model.")
    weights = own.parsed(toml)
    name, folder = weights[0].name, shelf.folder()
    if name in catalogue.read():
        raise CatalogueError(f"“{name}” is a name of SpotID's own list.", "Give your model another name.")
    kept = folder / "own" / f"{name}.toml"
    if kept.exists():
        raise CatalogueError(
            f"There is a model of your own called “{name}” already.", "Remove it first, or rename one."
        )
    part = lookup.of(shelf.of(*weights, own=True))  # a recipe that can't be meant is told before anything is copied
    if not hasattr(part, DOES[weights[0].role]):
        raise CatalogueError(
            f"“{name}”: {weights[0].part} can't be used as {weights[0].role}.", "Correct “part” or “role”."
        )
    beside = toml.parent
    for weight in weights:
        places = (beside, beside.parent) if beside.name == "own" else (beside,)
        source = next((one for one in places if _lies(weight, one)), beside)
        take(weight, source, folder, stop=stop)
    kept.parent.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(".new")
    new.write_bytes(toml.read_bytes())
    new.replace(kept)
    return shelf.model(name)


def _lies(weight: Weight, place: Path) -> bool:
    return (place / weight.file).is_file() or (place / weight.name / weight.file).is_file()


def risky(toml: Path) -> bool:
    """Whether a file of the model that this TOML describes could hold a program, and no sum was given for it; or
    whether it surely is one. Raises CatalogueError.
    """
    return runs_code(toml) or any(one.file.lower().endswith(CODE) and not one.sums for one in own.parsed(toml))


def runs_code(toml: Path) -> bool:
    """Whether using the model that this TOML describes runs a program in its file: whoever made the file may have made
    the TOML, too, with its sum and its “may_run_code”. Raises CatalogueError."""
    first = own.parsed(toml)[0]
    return first.recipe.get("may_run_code") is True or first.part == PROGRAM


def remove(model: Model) -> int:
    """Remove the files of a model, those that have only partly arrived too; gives the bytes that came free.

    A file that another model uses which is here stays. Raises BadRequestError for a model that came in the bundle,
    NotFoundError where nothing of it is here.
    """
    folder = shelf.folder()
    used = {
        (one.name, one.file)
        for other in shelf.models().values()
        if other.name != model.name and not shelf.missing(other)
        for one in other.weights
    }
    freed, seen = 0, False
    for weight in model.weights:
        if (weight.name, weight.file) in used:
            continue
        path = keep.place(weight, folder)
        for one in (path, keep.part_of(path), keep.state_of(path), keep.note_of(path), keep.taken_of(path)):
            if one.is_file():
                freed, seen = freed + one.stat().st_size, True
                _unlink(one)
        _tidy(path)
    if model.own:
        (folder / "own" / f"{model.name}.toml").unlink(missing_ok=True)
        seen = True
    if not seen and not shelf.missing(model):
        raise BadRequestError(f"“{model.name}” came with this SpotID and stays.", "There is nothing to remove.")
    if not seen:
        raise NotFoundError(f"Nothing of “{model.name}” is here.", "There is nothing to remove.")
    return freed


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise BadRequestError(
            f"“{path.name}” can't be removed now: {error.strerror or error}.", "Stop the run that uses it first."
        ) from error


def _tidy(path: Path) -> None:
    path.with_name(path.name + ".lock").unlink(missing_ok=True)
    try:
        path.parent.rmdir()
    except OSError:
        pass  # not empty, or never there
