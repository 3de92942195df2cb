"""Files of weights, checked before anything reads them: what is damaged or exchanged is never parsed, let alone run.

``python -m spotid.seal`` writes the seals of all weights that ship with the program anew, after training.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from functools import lru_cache
from pathlib import Path

from spotid.errors import ModelFileError

PACKAGE = Path(__file__).resolve().parent
SEALS = PACKAGE / "seals.json"
KINDS = ("*.npz", "*.onnx", "calibration.json")


def checked(path: Path, sha256: str) -> Path:
    """``path``, if its content has that SHA-256; for files too large for the memory. Raises ModelFileError."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from None
    if not hmac.compare_digest(found, sha256.lower()):
        raise _damaged(path, "its content is another one")
    return path


def content(path: Path) -> bytes:
    """The bytes of a file of weights. One that ships with the program must fit its seal; one that lies elsewhere is
    the user's own. What is returned is what was checked. Raises ModelFileError."""
    try:
        read = path.read_bytes()
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from None
    if not path.resolve().is_relative_to(PACKAGE):
        return read
    seal = _seals().get(path.resolve().relative_to(PACKAGE).as_posix(), "")
    if not hmac.compare_digest(_sum(path, read), seal):
        raise _damaged(path, "it does not fit its seal")
    return read


def shipped() -> dict[str, str]:
    """All weights below the package, by their path in it, with the SHA-256 that they have now."""
    found = sorted({path for kind in KINDS for path in PACKAGE.rglob(kind)})
    return {path.relative_to(PACKAGE).as_posix(): _sum(path, path.read_bytes()) for path in found}


def _sum(path: Path, read: bytes) -> str:
    """The SHA-256; of a text, as it is with plain line ends, which Git may have changed on Windows."""
    return hashlib.sha256(read.replace(b"\r\n", b"\n") if path.suffix == ".json" else read).hexdigest()


@lru_cache(maxsize=1)
def _seals() -> dict[str, str]:
    try:
        seals = json.loads(SEALS.read_text(encoding="utf-8"))
        return {str(name): str(seal) for name, seal in seals.items()}
    except (OSError, ValueError, AttributeError):
        raise _damaged(SEALS, "the list of seals can't be read") from None


def _damaged(path: Path, why: str) -> ModelFileError:
    return ModelFileError(
        f"The file of weights “{path.name}” is damaged ({why}).",
        "Install SpotID again; if you trained these weights yourself, run “python -m spotid.seal”.",
    )


if __name__ == "__main__":
    SEALS.write_text(json.dumps(shipped(), indent=2) + "\n", encoding="utf-8")
    print(f"{len(shipped())} files sealed in {SEALS}")
