"""What clips cost: seconds of processor time, memory and sizes, on drawn clips with two animals.

python -m benchmarks.films            one minute of 1920 x 1080 at 30 per second: H.264, MTS, MJPEG
python -m benchmarks.films --long 60  also so many minutes of 640 x 360, for the memory

``stills`` tells how many stills there are, and how many of them show the first and the second animal; ``playable`` how
the page gets the clip; ``a moment`` what one picture from its middle takes: so are clips shown that no browser plays.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import click
import numpy as np

ONE = """
import sys, time
from pathlib import Path
from spotid.intake import film, film_at, playable
what, clip, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
start = time.process_time()
if what == "stills":
    seen = film.watch(clip, out)
    size = sum(one.path.stat().st_size for one in seen.stills) / 1e6
    share = [one.ms / 1000 / seen.film.seconds for one in seen.stills]
    first, second = (sum(low < one < low + 0.2 for one in share) for low in (0.1, 0.6))
    text = f"{len(seen.stills)} stills ({first} and {second}) of {seen.samples} samples, {size:.1f} MB"
elif what == "a moment":
    content = film_at.picture_at(clip, round(film.about(clip).seconds * 500))
    text = f"{len(content) / 1e3:.0f} kB"
else:
    found = playable.playable(clip, out / "copy.mp4")
    text = f"{found.way}, {found.path.stat().st_size / 1e6:.1f} MB"
# The most that this process ever had; what getrusage tells begins with its parent's.
told = [line.split()[1] for line in open("/proc/self/status") if "VmHWM" in line] if sys.platform == "linux" else []
used = int(told[0]) // 1024 if told else 0
took, size = time.process_time() - start, clip.stat().st_size / 1e6
print(f"{what:8} {clip.name:9} {size:6.1f} MB {took:6.1f} s {used:4d} MiB  {text}", flush=True)
"""
KINDS = {
    "h264.mp4": ("libx264", "yuv420p", {"preset": "ultrafast", "crf": "23", "g": "30"}, None),
    "h264.mts": ("libx264", "yuv420p", {"preset": "ultrafast", "crf": "23", "g": "30"}, "mpegts"),
    "mjpeg.avi": ("mjpeg", "yuvj420p", {}, None),
}


def draw(folder: Path, names: list[str], size: tuple[int, int], seconds: int, rate: int) -> list[Path]:
    """Clips of a noisy scene; one animal passes in the second tenth of the time, another in the seventh."""
    import av
    from PIL import Image

    wide, high = size
    dice = np.random.default_rng(1)
    rough = Image.fromarray(dice.integers(40, 200, (high // 8, wide // 8), np.uint8))
    scene = np.asarray(rough.resize(size, Image.Resampling.BICUBIC)).astype(np.int16)
    noise = [dice.normal(0, 4, (high, wide)).astype(np.int16) for _ in range(5)]
    across, down = wide // 5, high // 4
    spots = dice.integers(30, 230, (26, 42), np.uint8)
    coat = np.asarray(Image.fromarray(spots).resize((across, down), Image.Resampling.NEAREST))
    files = []
    for name in names:
        codec, pixels, options, kind = KINDS[name]
        out = av.open(str(folder / name), "w", format=kind)
        stream = out.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = wide, high, pixels
        if codec == "mjpeg":
            stream.bit_rate = 25_000_000
        files.append((out, stream))
    total = seconds * rate
    for number in range(total):
        grey = scene + noise[number % 5]
        for start, end, top in ((0.1, 0.3, high // 4), (0.6, 0.8, high // 2)):
            if start < number / total < end:
                left = int((number / total - start) / (end - start) * (wide - across))
                grey[top : top + down, left : left + across] = coat
        whole = av.VideoFrame.from_ndarray(np.clip(grey, 0, 255).astype(np.uint8), format="gray")
        for out, stream in files:
            frame = whole.reformat(format=stream.pix_fmt)
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(stream.encode(frame))
    for out, stream in files:
        out.mux(stream.encode(None))
        out.close()
    return [folder / name for name in names]


@click.command()
@click.option("--long", "minutes", default=0, help="Also a clip of so many minutes.")
@click.option("--seconds", default=60, help="Length of the large clips.")
def main(minutes: int, seconds: int) -> None:
    """Draw, measure each in a process of its own, print."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        clips = draw(folder, list(KINDS), (1920, 1080), seconds, 30) if seconds else []
        if minutes:
            (folder / "long").mkdir()
            clips += draw(folder / "long", ["h264.mp4"], (640, 360), minutes * 60, 4)
        for clip in clips:
            for what in ("stills", "playable", "a moment"):
                subprocess.run([sys.executable, "-c", ONE, what, str(clip), str(folder / "out")], check=True)


if __name__ == "__main__":
    main()
