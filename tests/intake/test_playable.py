"""Clips in the page: as they are where browsers play them, else packed anew, or shown picture by picture."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import flask
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from spotid.errors import PictureError
from spotid.intake import film
from spotid.intake.film_at import picture_at
from spotid.intake.playable import MP4, WEBM, Way, playable, way
from tests.intake.films import RED, make, number_of

av = pytest.importorskip("av")
SHOWN = ("sound.mp4", "plain.webm", "apple.mov", "camcorder.mts", "h264.avi")
WAYS = {
    "plain.mp4": (Way.AS_IS, {}),
    "plain.webm": (Way.AS_IS, {}),
    "sound.mp4": (Way.AS_IS, {"sound": True}),
    "sound.webm": (Way.AS_IS, {"sound": True}),
    "apple.mov": (Way.COPIED, {"sound": True}),
    "camcorder.mts": (Way.COPIED, {"sound": True, "bf": "2"}),
    "h264.avi": (Way.COPIED, {"codec": "libx264", "bf": "0"}),
    "h264 in another order.avi": (Way.PICTURES, {"codec": "libx264", "bf": "3"}),
    "motion jpeg.avi": (Way.PICTURES, {}),
    "motion jpeg.mov": (Way.PICTURES, {"codec": "mjpeg"}),
    "mpeg4.avi": (Way.PICTURES, {"codec": "mpeg4"}),
    "hevc.mp4": (Way.PICTURES, {"codec": "libx265", "x265-params": "log-level=none:pools=none"}),
}


def drawn(folder: Path, name: str, **more: object) -> Path:
    return make(folder / name, **{"seconds": 8, "g": "20", "animals": [(1, 7, RED)], **WAYS[name][1], **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", WAYS)
def test_the_copy_has_the_pictures_and_moments_of_the_original(tmp_path: Path, name: str) -> None:
    clip = drawn(tmp_path, name)
    before = clip.read_bytes()
    found = playable(clip, tmp_path / "copies" / "a.mp4")
    assert found.way is WAYS[name][0] is way(clip)
    if found.way is Way.PICTURES:
        assert found.path == clip and not (tmp_path / "copies").exists()
        return
    assert found.mime == (WEBM if name.endswith(".webm") else MP4)
    assert found.path == (clip if found.way is Way.AS_IS else tmp_path / "copies" / "a.mp4")
    with av.open(str(found.path)) as opened:
        assert opened.streams.video[0].codec_context.name == ("vp8" if name.endswith(".webm") else "h264")
        moments = [
            (round(frame.time * 10), number_of(frame.to_ndarray(format="rgb24"))) for frame in opened.decode(video=0)
        ]
    assert moments == [(number, number) for number in range(80)]
    assert clip.read_bytes() == before
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize(
    "name", ["plain.webm", "camcorder.mts", "motion jpeg.avi", "mpeg4.avi", "hevc.mp4", "turned.mp4"]
)
def test_any_clip_gives_its_picture_of_a_moment(tmp_path: Path, name: str) -> None:
    turned = name == "turned.mp4"
    clip = make(tmp_path / name, seconds=8, turned=90) if turned else drawn(tmp_path, name)
    for ms in (0, 40, 2300, 2350, 7900, 60_000):
        with Image.open(io.BytesIO(picture_at(clip, ms))) as picture:
            pixels = np.asarray(picture.rotate(-90, expand=True) if turned else picture)
        assert number_of(pixels) == min(ms // 100, 79), ms
    with Image.open(io.BytesIO(picture_at(clip, 0, 80))) as small:
        assert max(small.size) == 80


def test_the_same_clip_gives_the_same_copy(tmp_path: Path) -> None:
    clip = drawn(tmp_path, "camcorder.mts")
    copies = [playable(clip, tmp_path / f"{run}.mp4").path.read_bytes() for run in range(2)]
    assert copies[0] == copies[1]


@pytest.mark.parametrize("name", ["h264.avi", "camcorder.mts"])
def test_stopping_and_faults_leave_nothing(tmp_path: Path, name: str) -> None:
    def stop(second: float) -> None:
        raise KeyboardInterrupt

    clip = drawn(tmp_path, name)
    with pytest.raises(KeyboardInterrupt):
        playable(clip, tmp_path / "copies" / "a.mp4", tell=stop)
    clip.write_bytes(clip.read_bytes()[:500])
    with pytest.raises(PictureError):
        playable(clip, tmp_path / "copies" / "a.mp4")
    assert not list(tmp_path.glob("copies/*"))


def test_a_clip_that_is_cut_off_plays_as_far_as_it_goes(tmp_path: Path) -> None:
    clip = drawn(tmp_path, "camcorder.mts")
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    facts = film.about(playable(clip, tmp_path / "copies" / "a.mp4").path)
    assert 2 < facts.seconds < 6


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The folder, served as the program would: by ranges."""
    app = flask.Flask(__name__)

    @app.get("/<path:name>")
    def file(name: str) -> flask.Response:
        if name == "page":
            return flask.Response('<canvas></canvas><video muted preload="auto"></video>', mimetype="text/html")
        return flask.send_from_directory(tmp_path, name, conditional=True)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(timeout=10)


