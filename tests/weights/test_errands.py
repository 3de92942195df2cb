"""Downloads that a person has asked for: one at a time, told while they go on, stopped at will; nothing by itself."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spotid.weights import catalogue, keep, shelf, wishes
from spotid.weights.catalogue import Sum, Weight
from spotid.weights.errands import Errand, Errands
from spotid.weights.fetch import Rules, fetch, wished
from spotid.weights.troubles import DownloadError
from tests.weights.host import BODY, OTHER, Host, cut, rules, status, weight, whole

SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def queue(host: Host, monkeypatch: pytest.MonkeyPatch) -> Iterator[Errands]:
    """The list's own models, but every file comes from 127.0.0.1 and is the same; no pauses."""
    real = catalogue.read

    def read(path: Any = None) -> dict[str, Weight]:
        sums = (Sum("sha256", SHA, 3),)
        return {
            name: dataclasses.replace(one, url=f"{host.root}/{name}", bytes=len(BODY), sums=sums)
            for name, one in real(path).items()
        }

    monkeypatch.setattr(catalogue, "read", read)
    shelf._listed.cache_clear()
    made = Errands(rules)
    yield made
    made.close()
    shelf._listed.cache_clear()


def until(queue: Errands, held: Callable[[dict[str, Any]], bool], seconds: float = 10) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while not held(state := queue.state()):
        assert time.monotonic() < end, state
        queue.wait(state["version"], 0.2)
    return state


def idle(state: dict[str, Any]) -> bool:
    return state["current"] is None and not state["waiting"]


def test_a_model_of_two_files_arrives_whole(host: Host, queue: Errands) -> None:
    host.answers["/aliked-lightglue"], host.answers["/aliked-n16"] = [status(504), cut(131_072), whole()], [whole()]
    model = shelf.model("aliked-lightglue")
    queue.want(Errand("get", model.name))
    state = until(queue, idle)
    assert state["ended"][model.name]["state"] == "done" and not shelf.missing(model)
    assert [SHA in line for line in state["ended"][model.name]["lines"]] == [True, True]
    assert "/aliked-n16" in [path for path, _ in host.asked]
    asked = len(host.asked)
    queue.want(Errand("get", model.name))
    until(queue, idle)
    assert len(host.asked) == asked, "what is here is not fetched again"
    queue.want(Errand("check", model.name))
    assert until(queue, idle)["ended"][model.name]["kind"] == "check"
    path = keep.place(model.weights[1], shelf.folder())
    path.write_bytes(OTHER)
    queue.want(Errand("check", model.name))
    told = until(queue, idle)["ended"][model.name]
    assert told["state"] == "failed" and told["code"] == "wrong-sum" and told["advice"]


def test_one_at_a_time_and_what_waits_can_be_taken_back(host: Host, queue: Errands) -> None:
    def slow(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(BODY)))
        handler.send_header("ETag", '"one"')
        handler.end_headers()
        try:
            for at in range(0, len(BODY), 10_000):
                handler.wfile.write(BODY[at : at + 10_000])
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass
        handler.close_connection = True

    host.answers = {"/mobile-sam": [slow, whole()], "/sam21-tiny": [whole()], "/sam21-small": [whole()]}
    for name in ("mobile-sam", "sam21-tiny", "sam21-small", "mobile-sam"):
        queue.want(Errand("get", name))
    state = until(queue, lambda now: bool(now["current"] and now["current"]["done"]))
    assert state["current"]["name"] == "mobile-sam" and state["current"]["total"] == len(BODY)
    assert [one["name"] for one in state["waiting"]] == ["sam21-tiny", "sam21-small"]
    queue.cancel("sam21-tiny")
    queue.cancel("mobile-sam")
    state = until(queue, idle)
    assert {name: one["state"] for name, one in state["ended"].items()} == {
        "sam21-tiny": "cancelled",
        "mobile-sam": "cancelled",
        "sam21-small": "done",
    }
    part = keep.part_of(keep.place(shelf.model("mobile-sam").weights[0], shelf.folder()))
    assert 0 < part.stat().st_size < len(BODY)
    queue.want(Errand("get", "mobile-sam"))
    assert until(queue, idle)["ended"]["mobile-sam"]["state"] == "done"
    assert host.ranges()[-1].startswith("bytes=") and not part.exists()


@pytest.mark.parametrize("answers", [[whole(OTHER)], [whole(BODY[:1000])], [status(404)], [whole(b"<html>")]])
def test_no_bad_file_ever_lies_on_the_shelf(host: Host, queue: Errands, answers: list[Any]) -> None:
    host.answers["/mobile-sam"] = answers
    queue.want(Errand("get", "mobile-sam"))
    ended = until(queue, idle)["ended"]["mobile-sam"]
    assert ended["state"] == "failed" and ended["sentence"] and ended["advice"]
    assert shelf.missing(shelf.model("mobile-sam"))
    assert not keep.place(shelf.model("mobile-sam").weights[0], shelf.folder()).exists()


def test_an_unknown_model_ends_in_a_sentence(queue: Errands) -> None:
    queue.want(Errand("get", "nothing"))
    assert "no model" in until(queue, idle)["ended"]["nothing"]["sentence"]


def test_offline_asks_nobody(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    wishes.write(offline=True)
    assert wished().offline
    with pytest.raises(DownloadError, match="offline"):
        fetch(weight(host.root + "/f"), shelf.folder(), rules=dataclasses.replace(wished(), local=True))
    monkeypatch.setenv(wishes.OFFLINE, "0")
    assert not wished().offline and "offline" in wishes.read().fixed
    assert host.asked == []


def test_a_mirror_stands_in_for_hugging_face_with_the_same_sums(host: Host, tmp_path: Any) -> None:
    host.answers["/who/what/resolve/main/f.bin"] = [whole(OTHER), whole()]
    one = weight("https://huggingface.co/who/what/resolve/main/f.bin")
    kept = None
    for _ in range(2):
        try:
            kept = fetch(one, tmp_path, rules=dataclasses.replace(rules(), mirror=host.root + "/"))
        except Exception as error:
            assert type(error).__name__ == "WrongSumError"
    assert kept and kept.sha256 == SHA and kept.source.startswith(host.root)
    with pytest.raises(DownloadError, match="https"):
        fetch(one, tmp_path / "x", rules=Rules(mirror=host.root))  # an insecure mirror is none


def test_a_proxy_is_asked_instead(host: Host, tmp_path: Any) -> None:
    proxy = Host()
    try:
        proxy.answers[host.root + "/f"] = [whole()]
        kept = fetch(weight(host.root + "/f"), tmp_path, rules=dataclasses.replace(rules(), proxy=proxy.root))
        assert kept.sha256 == SHA and host.asked == [] and len(proxy.asked) == 1
    finally:
        proxy.close()


def test_wishes_are_kept_and_what_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from spotid.errors import BadRequestError

    for wrong in ({"mirror": "http://a.example"}, {"proxy": "socks"}, {"folder": "models"}, {"proxy": "http://a b"}):
        with pytest.raises(BadRequestError):
            wishes.write(**wrong)
    now = wishes.write(mirror="https://mirror.example/", proxy="http://proxy.example:3128")
    assert (now.mirror, now.proxy, now.offline) == ("https://mirror.example", "http://proxy.example:3128", False)
    monkeypatch.setenv("HF_ENDPOINT", "https://huggingface.co")
    assert wishes.read().mirror == "https://mirror.example"
    monkeypatch.setenv("HF_ENDPOINT", "https://other.example")
    assert wishes.read().mirror == "https://other.example" and wishes.read().fixed == ("mirror",)
