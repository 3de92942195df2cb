"""Networks that have read captions, built by open_clip without reaching into the internet.

open_clip fetches what a name or its own list of networks points to: whole models (``hf-hub:``), and for some the text
half or its vocabulary. Those are refused; the others use the vocabulary that lies inside the package.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from spotid.weights.troubles import CatalogueError

if TYPE_CHECKING:
    from torch import Tensor, nn


def built(name: str, arch: str, side: int) -> nn.Module:
    """The network ``arch`` of open_clip's list, its weights still random, for pictures of ``side`` pixels.

    ``name`` is the model in the sentences. Raises CatalogueError for a network that open_clip does not know or would
    fetch something for, and for another ``side`` than its own.
    """
    open_clip: Any = import_module("open_clip")
    fetched = ":" in arch  # such as hf-hub:…, which open_clip would look up at once
    text = {} if fetched else (open_clip.get_model_config(arch) or {}).get("text_cfg", {})
    if fetched or text.get("hf_model_name") or text.get("hf_tokenizer_name"):
        raise CatalogueError(
            f"“{name}”: for “{arch}” open_clip would reach into the internet.",
            "Choose a network of open_clip's own list that comes with its vocabulary, such as ViT-B-16.",
        )
    try:
        with _unwarned():
            network: nn.Module = open_clip.create_model(arch, pretrained=None)
    except Exception as error:  # open_clip raises RuntimeError for a name that it does not know, and others
        told = str(error).split("\n")[0][:160]
        raise CatalogueError(f"“{name}”: open_clip can't build “{arch}” ({told}).") from error
    own = getattr(network.visual, "image_size", side)
    own = own[0] if isinstance(own, tuple | list) else own
    if side != own:
        raise CatalogueError(f"“{name}”: “{arch}” takes pictures of {own} pixels.", f"Write side = {own}.")
    return network


def tokenizer(arch: str) -> Any:
    """What turns a list of texts into (texts, length) numbers for the network ``arch``."""
    return import_module("open_clip").get_tokenizer(arch)


def vectors(network: Any, tokens: Tensor) -> Tensor:
    """(texts, dim), not of unit length, of texts as the tokenizer gives them: (texts, length), filled up with zeros.

    In the usual network no token looks at a later one, and the end, which has the highest number, is what counts. There
    the filling is cut off, which gives the same vectors and takes a quarter of the time.
    """
    mask, places = getattr(network, "attn_mask", None), getattr(network, "positional_embedding", None)
    if mask is None or places is None or getattr(network, "text_pool_type", "") != "argmax":
        whole: Tensor = network.encode_text(tokens)
        return whole
    longest = int(tokens.argmax(dim=-1).max()) + 1
    try:
        network.attn_mask = mask[:longest, :longest]
        network.positional_embedding = type(places)(places[:longest], requires_grad=False)
        made: Tensor = network.encode_text(tokens[:, :longest])
    finally:
        network.attn_mask, network.positional_embedding = mask, places
    return made


@contextmanager
def _unwarned() -> Iterator[None]:
    """Without open_clip's warning that the network has no weights yet: they are put in next."""
    log = logging.getLogger()
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)
