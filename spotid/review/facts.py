"""What people said of individuals: names, sex, age, notes, portraits; the newest word on each counts."""

from __future__ import annotations

from collections.abc import Iterable

from spotid.review.said import AnswerLike

NAME = "name"


class Facts:
    """Facts by the number that an individual went by when they were said."""

    def __init__(self) -> None:
        self._said: dict[int, dict[str, AnswerLike]] = {}  # number → answer uid → answer, oldest first
        self._about: dict[str, int] = {}  # answer → number

    def add(self, answer: AnswerLike, number: int) -> None:
        """Note what an answer says of an individual."""
        self._said.setdefault(number, {})[answer.uid] = answer
        self._about[answer.uid] = number

    def remove(self, answer: AnswerLike) -> int | None:
        """Forget an answer; the number that it was about."""
        number = self._about.pop(answer.uid, None)
        if number is not None:
            self._said[number].pop(answer.uid)
        return number

    def of(self, numbers: Iterable[int]) -> dict[str, str]:
        """What is known of an individual in which these numbers are seated; the oldest number's word counts first."""
        known: dict[str, str] = {}
        for number in sorted(numbers):
            newest: dict[str, str] = {}
            for answer in self._said.get(number, {}).values():
                facts = (answer.more or {}).get("facts", {})
                newest |= {str(key): str(value) for key, value in facts.items()}
            known = {key: value for key, value in newest.items() if value and key not in known} | known
        return known

    def described(self) -> Iterable[int]:
        """Numbers of which anything was ever said."""
        return self._said.keys()
