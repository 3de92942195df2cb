"""Looking at a collection while a page waits: counted as it goes, stopped on request, kept until it is taken.

A folder of 100,000 files on a slow disk takes minutes to look at, and every answer of a person lets it be looked at
anew, so it is done beside the page; an answer that comes meanwhile stops what is out of date.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from spotid.errors import BadRequestError, NotFoundError, SpotIDError
from spotid.progress import Cancelled, Progress

MOST = 4  # looks that are kept; one of 100,000 files takes some 100 MB
PAGE = 50  # entries of a list that a page is shown at once
LISTS = ("individuals", "stations", "species", "refused", "oddities", "changes")
MOST_ANSWERS, LONGEST_ANSWER = 5_000, 1_000


class Looked(Protocol):
    """What looking gives, as taking in a collection and updating from a sheet have it."""

    @property
    def asks(self) -> bool:
        """Whether a person has to answer something first."""
        ...

    @property
    def mark(self) -> str:
        """Changes with all that was looked at."""
        ...

    def shown(self) -> dict[str, Any]:
        """Plain data for a page."""
        ...


Looker = Callable[[Mapping[str, str], Progress, bool], Any]  # answers, progress, whether the files may have changed


@dataclass(frozen=True, slots=True)
class About:
    """What is looked at, and for whom. ``project_id`` is empty where the project is not made yet."""

    kind: str  # "collection" or "sheet"
    source: Path
    project_path: Path
    project_id: str = ""
    upload: str = ""
    level: str = "auto"


class _Counted:
    """Counts, and stops what nobody waits for any more."""

    def __init__(self) -> None:
        self.count = 0
        self.stopped = False

    def expect(self, total: int) -> None:
        """Nothing is known of it: only the end tells how many files there are."""

    def step(self, count: int = 1, note: str = "") -> None:
        """So many files were seen."""
        self.count += count
        if self.stopped:
            raise Cancelled


class Preview:
    """One look, anew with every answer."""

    def __init__(self, about: About, look: Looker) -> None:
        self.uid = secrets.token_hex(8)
        self.about = about
        self.answers: dict[str, str] = {}
        self.taken = ""  # the address to go to, once it was taken
        self.taking = threading.Lock()
        self._look = look
        self._changed = threading.Condition()
        self._counted = _Counted()
        self._looked: Looked | None = None
        self._shown: dict[str, Any] = {}
        self._trouble: SpotIDError | None = None
        self._state = ""
        self._begin()

    def answer(self, answers: Mapping[str, str], *, anew: bool = False) -> None:
        """Look again with these answers beside the earlier ones; an empty one takes an earlier one back.

        With ``anew`` the files are listed again, too.
        """
        for key, value in answers.items():
            if not isinstance(value, str) or len(key) > LONGEST_ANSWER or len(value) > LONGEST_ANSWER:
                raise BadRequestError("This answer can't be used.", "Reload the page and try again.")
        with self._changed:
            merged = {**self.answers, **answers}
            self.answers = {key: value for key, value in merged.items() if value}
            if len(self.answers) > MOST_ANSWERS:
                raise BadRequestError("There are too many answers.", "Divide the collection.")
            if self._state == "left":
                raise NotFoundError("This look was ended.", "Choose the folder again.")
        self._begin(anew)

    def leave(self, taken: str = "") -> None:
        """Stop looking; nothing is kept but the address to go to, where it was taken."""
        with self._changed:
            self._counted.stopped = True
            self.taken = taken or self.taken
            self._state, self._looked, self._shown = "left", None, {}
            self._look = _nothing
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait until it was looked at, for so long at most."""
        with self._changed:
            self._changed.wait_for(lambda: self._state != "looking", seconds)

    def looked(self) -> Looked:
        """What was found. Raises what looking raised, or BadRequestError while it goes on."""
        with self._changed:
            if self._trouble is not None:
                raise self._trouble
            if self._looked is None:
                raise BadRequestError("The files are still being looked at.", "Wait for the end of it, or cancel.")
            return self._looked

    def told(self) -> dict[str, Any]:
        """The state; once it is ready all that is short, and the beginnings of all that is long."""
        with self._changed:
            about = self.about
            told: dict[str, Any] = {
                **{"id": self.uid, "state": self._state, "counted": self._counted.count, "kind": about.kind},
                **{"project_path": str(about.project_path), "project_id": about.project_id, "url": self.taken},
                **{"answers": dict(self.answers), "uploaded": bool(about.upload), "path": str(about.source)},
            }
            if self._trouble is not None:
                told["error"] = {"sentence": self._trouble.sentence, "advice": self._trouble.advice}
            shown = self._shown
        if not shown:
            return told
        lists = {name: shown[name] for name in LISTS if name in shown}
        plan = {name: value for name, value in shown.items() if name not in lists and name != "understood"}
        plan["lists"] = {name: {"rows": rows[:PAGE], "total": len(rows)} for name, rows in lists.items()}
        understood = shown.get("understood", [])
        asked = [one for one in understood if one["asks"] or one["key"] in told["answers"]]
        others = [one for one in understood if not (one["asks"] or one["key"] in told["answers"])]
        if len(asked) > 4 * PAGE:  # not all of them are shown: then at least what is open
            asked.sort(key=lambda one: not one["asks"])
        plan["questions"] = {"rows": asked[: 4 * PAGE], "total": len(asked), "open": sum(one["asks"] for one in asked)}
        plan["understood"] = {"rows": others[: 4 * PAGE], "total": len(others)}
        return told | {"plan": plan}

    def page(self, name: str, after: int) -> dict[str, Any]:
        """A page of one of ``LISTS``, from an entry on. Raises BadRequestError."""
        self.looked()
        if name not in LISTS:
            raise BadRequestError("There is no such list.", "Reload the page.")
        rows = self._shown.get(name, [])
        following = after + PAGE
        return {"rows": rows[after:following], "total": len(rows), "next": following if following < len(rows) else None}

    def _begin(self, anew: bool = False) -> None:
        with self._changed:
            self._counted.stopped = True
            counted = self._counted = _Counted()
            self._state, self._trouble = "looking", None
        answers = dict(self.answers)
        threading.Thread(target=self._run, args=(answers, counted, anew), name="look", daemon=True).start()

    def _run(self, answers: Mapping[str, str], counted: _Counted, anew: bool) -> None:
        looked: Looked | None = None
        shown: dict[str, Any] = {}
        trouble: SpotIDError | None = None
        try:
            looked = self._look(answers, counted, anew)
            shown = looked.shown()
        except Cancelled:
            return
        except SpotIDError as error:
            trouble = error
        except OSError as error:
            trouble = NotFoundError(
                f"“{self.about.source}” can't be read: {error.strerror or error}.", "Is the disk still plugged in?"
            )
        except Exception:
            logging.getLogger("spotid").exception("looking at a collection failed")
            trouble = SpotIDError(
                "Something unexpected went wrong while the files were looked at.", "Try it once more."
            )
        with self._changed:
            if counted.stopped:
                return  # a newer answer is being looked at with
            self._looked, self._shown, self._trouble = looked, shown, trouble
            self._state = "failed" if trouble is not None else "ready"
            self._changed.notify_all()


def _nothing(answers: Mapping[str, str], progress: Progress, anew: bool) -> Any:
    """In the place of a look that has ended, which holds all that it found."""
    raise Cancelled


class Previews:
    """The looks of this program; the oldest gives way to a new one."""

    def __init__(self) -> None:
        self._there: dict[str, Preview] = {}
        self._lock = threading.Lock()

    def begin(self, about: About, look: Looker) -> Preview:
        """Begin to look."""
        made = Preview(about, look)
        with self._lock:
            self._there[made.uid] = made
            old = [self._there.pop(uid) for uid in list(self._there)[:-MOST]]
        for one in old:
            one.leave()
        return made

    def get(self, uid: str) -> Preview:
        """A look. Raises NotFoundError."""
        with self._lock:
            found = self._there.get(uid)
        if found is None:
            raise NotFoundError("This look is not there any more.", "Choose the folder or the ZIP again.")
        return found

    def close(self) -> None:
        """End all looks."""
        for uid in list(self._there):
            self.leave(uid)

    def leave(self, uid: str) -> None:
        """End a look; one that is gone already is no fault."""
        with self._lock:
            found = self._there.pop(uid, None)
        if found is not None:
            found.leave()
