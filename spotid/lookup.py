"""Exchangeable parts by name: a table says where each is made, and nothing heavy is imported to look a name up."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from spotid.errors import NotFoundError

if TYPE_CHECKING:
    from spotid.weights.shelf import Model


def made(table: Mapping[str, str], name: str, kind: str, role: str = "") -> Any:
    """A new part: ``table`` has ``module:class`` for each built-in name, ``kind`` is its word in an error's sentence.

    A name that is not in the table is looked for among the models of ``role`` on the shelf; their classes are made
    with the model as the one argument. Whether the model's files are here shows when the part is loaded.
    Raises NotFoundError for an unknown name, and for a model of another role.
    """
    if name in table:
        return _class(table[name])()
    from spotid.weights import shelf

    models = {one.name: one for one in shelf.models().values() if one.role == role} if role else {}
    if name not in models:
        known = ", ".join([*sorted(table), *sorted(models)])
        raise NotFoundError(f"There is no {kind} called {name}.", f"Choose one of: {known}.")
    return of(models[name])


def of(model: Model) -> Any:
    """The part of a model, not loaded yet. Raises CatalogueError where its recipe, or the class, can't be meant."""
    from spotid.weights.troubles import CatalogueError

    try:
        return _class(model.made_by)(model)
    except (ImportError, AttributeError, TypeError) as error:
        raise CatalogueError(f"“{model.name}” names a part that this SpotID has not: {model.made_by}.") from error


def _class(said: str) -> Any:
    module, maker = said.split(":")
    return getattr(import_module(module), maker)
