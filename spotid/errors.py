"""Errors meant for people: each says in one sentence what happened and in another what to do."""

from __future__ import annotations


class SpotIDError(Exception):
    """Something a person can act on.

    ``code`` is short and stable (for tests and scripts), ``sentence`` says what happened, ``advice`` what to do next,
    ``exit_code`` is what the command line returns, ``status`` what a page answers.
    """

    code = "error"
    exit_code = 1
    status = 400

    def __init__(self, sentence: str, advice: str = "") -> None:
        self.sentence = sentence
        self.advice = advice
        super().__init__(f"{sentence} {advice}".strip())


class BadRequestError(SpotIDError):
    """An argument or a form field that can't be used."""

    code, exit_code, status = "bad-request", 2, 400


class NotFoundError(SpotIDError):
    """Something asked for is not there."""

    code, exit_code, status = "not-found", 3, 404


class ProjectError(SpotIDError):
    """A project folder that can't be created or opened."""

    code, exit_code, status = "project", 4, 409


class NewerProjectError(ProjectError):
    """The project was written by a newer SpotID."""

    code = "project-newer"


class ProjectLockedError(ProjectError):
    """Another program holds the project."""

    code, exit_code, status = "project-locked", 5, 423


class ProjectReadOnlyError(ProjectError):
    """The project can't be written, or was opened for looking only."""

    code, exit_code, status = "project-readonly", 5, 423


class ProjectDamagedError(ProjectError):
    """The database can't be used; a backup can be put in its place."""

    code = "project-damaged"


class EmbeddingsOnlyError(ProjectError):
    """A folder of embeddings without its project; one can be built around it."""

    code = "embeddings-only"


class OriginalDataError(ProjectError):
    """A folder of embeddings of the original SpotID; a project can be made of it."""

    code = "original-embeddings"


class PicturesMissingError(ProjectError):
    """Pictures that a folder of the original SpotID names are not where it says; a person can say where they are."""

    code = "original-pictures"


class DiskFullError(SpotIDError):
    """There is no room left to write."""

    code, exit_code, status = "disk-full", 6, 507


class PictureError(SpotIDError):
    """One file that can't be used; becomes a row in the problems list, never a crash."""

    code, exit_code, status = "picture", 7, 422

    def __init__(self, problem: str, sentence: str, advice: str = "") -> None:
        self.problem = problem
        super().__init__(sentence, advice)


class OutsideError(PictureError):
    """What a name leads to lies outside the folder that it belongs to; it is not read."""

    code = "outside"

    def __init__(self) -> None:
        super().__init__(
            "outside",
            "The file leads to a place outside its own folder and was not read.",
            "Replace the link by a copy of the file.",
        )


class ArchiveError(SpotIDError):
    """A ZIP or a workbook that can't be opened safely."""

    code, exit_code, status = "archive", 7, 422


class ModelFileError(SpotIDError):
    """A file of weights that is damaged or not the one that belongs to this SpotID."""

    code, exit_code, status = "model-file", 10, 409


class JobError(SpotIDError):
    """A job that can't be started or has stopped."""

    code, exit_code, status = "job", 8, 409


class NothingToUndoError(SpotIDError):
    """Every answer has been taken back already."""

    code, exit_code, status = "nothing-to-undo", 2, 409


class AnswerNotKeptError(SpotIDError):
    """An answer was not written; the page keeps the pair on screen."""

    code, exit_code, status = "answer-not-kept", 9, 503
