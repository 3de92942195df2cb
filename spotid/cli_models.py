"""The commands for published models: what there is, fetch, import, check, remove, add one's own."""

from __future__ import annotations

import re
import sys
import threading
from pathlib import Path
from typing import Any

import click

NAMES = click.argument("names", nargs=-1)
WORDS = {"yes": "commercial use: yes", "no": "commercial use: no", "ask": "commercial use: ask its makers"}


@click.group()
def models() -> None:
    """Published models: fetch them, bring them in on a stick, check or remove them.

    Nothing is ever fetched unless you ask for it here or on the page “Models”.
    """


@models.command("list")
@click.option("--role", help="Only models of this role, such as detector or embedder.")
def list_models(role: str | None) -> None:
    """List every model: whether it is here, how large it is, what its licence allows."""
    from spotid.errors import BadRequestError
    from spotid.weights import catalogue, licences, own, shelf

    if role is not None and role not in catalogue.ROLES:
        raise BadRequestError(f"“{role}” is no role.", f"Choose one of: {', '.join(catalogue.ROLES)}.")
    for model in shelf.models().values():
        if role in (None, model.role):
            allows = licences.commercial(model.weights)
            click.echo(
                f"{model.name:<22} {model.role:<14} {_state(model):<17} {_size(model):>10}"
                f"  {model.weights[0].licence} ({WORDS[allows]})"
            )
    for file, fault in own.faults(shelf.folder()).items():
        click.echo(f"{file} is left out: {fault.sentence}", err=True)


def _state(model: Any) -> str:
    from spotid.weights import keep, shelf

    lacking = shelf.missing(model)
    if not lacking:
        packages = shelf.lacking(model)
        return f"here, lacks {packages[0]}" if packages else "here"
    parts = any(keep.part_of(keep.place(one, shelf.folder())).exists() for one in lacking)
    return "partly here" if parts or len(lacking) < len(model.weights) else "not here"


def _size(model: Any) -> str:
    sizes = [one.size for one in model.weights]
    if not any(sizes):
        return "?"
    exact = all(one.bytes for one in model.weights)
    return f"{'' if exact else 'at least ' if not all(sizes) else 'about '}{sum(sizes) / 1e6:,.0f} MB"


@models.command()
@NAMES
@click.option("--yes", is_flag=True, help="Do not ask: the sizes are known, the notices of the licences are accepted.")
@click.option("--sha256", "trusting", default="", metavar="HEX", help="The sum that the file's own host gives.")
def get(names: tuple[str, ...], yes: bool, trusting: str) -> None:
    """Fetch models from their makers; what has arrived before is gone on with.

    First the sizes and the licences are told, and you are asked once.
    """
    from spotid.errors import BadRequestError
    from spotid.weights import errands, licences, shelf
    from spotid.weights.fetch import wished

    wanted = [shelf.model(name) for name in names]
    if not wanted:
        raise BadRequestError("No model was named.", "“spotid models list” shows them.")
    trusting = _sum(trusting)
    if trusting and len(wanted) > 1:
        raise BadRequestError("A sum belongs to one model.", "Fetch the models one by one.")
    if mine := [one.name for one in wanted if one.own]:
        raise BadRequestError(f"“{mine[0]}” is a model of your own: it has no address.", "Add it again from its TOML.")
    files = list({one.name: one for model in wanted for one in shelf.missing(model)}.values())
    for model in wanted:
        for package in shelf.lacking(model):
            click.echo(f"{model.name} needs {package}, which this SpotID came without.", err=True)
    if not files:
        click.echo("Everything is here already.")
        return
    rules = wished()
    _ask(files, licences.to_accept(files), yes)
    licences.accept(files, [one.key for one in licences.to_accept(files)])
    stop = threading.Event()
    for file in files:
        last = [-1]

        def tell(step: Any, last: list[int] = last) -> None:
            tenth = step.done * 10 // step.total if step.total else step.done // 50_000_000
            if step.sentence:
                click.echo(f"  {step.sentence}", err=True)
            elif tenth != last[0]:
                last[0] = tenth
                left = "" if step.seconds_left is None else f", {step.seconds_left:,.0f} s left"
                whole = f" of {step.total / 1e6:,.1f}" if step.total else ""
                click.echo(f"  {step.done / 1e6:,.1f}{whole} MB{left}", err=True)

        click.echo(f"{file.name}: {file.file} from {_host(file)}")
        own_sum = trusting if len(files) == 1 or file.name == wanted[0].name else ""
        kept = errands.get(file, rules, told=tell, stop=stop.is_set, trusting=own_sum)
        click.echo(f"  {errands.how_told(kept)}")


def _sum(said: str) -> str:
    """A sum that was given. Raises BadRequestError before anything is fetched: what does not have it is not kept."""
    from spotid.errors import BadRequestError

    if said and not re.fullmatch(r"[0-9a-f]{64}", said.strip().lower()):
        raise BadRequestError("This is no SHA-256.", "It has 64 digits and letters from a to f.")
    return said.strip().lower()


def _host(weight: Any) -> str:
    from urllib.parse import urlsplit

    return urlsplit(weight.url).hostname or "nowhere"