LEAP = """async ([address, second]) => {
    const film = document.querySelector("video"), canvas = document.querySelector("canvas");
    const heard = name => new Promise((good, bad) => {
        film.addEventListener(name, good, {once: true});
        film.addEventListener("error", () => bad(film.error?.message || "error"), {once: true});
    });
    const ready = heard("loadeddata");
    film.src = address;
    await ready;
    const leapt = heard("seeked");
    // The frame that is painted, with its own moment: "seeked" may come before it.
    const painted = new Promise(good => film.requestVideoFrameCallback(function look(_, frame) {
        Math.abs(frame.mediaTime - second) < 0.3 ? good() : film.requestVideoFrameCallback(look);
    }));
    film.currentTime = second;
    await leapt;
    await painted;
    [canvas.width, canvas.height] = [film.videoWidth, film.videoHeight];
    const pen = canvas.getContext("2d");
    pen.drawImage(film, 0, 0);
    const pixels = [...pen.getImageData(0, 0, canvas.width, canvas.height).data];
    const at = film.currentTime;
    await film.play();
    while (film.currentTime < at + 0.3) await heard("timeupdate");
    film.pause();
    return {at, later: film.currentTime, wide: canvas.width, high: canvas.height, pixels, length: film.duration};
}"""


@pytest.mark.browser
@pytest.mark.parametrize("name", SHOWN)
def test_the_browser_plays_from_a_stills_moment(tmp_path: Path, browser: Browser, served: str, name: str) -> None:
    clip = drawn(tmp_path, name)
    still = film.stills(clip, tmp_path / "stills")[-1]
    found = playable(clip, tmp_path / "a.mp4")
    page = browser.new_page()
    page.goto(f"{served}/page")
    # The middle of the frame: at its very edge a browser may show the one before.
    seen = page.evaluate(LEAP, [f"{served}/{found.path.name}", still.ms / 1000 + 0.05])
    page.close()
    assert seen["at"] == pytest.approx(still.ms / 1000 + 0.05, abs=0.01) and seen["later"] >= seen["at"] + 0.3
    assert seen["length"] == pytest.approx(8, abs=0.15)
    pixels = np.array(seen["pixels"], np.uint8).reshape(seen["high"], seen["wide"], 4)[..., :3]
    assert still.ms > 2000 and number_of(pixels) == still.ms // 100


@pytest.mark.browser
@pytest.mark.parametrize(("name", "turned"), [("plain.mp4", 90), ("apple.mov", 180)])
def test_the_browser_shows_a_turned_clip_as_its_stills_are(
    tmp_path: Path, browser: Browser, served: str, name: str, turned: int
) -> None:
    clip = drawn(tmp_path, name, turned=turned)
    still = film.stills(clip, tmp_path / "stills")[-1]
    found = playable(clip, tmp_path / "a.mp4")
    page = browser.new_page()
    page.goto(f"{served}/page")
    seen = page.evaluate(LEAP, [f"{served}/{found.path.name}", still.ms / 1000 + 0.05])
    page.close()
    assert (seen["wide"], seen["high"]) == (still.width, still.height)
    pixels = np.array(seen["pixels"], np.uint8).reshape(seen["high"], seen["wide"], 4)[..., :3].astype(int)
    with Image.open(still.path) as picture:
        assert np.abs(pixels - np.asarray(picture)).mean() < 12
