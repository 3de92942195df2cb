"""Fetching: no file gets its name before its bytes have been compared, and nothing that arrived well is lost."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spotid.errors import DiskFullError, NotFoundError
from spotid.progress import Cancelled
from spotid.weights import keep
from spotid.weights.fetch import Rules, Told, fetch, take
from spotid.weights.troubles import DownloadError, WrongSumError
from tests.weights.host import BODY, OTHER, Clock, Host, cut, rules, status, weight, whole, without_length

SHA = hashlib.sha256(BODY).hexdigest()


def left(folder: Path) -> list[str]:
    """The files there, without the lock."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_a_good_file_gets_its_name_and_its_note(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [whole()]
    steps: list[Told] = []
    one = weight(host.root + "/f")
    kept = fetch(one, tmp_path, told=steps.append, rules=rules(clock=_hurried()))
    assert kept.path == tmp_path / "stand-in" / "stand_in.pt" and kept.path.read_bytes() == BODY
    assert (kept.sha256, kept.bytes, kept.how, kept.source) == (SHA, len(BODY), "published", one.url)
    assert left(tmp_path) == ["stand_in.pt", "stand_in.pt.json"]
    assert json.loads(keep.note_of(kept.path).read_text())["sha256"] == SHA
    assert steps[0].done == 0 and steps[-1].done == steps[-1].total == len(BODY)
    assert any(step.seconds_left for step in steps) and steps[-1].seconds_left == 0
    # The second time it is compared, not fetched.
    assert fetch(one, tmp_path, rules=rules()).sha256 == SHA
    assert len(host.asked) == 1


