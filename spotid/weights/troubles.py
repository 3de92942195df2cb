"""What can go wrong on the way of a weight file, each with what to do next."""

from __future__ import annotations

from spotid.errors import ModelFileError, SpotIDError


class DownloadError(SpotIDError):
    """A file that could not be fetched; what has arrived is kept, and the next attempt goes on from there."""

    code, exit_code, status = "download", 11, 502


class CatalogueError(SpotIDError):
    """The list of weight files says something that cannot be meant."""

    code, exit_code, status = "catalogue", 10, 422


class MissingModelError(ModelFileError):
    """A published model was asked for whose files, or whose packages, are not on this computer."""

    code, status = "model-missing", 404


class WrongSumError(ModelFileError):
    """The bytes are not the ones that the list, or the first download, speaks of. They are not used.

    ``found`` is the SHA-256 of the bytes that were refused, so that a person can compare it with the host's own.
    ``doubtful``: it may be the sum that is wrong.
    """

    code = "wrong-sum"

    def __init__(self, sentence: str, advice: str = "", found: str = "", doubtful: bool = False) -> None:
        self.found, self.doubtful = found, doubtful
        super().__init__(sentence, advice)