def _ask(files: list[Any], notices: list[Any], yes: bool) -> None:
    import shutil

    from spotid.weights import shelf

    for one in files:
        size = f"{one.size / 1e6:,.1f} MB" if one.size else "size not published"
        sure = "sum known" if one.sums else "no sum published: the first one that comes counts"
        click.echo(f"{one.name:<22} {size:>18}  {_host(one)}  {one.licence}  ({sure})")
    unknown = "at least " if not all(one.size for one in files) else ""
    home = next(one for one in (shelf.folder(), *shelf.folder().parents) if one.exists())
    free = shutil.disk_usage(home).free
    click.echo(f"Together {unknown}{sum(one.size for one in files) / 1e6:,.1f} MB; {free / 1e6:,.0f} MB are free.")
    for notice in notices:
        click.echo(f"{notice.title}: {notice.notice} {notice.page}")
    question = "Accept these licences and fetch?" if notices else "Fetch?"
    if not yes and not click.confirm(question):
        raise click.Abort


@models.command("import")
@click.argument("place", type=click.Path(path_type=Path))
@click.option("--only", "names", multiple=True, metavar="NAME", help="Only this model; can be given several times.")
@click.option("--sha256", "trusting", default="", metavar="HEX", help="The sum that the file's own host gives.")
def bring_in(place: Path, names: tuple[str, ...], trusting: str) -> None:
    """Take models from PLACE: a folder, a stick, or one file, with the checks of a download."""
    from spotid.weights import bring

    place = place.expanduser().absolute()
    own_toml = place.is_file() and place.suffix.lower() == ".toml"
    if own_toml and bring.risky(place) and not click.confirm(f"{bring.TRUST} Add it?"):
        raise click.Abort
    done = bring.bring(place, names, told=click.echo, trusting=_sum(trusting))
    for one in done:
        click.echo(f"{one.name}: {one.sentence or ('taken in; ' + _how(one.how))}", err=bool(one.sentence))
    for notice in bring.notices(done):
        click.echo(notice)
    if all(one.sentence for one in done):
        sys.exit(10)


def _how(how: str) -> str:
    told = {"published": "it is the published file", "given": "it has the sum that you gave"}
    told["carried"] = "the note beside it says that somebody has compared its sum"
    return told.get(how, "nothing is published about its bytes: what came now counts from now on")


@models.command()
@NAMES
def verify(names: tuple[str, ...]) -> None:
    """Compare every byte of the models that are here with the list and with what came first."""
    from spotid.errors import NotFoundError
    from spotid.weights import errands, keep, shelf
    from spotid.weights.troubles import WrongSumError

    chosen = [shelf.model(name) for name in names] or list(shelf.models().values())
    files = {(one.name, one.file): one for model in chosen for one in model.weights if names or shelf.home_of(one)}
    wrong = 0
    for one in files.values():
        try:
            kept = keep.verify(one, shelf.home_of(one) or shelf.folder())
            click.echo(f"whole  {one.name}: {errands.how_told(kept)}")
        except (NotFoundError, WrongSumError) as error:
            wrong += 1
            click.echo(f"wrong  {one.name}: {error.sentence} {error.advice}", err=True)
    click.echo(f"{len(files)} files compared, {wrong} wrong.")
    if wrong:
        sys.exit(10)


@models.command()
@NAMES
def remove(names: tuple[str, ...]) -> None:
    """Remove the files of models, half-fetched ones too. Answers and embeddings of projects stay."""
    from spotid.errors import BadRequestError
    from spotid.weights import bring, shelf

    if not names:
        raise BadRequestError("No model was named.", "“spotid models list” shows those that are here.")
    for model in [shelf.model(name) for name in names]:
        click.echo(f"{model.name}: {bring.remove(model) / 1e6:,.1f} MB freed.")


@models.command()
@click.argument("toml", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask whether the file is trusted.")
def add(toml: Path, yes: bool) -> None:
    """Add a model of your own, which a small TOML describes; its files lie beside it."""
    from spotid.weights import bring, shelf

    path = toml.expanduser().absolute()
    if path.is_file() and bring.risky(path) and not yes and not click.confirm(f"{bring.TRUST} Add it?"):
        raise click.Abort
    model = bring.add(path)
    click.echo(f"“{model.name}” was added as {model.role}.")
    if not shelf.here(model):
        click.echo(shelf.why_not(model), err=True)


@models.command()
@click.option("--folder", help="Keep models in this folder from now on; “” is the usual one again.")
@click.option("--mirror", help="Ask this mirror instead of huggingface.co; the same sums hold. “” is none.")
@click.option("--proxy", help="Go through this proxy; “” is the system's own setting.")
@click.option("--offline/--online", default=None, help="Never fetch anything, or allow it when you ask.")
def where(**given: Any) -> None:
    """Say where models lie and where they come from, or change it."""
    from spotid.weights import shelf, wishes

    said = {word: value for word, value in given.items() if value is not None}
    if said.get("folder"):
        said["folder"] = str(Path(said["folder"]).expanduser().absolute())
    now = wishes.write(**said) if said else wishes.read()
    click.echo(f"folder   {shelf.folder()}")
    if shelf.bundled().is_dir():
        click.echo(f"bundle   {shelf.bundled()}")
    click.echo(f"mirror   {now.mirror or 'none: huggingface.co itself'}")
    click.echo(f"proxy    {now.proxy or 'what the system says'}")
    click.echo(f"network  {'never: offline' if now.offline else 'only when you fetch a model'}")
    for word in now.fixed:
        click.echo(f"The environment decides about: {word}.")


def register(main: click.Group) -> None:
    """Add the commands of this module."""
    main.add_command(models)
