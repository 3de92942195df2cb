"""Reading files of weights: safely, and into exactly the network that they belong to."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid.errors import ModelFileError

if TYPE_CHECKING:
    from torch import Tensor, nn

UNWRAP = ("state_dict", "model_state_dict", "model", "module", "net", "network", "weights")
SHOWN = 3  # keys named in a sentence
AGAIN = "Fetch the file again, or choose another model."


def state_dict(path: Path, unwrap: Sequence[str] = UNWRAP, *, numpy_states: bool = False) -> dict[str, Tensor]:
    """The tensors of a file by key, on the processor: .safetensors, or what ``torch.save`` wrote.

    Never runs code of the file (``weights_only=True``). Wrappings named in ``unwrap`` are taken off, as are the
    ``module.`` of parallel training and the ``_orig_mod.`` of compiled networks. ``numpy_states``: let plain arrays of
    numbers through, which the random states of training checkpoints are. Raises ModelFileError.
    """
    path = Path(path)
    found: Any = _safetensors(path) if path.suffix == ".safetensors" else _pickled(path, numpy_states)
    for _ in range(4):
        inner = next((found[key] for key in unwrap if _holds_tensors(found.get(key))), None)
        if inner is None:
            break
        found = inner
    import torch

    state = {str(key): value for key, value in found.items() if isinstance(value, torch.Tensor)}
    if not state:
        raise ModelFileError(f"“{path.name}” holds no weights of a network.", AGAIN)
    for begin in ("_orig_mod.", "module.", "_orig_mod."):  # compiled inside or outside of parallel training
        if all(key.startswith(begin) for key in state):
            state = {key.removeprefix(begin): value for key, value in state.items()}
    return state


def load_strictly(module: nn.Module, state: Mapping[str, Tensor], what: str) -> None:
    """Load ``state`` into ``module``: every key once, every shape right, every value a number; ``module`` is not
    changed otherwise. ``what`` names the model in the sentence of ModelFileError.

    Only ``num_batches_tracked`` may be missing: it counts steps of training, and nothing is computed with it.
    """
    import torch

    wanted = module.state_dict()
    missing = [key for key in wanted if key not in state and not key.endswith("num_batches_tracked")]
    unexpected = [key for key in state if key not in wanted]
    shapes = [
        f"{key} ({_shape(value)} instead of {_shape(wanted[key])})"
        for key, value in state.items()
        if key in wanted and tuple(value.shape) != tuple(wanted[key].shape)
    ]
    wrong = [
        f"{len(keys):,} {how}: {_some(keys)}"
        for keys, how in ((missing, "missing"), (unexpected, "unknown"), (shapes, "of the wrong shape"))
        if keys
    ]
    if wrong:
        raise ModelFileError(f"This is not the file of {what}; of its keys {'; '.join(wrong)}.", AGAIN)
    for key, value in state.items():
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise ModelFileError(f"The file of {what} is damaged: “{key}” holds something that is no number.", AGAIN)
    try:
        module.load_state_dict(dict(state), strict=False)  # compared above, with sentences
    except RuntimeError as error:
        raise ModelFileError(f"The file of {what} can't be used: {_first(error)}.", AGAIN) from error


def _safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path, device="cpu")
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise _damaged(path, error) from error


def _pickled(path: Path, numpy_states: bool) -> dict[Any, Any]:
    import torch

    try:
        # Mapped, a training checkpoint costs no memory for the optimiser's half that is never touched.
        mapped = zipfile.is_zipfile(path)
        with _numbers_allowed() if numpy_states else nullcontext():
            found = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except Exception as error:  # UnpicklingError, RuntimeError, EOFError, KeyError, struct.error, …: a damaged file
        if "weights_only" in str(error) or "Unsupported" in str(error):
            raise ModelFileError(
                f"“{path.name}” holds more than weights, and reading it could run code; it was not read.",
                "Use the published file, or save its weights alone (torch.save of the state dict, or safetensors).",
            ) from error
        raise _damaged(path, error) from error
    if not isinstance(found, Mapping):
        raise ModelFileError(f"“{path.name}” holds no weights of a network.", AGAIN)
    return dict(found)


def _numbers_allowed() -> AbstractContextManager[Any]:
    """NumPy's plain arrays and scalars, under the names that NumPy 1 and 2 write."""
    import _codecs

    import numpy as np
    import torch

    multiarray: Any = import_module(f"{'numpy._core' if hasattr(np, '_core') else 'numpy.core'}.multiarray")
    made: list[Any] = [np.ndarray, np.dtype, _codecs.encode]
    for place in ("numpy.core.multiarray", "numpy._core.multiarray"):
        made += [(multiarray._reconstruct, f"{place}._reconstruct"), (multiarray.scalar, f"{place}.scalar")]
    made += [type(np.dtype(code)) for code in "?bBhHiIlLqQefd"]
    return torch.serialization.safe_globals(made)


def _holds_tensors(found: Any) -> bool:
    import torch

    return isinstance(found, Mapping) and any(
        isinstance(value, torch.Tensor) or (isinstance(value, Mapping) and _holds_tensors(value))
        for value in found.values()
    )


def _damaged(path: Path, error: Exception) -> ModelFileError:
    return ModelFileError(f"“{path.name}” can't be read; it is damaged or no file of weights ({_first(error)}).", AGAIN)


def _first(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")[:160] or type(error).__name__


def _shape(value: Tensor) -> str:
    return "×".join(map(str, value.shape)) or "1"


def _some(keys: Sequence[str]) -> str:
    return ", ".join(keys[:SHOWN]) + (", …" if len(keys) > SHOWN else "")
