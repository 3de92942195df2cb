"""The vocabulary of the program: every fixed set of answers and states, each with the sentence a person reads."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A member of a fixed vocabulary: stored as its short name, shown as its sentence and, where there is one, the
    advice on what to do."""

    sentence: str
    advice: str

    def __new__(cls, value: str, sentence: str = "", advice: str = "") -> Word:
        word = str.__new__(cls, value)
        word._value_ = value
        word.sentence = sentence
        word.advice = advice
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
    ASSIGN = "assign", "This sighting belongs to that individual."
    MERGE = "merge", "These two individuals are one."
    LINK = "link", "The left side of one individual and the right side of another were seen together: they are one."
    SPLIT = "split", "These sightings of an individual are another one; the others stay."
    RELEASE = "release", "Nobody knows any more who is seen in these sightings."
    DESCRIBE = "describe", "Something is said of an individual: its name, sex, age, or a note."
    SECOND = "second", "A second opinion on a pair, given without knowing the first; it changes no identity."
    FLANK = "flank", "The side of the animal that this sighting shows, as a person sees it."
    UNDO = "undo", "I take an earlier answer back."


PAIR_VERDICTS = frozenset({Verdict.SAME, Verdict.DIFFERENT, Verdict.CANNOT_TELL, Verdict.NOT_COMPARABLE})
JOINING = frozenset({Verdict.SAME, Verdict.ASSIGN, Verdict.MERGE, Verdict.LINK})
TWO_SIGHTINGS = PAIR_VERDICTS | JOINING | {Verdict.SECOND}


class MediaState(Word):
    """Where a file stands on its way through the program. Every file found is in exactly one state."""

    FOUND = "found", "Found in the folder, not read yet."
    READ = "read", "Read; the search for animals has not happened yet."
    ANIMAL = "animal", "At least one animal was found."
    NO_ANIMAL = "no_animal", "No animal was found; look through these, the search may have missed one."
    CLIP = "clip", "A clip; the stills taken out of it are searched like photographs."
    PROBLEM = "problem", "The file could not be used; the reason stands beside it."
    MISSING = "missing", "The file was here before and is not there now."


class SightingState(Word):
    """Where a sighting stands: one animal's box in one picture."""

    DETECTED = "detected", "Found in a picture, not cropped yet."
    CROPPED = "cropped", "Cropped and cut out."
    EMBEDDED = "embedded", "Described by numbers and ready to be compared."
    PROBLEM = "problem", "The crop could not be made; the reason stands beside it."
    OTHER = "other", "Another species than the one that individuals are told apart of; it waits on its shelf."
    WITHDRAWN = "withdrawn", "Boxed anew or taken away by a person; kept, so that nothing said of it is lost."


class JobState(Word):
    """Where a long job stands."""

    QUEUED = "queued", "Waiting to start."
    RUNNING = "running", "At work."
    PAUSED = "paused", "Waiting for room on the disk; it goes on by itself."
    DONE = "done", "Finished."
    CANCELLED = "cancelled", "Stopped by you; the next run goes on from here."
    FAILED = "failed", "Stopped by a fault; the next run goes on from here."


class Stage(Word):
    """The steps of a run, in order."""

    SCAN = "scan", "Looking for photographs"
    CLIPS = "clips", "Taking still pictures out of clips"
    READ = "read", "Reading dates, cameras and small pictures"
    STRIPS = "strips", "Reading the writing in pictures without a date"
    DETECT = "detect", "Finding the animals"
    SPECIES = "species", "Sorting out other species"
    FOLLOW = "follow", "Following what the collection says of its animals"
    CROP = "crop", "Cropping and removing the background"
    FLANK = "flank", "Telling left sides from right sides"
    EMBED = "embed", "Describing the coats"
    NEIGHBOURS = "neighbours", "Finding look-alikes"
    POINTS = "points", "Checking look-alikes spot by spot"
    LEARN = "learn", "Learning from confirmed animals"
    EXPORT = "export", "Copying photographs into one folder per individual"
    CHECK = "check", "Checking answers, vectors and pictures"


class Problem(Word):
    """Why a file could not be used, and what a person can do about it."""

    EMPTY = "empty", "The file is empty (0 bytes).", "Copy it again from the memory card."
    TRUNCATED = (
        *("truncated", "The picture is cut off or damaged."),
        "Copy it again from the memory card; where it is the same there, the camera did not finish writing it.",
    )
    NOT_A_PICTURE = (
        *("not_a_picture", "This is not a picture that can be opened, whatever its name says."),
        "Look at what it is; a photograph of an unusual kind can be saved as JPEG by another program.",
    )
    TOO_LARGE = (
        *("too_large", "The picture has more pixels than can be opened safely."),
        "Save a smaller copy of it, of at most 150 megapixels, in its place.",
    )
    UNREADABLE = (
        *("unreadable", "The file could not be read."),
        "Check that you may open it and that the disk is well; every run tries again.",
    )
    NO_DECODER = (
        *("no_decoder", "This kind of picture needs an extra library that is not installed."),
        "Save the picture as JPEG, or install SpotID again; every run tries again.",
    )
    NOT_A_CLIP = (
        *("not_a_clip", "This is not a video clip that can be opened, whatever its name says."),
        "Look at what it is; a clip of an unusual kind can be saved as MP4 by another program.",
    )
    CLIP_CUT_OFF = (
        *("clip_cut_off", "The clip is cut off or damaged; not one picture in it can be shown."),
        "Copy it again from the memory card; where it is the same there, the camera did not finish writing it.",
    )
    CLIP_NO_PICTURES = (
        *("clip_no_pictures", "The clip holds sound only, or no picture at all."),
        "It was not used; nothing needs to be done.",
    )
    CLIP_NO_DECODER = (
        *("clip_no_decoder", "The pictures of this clip are packed in a way that is not known here."),
        "Save the clip as MP4 with H.264 by another program.",
    )
    CLIP_TOO_LARGE = (
        *("clip_too_large", "The pictures of this clip have more pixels than can be opened safely."),
        "Save the clip with smaller pictures, of at most 40 megapixels.",
    )
    CLIP_PROTECTED = (
        *("clip_protected", "The clip is locked by a password or by copy protection."),
        "Save an open copy with the program that made it.",
    )
    CLIP_NO_READER = (
        *("clip_no_reader", "Clips need an extra library (PyAV) that is not installed."),
        "Install SpotID again; every run tries again.",
    )
    OUTSIDE = (
        *("outside", "The file is a link that leads out of its folder; it was not read."),
        "Put a copy of the photograph in its place.",
    )
    DEAD_LINK = (
        *("dead_link", "The file is a link to something that is not there."),
        "Put the photograph itself in its place, or remove the link.",
    )
    NOT_A_FILE = (
        *("not_a_file", "This is a pipe, a socket or a device and not a file, whatever its name says."),
        "It was not opened; remove it if it does not belong there.",
    )
    CHANGING = (
        *("changing", "The file changed while it was being read."),
        "Wait until copying has ended, then run again.",
    )
    REPLACED = (
        *("replaced", "Another picture now lies under the name of one in which animals were found before."),
        "Give the new picture another name and put the old one back, then run again; no answer is lost.",
    )
    CRASHED = (
        *("crashed", "This file stopped the program twice and was put aside; all others are worked on."),
        "Open it in another program and save it anew, then let SpotID try it again.",
    )
    UNEXPECTED = (
        *("unexpected", "Something unexpected went wrong with this file."),
        "Open it in another program and save it anew; the log of the run, in the project's folder “logs”, says more.",
    )
