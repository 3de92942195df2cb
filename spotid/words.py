"""The vocabulary of the program: every fixed set of answers and states, each with the sentence a person reads."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A member of a fixed vocabulary: stored as its short name, shown as its sentence."""

    sentence: str

    def __new__(cls, value: str, sentence: str = "") -> Word:
        word = str.__new__(cls, value)
        word._value_ = value
        word.sentence = sentence
        return word


class Flank(Word):
    """The side of the animal that the camera saw."""

    LEFT = "left", "The left side is visible."
    RIGHT = "right", "The right side is visible."
    FRONT = "front", "The animal faces the camera."
    REAR = "rear", "The animal is seen from behind."
    UNKNOWN = "unknown", "Nobody has said yet which side is visible."


class Verdict(Word):
    """What a person may answer; each answer is one row of the ledger and is never rewritten."""

    SAME = "same", "Both pictures show the same individual."
    DIFFERENT = "different", "The pictures show two individuals."
    CANNOT_TELL = "cannot_tell", "I can't tell; show me this pair again later."
    NOT_COMPARABLE = "not_comparable", "These two pictures can never be compared; do not show the pair again."
    NEW = "new", "This sighting is an individual not seen before."
    UNUSABLE = "unusable", "Nobody can be identified in this sighting."
    FLANK = "flank", "The side of the animal that this sighting shows, as a person sees it."
    UNDO = "undo", "I take an earlier answer back."


PAIR_VERDICTS = frozenset({Verdict.SAME, Verdict.DIFFERENT, Verdict.CANNOT_TELL, Verdict.NOT_COMPARABLE})


class MediaState(Word):
    """Where a file stands on its way through the program. Every file found is in exactly one state."""

    FOUND = "found", "Found in the folder, not read yet."
    READ = "read", "Read; the search for animals has not happened yet."
    ANIMAL = "animal", "At least one animal was found."
    NO_ANIMAL = "no_animal", "No animal was found; look through these, the search may have missed one."
    PROBLEM = "problem", "The file could not be used; the reason stands beside it."
    MISSING = "missing", "The file was here before and is not there now."


class SightingState(Word):
    """Where a sighting stands: one animal's box in one picture."""

    DETECTED = "detected", "Found in a picture, not cropped yet."
    CROPPED = "cropped", "Cropped and cut out."
    EMBEDDED = "embedded", "Described by numbers and ready to be compared."
    PROBLEM = "problem", "The crop could not be made; the reason stands beside it."
    WITHDRAWN = "withdrawn", "Boxed anew or taken away by a person; kept, so that nothing said of it is lost."


class JobState(Word):
    """Where a long job stands."""

    QUEUED = "queued", "Waiting to start."
    RUNNING = "running", "At work."
    DONE = "done", "Finished."
    CANCELLED = "cancelled", "Stopped by you; the next run goes on from here."
    FAILED = "failed", "Stopped by a fault; the next run goes on from here."


class Stage(Word):
    """The steps of a run, in order."""

    SCAN = "scan", "Looking for photographs"
    READ = "read", "Reading dates, cameras and small pictures"
    DETECT = "detect", "Finding the animals"
    CROP = "crop", "Cropping and removing the background"
    FLANK = "flank", "Telling left sides from right sides"
    EMBED = "embed", "Describing the coats"
    NEIGHBOURS = "neighbours", "Finding look-alikes"
    POINTS = "points", "Checking look-alikes spot by spot"
    EXPORT = "export", "Copying photographs into one folder per individual"


class Problem(Word):
    """Why a file could not be used."""

    EMPTY = "empty", "The file is empty (0 bytes). Copy it again from the memory card."
    TRUNCATED = "truncated", "The picture is cut off. Copy it again from the memory card."
    NOT_A_PICTURE = "not_a_picture", "This is not a picture that can be opened, whatever its name says."
    TOO_LARGE = "too_large", "The picture has more pixels than can be opened safely."
    UNREADABLE = "unreadable", "The file could not be read. Check that you may open it and that the disk is well."
    NO_DECODER = "no_decoder", "This kind of picture needs an extra library that is not installed."
    UNEXPECTED = "unexpected", "Something unexpected went wrong with this file; the log says more."