def test_a_confirmed_sum_that_differs_keeps_nothing(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [whole(OTHER)]
    with pytest.raises(WrongSumError) as caught:
        fetch(weight(host.root + "/f"), tmp_path, rules=rules())
    assert caught.value.found == hashlib.sha256(OTHER).hexdigest() and caught.value.advice
    assert left(tmp_path) == []
    # Not even a person's word goes before a confirmed sum.
    with pytest.raises(WrongSumError):
        fetch(weight(host.root + "/f"), tmp_path, rules=rules(), trusting=hashlib.sha256(OTHER).hexdigest())


def test_a_sum_of_one_source_may_be_overruled_by_a_person(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [whole()]
    doubtful = weight(host.root + "/f", known="wrong")
    with pytest.raises(WrongSumError, match="mistyped") as caught:
        fetch(doubtful, tmp_path, rules=rules())
    assert SHA in caught.value.advice and left(tmp_path) == ["stand_in.pt.part", "stand_in.pt.part.json"]
    with pytest.raises(WrongSumError, match="you gave"):
        fetch(doubtful, tmp_path, rules=rules(), trusting="00" * 32)
    assert fetch(doubtful, tmp_path, rules=rules(), trusting=SHA).how == "given"
    assert len(host.asked) == 1, "what has arrived waits for the person's word"
    host.answers["/f"] = [whole(), whole(), whole(OTHER)]
    for _ in range(2):  # without a word it is fetched anew: a second download is a witness of its own
        with pytest.raises(WrongSumError, match="mistyped"):
            fetch(doubtful, tmp_path / "again", rules=rules())
    assert len(host.asked) == 3
    assert keep.verify(doubtful, tmp_path).how == "given"


def test_a_broken_connection_goes_on_where_it_broke(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [cut(131_072), cut(65_536), whole()]
    kept = fetch(weight(host.root + "/f"), tmp_path, rules=rules())
    assert kept.path.read_bytes() == BODY
    assert host.ranges() == ["", "bytes=131072-", "bytes=196608-"]
    assert host.asked[1][1]["If-Range"] == '"one"'


def test_the_next_start_goes_on_as_well(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [cut(131_072), status(503)]
    with pytest.raises(DownloadError, match="503"):
        fetch(weight(host.root + "/f"), tmp_path, rules=rules(tries=2))
    assert left(tmp_path) == ["stand_in.pt.part", "stand_in.pt.part.json"]
    host.answers["/f"] = [whole()]
    assert fetch(weight(host.root + "/f"), tmp_path, rules=rules()).path.read_bytes() == BODY
    assert host.ranges()[-1] == "bytes=131072-"


def test_a_file_that_was_exchanged_in_between_is_begun_anew(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [cut(131_072, OTHER, '"old"'), whole()]
    assert fetch(weight(host.root + "/f"), tmp_path, rules=rules()).path.read_bytes() == BODY
    assert host.asked[1][1]["If-Range"] == '"old"'  # the host sees that its file is another one and sends all of it


def test_two_halves_of_different_files_are_begun_anew(host: Host, tmp_path: Path) -> None:
    """A host whose mark does not change with the file: only the sum tells."""
    host.answers["/f"] = [cut(131_072, OTHER), whole()]
    assert fetch(weight(host.root + "/f"), tmp_path, rules=rules()).path.read_bytes() == BODY
    assert host.ranges() == ["", "bytes=131072-", ""]


def test_a_part_of_another_address_is_not_gone_on_with(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [cut(131_072, OTHER), status(404)]
    with pytest.raises(DownloadError):
        fetch(weight(host.root + "/f"), tmp_path, rules=rules())
    host.answers["/g"] = [whole()]
    fetch(weight(host.root + "/g"), tmp_path, rules=rules())
    assert [headers.get("Range") for path, headers in host.asked if path == "/g"] == [None]


def test_a_busy_host_is_asked_again_after_a_pause(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [status(504), status(429, Retry_After="7"), status(503), whole()]
    clock, said = Clock(), []
    fetch(
        weight(host.root + "/f"), tmp_path, told=lambda step: said.append(step.sentence), rules=rules(sleep=clock.sleep)
    )
    assert sum(clock.slept) == 1 + 7 + 4 and max(clock.slept) <= 1
    assert any("504" in sentence and "next attempt" in sentence for sentence in said)


def test_it_gives_up_in_the_end(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [status(504)]
    with pytest.raises(DownloadError, match="504") as caught:
        fetch(weight(host.root + "/f"), tmp_path, rules=rules(tries=3))
    assert len(host.asked) == 3 and "stick" in caught.value.advice


def test_a_host_that_cannot_be_reached(tmp_path: Path) -> None:
    pytest.importorskip("requests")
    gone = Host()
    gone.close()
    with pytest.raises(DownloadError, match=r"could not be fetched: 127.0.0.1 can't be reached\."):
        fetch(weight(gone.root + "/f"), tmp_path, rules=rules(tries=2))
    through = dataclasses.replace(rules(tries=1), proxy=gone.root)
    with pytest.raises(DownloadError, match="the proxy does not answer or refuses"):
        fetch(weight("https://nowhere.invalid/f"), tmp_path, rules=through)


def test_another_host_may_send_the_file(host: Host, tmp_path: Path) -> None:
    other = Host()
    try:
        host.answers["/f"] = [status(302, Location=other.root + "/elsewhere")]
        other.answers["/elsewhere"] = [cut(131_072), whole()]
        kept = fetch(weight(host.root + "/f"), tmp_path, rules=rules())
        assert kept.path.read_bytes() == BODY and other.root.removeprefix("http://") in kept.source
        assert other.ranges() == ["", "bytes=131072-"]
    finally:
        other.close()


@pytest.mark.parametrize(
    "where", ["http://example.org/f", "file:///etc/passwd", "ftp://127.0.0.1/f", "//example.org/f"]
)
def test_no_insecure_address(host: Host, tmp_path: Path, where: str) -> None:
    host.answers["/f"] = [status(302, Location=where)]
    with pytest.raises(DownloadError, match="https"):
        fetch(weight(host.root + "/f"), tmp_path, rules=rules())
    with pytest.raises(DownloadError, match="https"):
        fetch(weight(where), tmp_path, rules=rules())
    with pytest.raises(DownloadError, match="https"):
        fetch(weight(host.root + "/f"), tmp_path)  # 127.0.0.1 without https is for tests alone
    assert len(host.asked) == 1


def test_a_host_that_sends_on_and_on(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [status(302, Location="/f")]
    with pytest.raises(DownloadError, match="on and on"):
        fetch(weight(host.root + "/f"), tmp_path, rules=rules())
    assert len(host.asked) < 10


def test_a_file_of_another_length_is_refused_before_it_is_fetched(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [whole(BODY + b"more")]
    with pytest.raises(DownloadError, match="300,004"):
        fetch(weight(host.root + "/f"), tmp_path, rules=rules())
    assert left(tmp_path) == []


def test_too_large(host: Host, tmp_path: Path) -> None:
    host.answers["/told"], host.answers["/untold"] = [whole()], [without_length(BODY)]
    for path, longest in (("/told", 0), ("/untold", 200_000)):
        with pytest.raises(DownloadError, match="0 MB"):
            fetch(weight(host.root + path, known="nothing"), tmp_path, rules=rules(most=200_000))
        arrived = max((part.stat().st_size for part in tmp_path.rglob("*.part")), default=0)
        assert arrived <= longest


def test_a_host_that_lies_about_the_length(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [whole(BODY[:1000], told=len(BODY)), whole()]
    assert fetch(weight(host.root + "/f"), tmp_path, rules=rules()).path.read_bytes() == BODY


def test_a_page_instead_of_the_file(host: Host, tmp_path: Path) -> None:
    """A network that wants its users to sign in answers everything with a page of its own."""
    host.answers["/f"] = [whole(b"<html>Sign in</html>")]
    with pytest.raises(DownloadError, match="page of its own"):
        fetch(weight(host.root + "/f"), tmp_path, rules=rules())


def test_the_sum_that_the_host_sends_is_compared(host: Host, tmp_path: Path) -> None:
    wrong = hashlib.sha256(OTHER).hexdigest()
    host.answers["/f"] = [whole(X_Linked_Etag=f'"{wrong}"')]
    with pytest.raises(WrongSumError, match="damaged"):
        fetch(weight(host.root + "/f", known="nothing"), tmp_path, rules=rules())
    host.answers["/f"] = [whole(X_Linked_Etag=f'"{SHA}"')]
    assert fetch(weight(host.root + "/f", known="nothing"), tmp_path, rules=rules()).sha256 == SHA


def test_the_first_sum_is_believed_and_kept_to_ever_after(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [whole()]
    unknown = weight(host.root + "/f", known="nothing")
    kept = fetch(unknown, tmp_path, rules=rules())
    assert kept.how == "first use" and keep.verify(unknown, tmp_path).sha256 == SHA
    kept.path.write_bytes(OTHER)
    with pytest.raises(WrongSumError, match="changed"):
        keep.verify(unknown, tmp_path)
    with pytest.raises(WrongSumError, match="changed"):
        fetch(unknown, tmp_path, rules=rules())
    kept.path.write_bytes(BODY)
    keep.note_of(kept.path).unlink()
    with pytest.raises(WrongSumError, match="note is missing"):
        keep.verify(unknown, tmp_path)


def test_a_full_disk_is_seen_beforehand(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host.answers["/f"] = [whole()]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=350_000))
    with pytest.raises(DiskFullError, match="0 MB are free") as caught:
        fetch(weight(host.root + "/f"), tmp_path, rules=rules(spare=100_000))
    assert "your work" in caught.value.advice and left(tmp_path) == []
    assert fetch(weight(host.root + "/f"), tmp_path, rules=rules(spare=10_000)).sha256 == SHA


def test_a_disk_that_fills_up_on_the_way(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host.answers["/f"] = [whole()]
    real = Path.open

    class Full:
        def __init__(self, file: Any) -> None:
            self.file, self.room = file, 150_000

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def write(self, block: bytes) -> int:
            if self.room < len(block):
                raise OSError(errno.ENOSPC, "No space left on device")
            self.room -= len(block)
            return int(self.file.write(block))

    def opened(path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        file = real(path, mode, *more, **named)
        return Full(file) if path.suffix == ".part" and mode != "rb" else file

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", opened)
        with pytest.raises(DiskFullError, match="is full"):
            fetch(weight(host.root + "/f"), tmp_path, rules=rules())
    assert 0 < (tmp_path / "stand-in" / "stand_in.pt.part").stat().st_size <= 150_000
    assert fetch(weight(host.root + "/f"), tmp_path, rules=rules()).path.read_bytes() == BODY
    assert host.ranges()[-1].startswith("bytes=")


def test_a_person_can_stop_it_and_go_on(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [whole()]
    seen: list[int] = []
    with pytest.raises(Cancelled):
        fetch(
            weight(host.root + "/f"),
            tmp_path,
            told=lambda step: seen.append(step.done),
            stop=lambda: bool(seen and seen[-1]),
            rules=rules(clock=_hurried()),
        )
    part = tmp_path / "stand-in" / "stand_in.pt.part"
    assert 0 < part.stat().st_size < len(BODY)
    assert fetch(weight(host.root + "/f"), tmp_path, rules=rules()).path.read_bytes() == BODY
    assert host.ranges()[-1].startswith("bytes=")


def _hurried() -> Any:
    """A clock by which every look is a second later, so that every block is told."""
    times = iter(range(10_000))
    return lambda: float(next(times))


def test_a_person_can_stop_it_while_it_waits(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [status(503, Retry_After="60")]
    clock = Clock()
    with pytest.raises(Cancelled):
        fetch(
            weight(host.root + "/f"),
            tmp_path,
            stop=lambda: len(clock.slept) >= 3,
            rules=Rules(local=True, spare=0, sleep=clock.sleep),
        )
    assert len(clock.slept) == 3


def test_two_windows_do_not_fetch_the_same_file(host: Host, tmp_path: Path) -> None:
    from filelock import FileLock

    one = weight(host.root + "/f")
    path = keep.place(one, tmp_path)
    path.parent.mkdir()
    with FileLock(path.with_name(path.name + ".lock")), pytest.raises(DownloadError, match="another window"):
        fetch(one, tmp_path, rules=rules())
    assert not host.asked


@pytest.mark.parametrize("inside", ["", "stand-in"])
def test_from_a_stick(tmp_path: Path, inside: str) -> None:
    stick, folder = tmp_path / "stick" / inside, tmp_path / "weights"
    stick.mkdir(parents=True)
    (stick / "stand_in.pt").write_bytes(BODY)
    kept = take(weight("https://example.org/f"), tmp_path / "stick", folder)
    assert kept.path.read_bytes() == BODY and kept.how == "published" and str(stick) in kept.source
    assert left(folder) == ["stand_in.pt", "stand_in.pt.json"]


def test_a_wrong_file_on_a_stick_is_not_taken(tmp_path: Path) -> None:
    stick, folder = tmp_path / "stick", tmp_path / "weights"
    stick.mkdir()
    with pytest.raises(NotFoundError, match=r"stand_in\.pt"):
        take(weight("https://example.org/f"), stick, folder)
    (stick / "stand_in.pt").write_bytes(OTHER)
    with pytest.raises(WrongSumError):
        take(weight("https://example.org/f"), stick, folder)
    # Where only a length is published, it counts as well.
    with pytest.raises(WrongSumError, match="instead of 5"):
        take(weight("https://example.org/f", known="nothing", bytes=5), stick, folder)
    assert left(folder) == []


def test_the_note_of_a_stick_counts_where_nothing_is_published(host: Host, tmp_path: Path) -> None:
    host.answers["/f"] = [whole()]
    unknown = weight(host.root + "/f", known="nothing")
    kept = fetch(unknown, tmp_path / "stick", rules=rules())
    assert take(unknown, tmp_path / "stick", tmp_path / "weights").sha256 == SHA
    kept.path.write_bytes(OTHER)
    with pytest.raises(WrongSumError):
        take(unknown, tmp_path / "stick", tmp_path / "again")
    assert left(tmp_path / "again") == []


def test_nothing_is_fetched_or_even_loaded_by_being_imported() -> None:
    code = (
        "import sys, spotid.weights.catalogue, spotid.weights.fetch; spotid.weights.catalogue.read();"
        "print([m for m in ('requests', 'urllib3', 'ssl', 'filelock') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_packages_for_it_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The core flavour carries no requests."""
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(DownloadError, match="without the packages") as caught:
        fetch(weight("https://example.org/f"), tmp_path)
    assert "stick" in caught.value.advice
