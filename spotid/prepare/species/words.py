"""Species by words alone: a network that has read captions (CLIP, BioCLIP) says which of some names fits best.

Zero-shot classification as in Radford et al. 2021 ("Learning Transferable Visual Models From Natural Language
Supervision"), section 3.1: every name is put into a few sentences, the vectors of the sentences are averaged, and the
softmax of their cosines with the picture's vector, times the network's own scale, is the score. Any names will do, so
animals that no list of classes has can be told; but one of them always fits best, whatever is in the picture. So the
project's animals stand beside those of animals.txt or of the recipe, and only a clear word counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid.boxes import Box
from spotid.nets import images
from spotid.prepare.parts import About, Named
from spotid.prepare.species import captioned, crops, labels, published
from spotid.prepare.species import recipe as recipes
from spotid.prepare.species.published import Published
from spotid.weights import shelf
from spotid.weights.shelf import Model
from spotid.weights.troubles import CatalogueError

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

    from spotid.nets.device import Device

ANIMALS = Path(__file__).with_name("animals.txt")
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
SENTENCES = ("a photo of {}.", "a camera trap photo of {}.", "{}")
SURE = 0.8
MOST_OURS = 12  # names of the project's animals that are asked about
KNOWN = {"arch", "words", "sentences", "mean", "std", "side", "shape", "resize", "margin"}
_LATIN = re.compile(r"[A-Z][a-z]+ [a-z]+")
_BRACKETS = re.compile(r"^(.*?)\s*\((.*?)\)$")


class Words(Published):
    """A network of open_clip that compares pictures with names."""

    LIBRARIES = ("open_clip_torch",)

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        name, said = self.name, model.recipe
        self.least, self.at_once = recipes.begun(name, said, KNOWN, SURE)
        self.arch = recipes.text(name, said, "arch", "ViT-B-16").replace("/", "-")  # as open_clip reads names
        self.side = recipes.whole(name, said, "side", 224)
        self.shape = recipes.choice(name, said, "shape", "centre")
        self.resize = recipes.choice(name, said, "resize", "bicubic-antialias")
        self.margin = recipes.number(name, said, "margin", 0.1)
        self.mean = recipes.three(name, said, "mean", MEAN)
        self.std = recipes.three(name, said, "std", STD)
        self.sentences = _texts(name, "sentences", said.get("sentences", list(SENTENCES)))
        if not all(one.count("{}") == 1 for one in self.sentences):
            raise CatalogueError(f"“{name}”: every one of “sentences” needs {{}} once, where the name goes.")
        self._others = _texts(name, "words", said["words"]) if "words" in said else animals()
        self.words = tuple(self._others)
        self._network: nn.Module | None = None
        self._device: Device | None = None
        self._texts: Tensor | None = None
        self._scale = 0.0

    def suit(self, about: About) -> None:
        """Ask about the project's animals too: by the scientific names in its list, and the usual one."""
        self.words = tuple(dict.fromkeys((*wanted(about.words, self._others), *self._others)))
        self._texts = None

    def suited(self) -> str:
        """All names that are asked about."""
        return "\n".join(self.words)

    def load(self) -> None:
        """Read the network and put the names into its words. Raises MissingModelError, WrongSumError, ModelFileError,
        JobError."""
        if self._network is None:
            path = next(iter(shelf.files(self.model).values()))
            self._device = self.ready()
            self._network = self._read(path).eval().to(self._device.kind)
        if self._texts is None:
            self._texts = self._of_names()

    def _read(self, path: Path) -> nn.Module:
        from spotid.nets import state

        network = captioned.built(self.name, self.arch, self.side)
        # Older files hold these numbers, which are counted anew.
        tensors = state.state_dict(path)
        tensors.pop("text.transformer.embeddings.position_ids", None)
        state.load_strictly(network, tensors, f"“{self.name}”")
        return network

    def _of_names(self) -> Tensor:
        """(names, dim): one vector of unit length for each name."""
        import torch

        assert self._network is not None and self._device is not None
        network: Any = self._network
        tokenizer = captioned.tokenizer(self.arch)
        rows = []
        with torch.inference_mode():
            for word in self.words:
                told = [sentence.format(name) for name in _names(word) for sentence in self.sentences]
                made = captioned.vectors(network, tokenizer(told).to(self._device.kind)).float()
                middle = torch.nn.functional.normalize(made, dim=-1).mean(dim=0)
                rows.append(torch.nn.functional.normalize(middle, dim=0))
            self._scale = float(network.logit_scale.exp())
        return torch.stack(rows)

    def classify(self, animals: Sequence[tuple[np.ndarray, Box]]) -> list[list[Named]]:
        """The names that fit each animal best, best first."""
        if self._network is None or self._texts is None:
            self.load()
        assert self._device is not None
        pictures = [self._prepared(rgb, box) for rgb, box in animals]
        if not pictures:
            return []
        rows = published.scored(self._device, pictures, self._forward, self.at_once)
        return [
            [Named(labels.plain(self.words[place]), score) for place, score in published.first(row)]
            for row in published.softmax(rows)
        ]

    def _prepared(self, rgb: np.ndarray, box: Box) -> np.ndarray:
        small = crops.sized(crops.square(rgb, box, self.margin), self.side, self.shape, self.resize)
        return images.normalised(small, self.mean, self.std)

    def _forward(self, pictures: Tensor) -> Tensor:
        """(n, names): cosines, times the network's own scale."""
        import torch

        network: Any = self._network
        made = torch.nn.functional.normalize(network.encode_image(pictures).float(), dim=-1)
        assert self._texts is not None
        return self._scale * made @ self._texts.T


def animals() -> list[str]:
    """The animals that cameras often see, of the whole world, and people, vehicles and empty pictures."""
    lines = ANIMALS.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def wanted(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """The names of a project's animals that are worth a question: the scientific ones, else the usual one; those that
    stand among ``others`` anyway are left to them.

    Names of one animal would share its score among them, and none would be sure. So “Indian leopard” and “Leopardo
    africano”, which look like scientific names, are none where a leopard or leopardo is named.
    """
    known = {part.casefold() for one in others for part in (one, *_names(one))}
    named = {*known, *words}  # as it is written: “Phoca” is the name of a genus, “leopardo” is not
    genera = {both[2].split()[0].casefold() for one in others if (both := _BRACKETS.match(one))}

    def scientific(word: str) -> bool:
        genus, _, species = word.casefold().partition(" ")
        plain = genus not in genera and genus != species and (genus in named or species in named)
        return bool(_LATIN.fullmatch(word)) and not plain

    chosen = [word for word in words if scientific(word)] or list(words[:1])
    return [word for word in chosen if word.casefold() not in known][:MOST_OURS]


def _names(word: str) -> list[str]:
    """Both names in "leopard (Panthera pardus)", or the one there is."""
    both = _BRACKETS.match(word.strip())
    return [part for part in both.groups() if part.strip()] if both else [word]


def _texts(name: str, word: str, said: object) -> list[str]:
    if not isinstance(said, list) or not said or not all(isinstance(one, str) and one.strip() for one in said):
        raise CatalogueError(f"“{name}”: “{word}” must be a list of texts.")
    return [str(one) for one in said]
