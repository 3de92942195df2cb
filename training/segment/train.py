"""Trains the animal network: ``python training/segment/train.py --minutes 25 --out FOLDER`` (one thread, no network).

Draws its material first (some minutes, kept in ``FOLDER/drawn``), then trains, with the photographs of ``--photos`` and
the outlines made for them (``outlines.py``) where these are given. ``--resume`` goes on from the last checkpoint, with
its step, its learning rate's place in the schedule and its random pictures; ``--start`` takes a checkpoint's weights
alone. Picture number n is the same in every run; how many steps fit into the minutes depends on the machine, and
``--steps`` fixes it instead.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch.nn import functional  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parent))
import data  # noqa: E402
import draw  # noqa: E402
import net  # noqa: E402
import stock  # noqa: E402

BATCH = 16
KEPT = 0.997  # the averaged weights: how much stays at each step
TESTS = range(900_000_000, 900_000_192)  # pictures of the learning curve; training never reaches these numbers


Batch = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
Sources = tuple[Path, Path | None, Path | None]


def _feed(sources: Sources, first: int, batch: int, queue: Queue[Batch]) -> None:
    import cv2

    cv2.setNumThreads(1)
    held, number = stock.load(*sources), first
    while True:
        queue.put(_stacked([data.sample(held, number + n) for n in range(batch)]))
        number += batch


def _stacked(made: list[data.Taught]) -> Batch:
    return tuple(np.stack(part) for part in zip(*made, strict=True))  # type: ignore[return-value]


class Pictures:
    """Batches as of ``data.sample``: fresh ones from a second process, each shown again, mirrored, some time later."""

    def __init__(self, sources: Sources, start: int, again: int) -> None:
        self.queue = (context := get_context("spawn")).Queue(maxsize=24)
        first = start // (1 + again) * BATCH
        self.maker = context.Process(target=_feed, args=(sources, first, BATCH, self.queue), daemon=True)
        self.maker.start()
        self.again, self.old = again, []  # type: int, list[Batch]

    def __iter__(self) -> Iterator[Batch]:
        step = 0
        while True:
            rng = np.random.default_rng((5, step))
            if step % (1 + self.again) == 0 or len(self.old) < 8:
                batch = self.queue.get()
                self.old = [*self.old[-255:], batch]
            else:
                parts = [self.old[int(rng.integers(len(self.old)))] for _ in range(4)]
                picks = rng.integers(0, BATCH, (4, BATCH // 4))
                rgb, line, known, box = (
                    np.concatenate([p[n][k] for p, k in zip(parts, picks, strict=True)]) for n in range(4)
                )
                batch = rgb[:, :, ::-1], line[:, :, ::-1], known[:, :, ::-1], _mirrored(box, line.shape[2])
            yield batch
            step += 1


def _mirrored(boxes: np.ndarray, wide: int) -> np.ndarray:
    """Boxes ``(n, k, 4)`` of mirrored pictures; zeros stay zeros."""
    out = boxes.copy()
    real = boxes[..., 2] > boxes[..., 0]
    out[..., 0], out[..., 2] = np.where(real, wide - boxes[..., 2], 0), np.where(real, wide - boxes[..., 0], 0)
    return out


def tensors(batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Standardised pictures, outlines from 0 to 1, what is known of them, and boxes, ready for the network."""
    rgb = torch.from_numpy(np.ascontiguousarray(batch[0].transpose(0, 3, 1, 2)))
    x = net.standardised(rgb).contiguous(memory_format=torch.channels_last)
    line, known = (torch.from_numpy(np.ascontiguousarray(a)).float()[:, None] for a in batch[1:3])
    return x, line / 255, known, torch.from_numpy(np.ascontiguousarray(batch[3]))


@torch.no_grad()
def tested(model: net.AnimalNet, batches: list[Batch]) -> tuple[float, float]:
    """Loss and mean overlap of the outlines on pictures that are not trained on."""
    model.eval()
    losses, overlaps = [], []
    for batch in batches:
        x, wanted, known, boxes = tensors(batch)
        logits = model(x)
        losses.append(float(net.loss(logits, wanted, known, boxes)))
        a, b = (logits > 0) & (known > 0), (wanted > 0.5) & (known > 0)
        shown = b.sum((1, 2, 3)) > 4
        overlaps += ((a & b).sum((1, 2, 3)) / (a | b).sum((1, 2, 3)).clamp(min=1))[shown].tolist()
    return float(np.mean(losses)), float(np.mean(overlaps))


def main() -> None:
    """Draw, train, write checkpoints and the log."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--minutes", type=float, default=25.0)
    ask.add_argument("--steps", type=int, default=0, help="stop after this many steps instead of the minutes")
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--photos", type=Path, help="folder of the sets named in README.md")
    ask.add_argument("--outlines", type=Path, help="what outlines.py made for them")
    ask.add_argument("--start", type=Path, help="begin with the averaged weights of this checkpoint")
    ask.add_argument("--resume", action="store_true", help="go on from FOLDER/last.pt")
    ask.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    ask.add_argument("--again", type=int, default=1, help="how often a picture is shown again")
    ask.add_argument("--small", type=float, default=0.5, help="share of the time spent on pictures of half the size")
    ask.add_argument("--figures", type=int, default=2400)
    ask.add_argument("--scenes", type=int, default=64)
    ask.add_argument("--textures", type=int, default=300)
    ask.add_argument("--drawers", type=int, default=1, help="processes that draw before the training")
    ask.add_argument("--threads", type=int, default=1)
    o = ask.parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    draw.draw_all(o.out / "drawn", o.figures, o.scenes, o.textures, o.drawers)
    torch.set_num_threads(o.threads)
    torch.manual_seed(7)
    model = net.AnimalNet().to(memory_format=torch.channels_last)
    mean = net.AnimalNet()
    mean.load_state_dict(model.state_dict())
    rule = torch.optim.AdamW(model.parameters(), lr=o.rate, weight_decay=0.02)
    step, spent = 0, 0.0
    if o.start:
        kept = torch.load(o.start, weights_only=True)
        model.load_state_dict(kept["mean"])
        mean.load_state_dict(kept["mean"])
    if o.resume:
        kept = torch.load(o.out / "last.pt", weights_only=True)
        model.load_state_dict(kept["model"])
        mean.load_state_dict(kept["mean"])
        rule.load_state_dict(kept["rule"])
        step, spent = int(kept["step"]), float(kept["spent"])
    log = (o.out / "train.log").open("a", encoding="utf-8")

    def say(line: str) -> None:
        print(line, flush=True)
        log.write(line + "\n")
        log.flush()

    held = stock.load(o.out / "drawn", o.photos, o.outlines, measured=True)
    made = [data.sample(held, n) for n in TESTS]
    tests = [_stacked(made[n : n + 32]) for n in range(0, len(made), 32)]
    count = sum(p.numel() for p in model.parameters())
    say(
        f"{count} parameters; drawn: {len(held.figures)} figures, {len(held.frames)} frames,"
        f" {len(held.textures)} textures; batch {BATCH}, rate {o.rate}, again {o.again}, from step {step}"
    )
    del held
    first, started, sums = step, time.perf_counter(), []
    for batch in Pictures((o.out / "drawn", o.photos, o.outlines), step, o.again):
        gone = time.perf_counter() - started
        part = (step - first) / o.steps if o.steps else gone / (60 * o.minutes)
        if part >= 1:
            break
        warm = min(1.0, (step + 1) / 200)
        for group in rule.param_groups:
            group["lr"] = o.rate * warm * (0.5 + 0.5 * math.cos(math.pi * min(1.0, part))) + 1e-6
        model.train()
        x, wanted, known, boxes = tensors(batch)
        if part < o.small and not o.resume:  # four times as many pictures while the coarse things are learnt
            x, wanted = functional.avg_pool2d(x, 2), functional.avg_pool2d(wanted, 2)
            known, boxes = -functional.max_pool2d(-known, 2), boxes // 2
            x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(x)
        total = net.loss(logits.float(), wanted, known, boxes)
        rule.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        rule.step()
        _average(mean, model, min(KEPT, (1 + step) / (10 + step)))
        step += 1
        sums.append(float(total.detach()))
        if step % 250 == 0:
            value, overlap = tested(mean, tests)
            say(
                f"step {step} minutes {(spent + gone) / 60:.1f} loss {np.mean(sums):.4f}"
                f" test {value:.4f} overlap {overlap:.3f} pictures/s {(step - first) * BATCH / gone:.0f}"
            )
            sums = []
            _write(o.out / "last.pt", model, mean, rule, step, spent + gone)
    _write(o.out / "last.pt", model, mean, rule, step, spent + time.perf_counter() - started)
    value, overlap = tested(mean, tests)
    say(f"done: step {step}, test {value:.4f}, overlap {overlap:.3f}")


@torch.no_grad()
def _average(mean: net.AnimalNet, model: net.AnimalNet, stays: float) -> None:
    for old, new in zip(mean.state_dict().values(), model.state_dict().values(), strict=True):
        if old.dtype.is_floating_point:
            old.lerp_(new, 1 - stays)
        else:
            old.copy_(new)


def _write(
    path: Path, model: net.AnimalNet, mean: net.AnimalNet, rule: torch.optim.Optimizer, step: int, spent: float
) -> None:
    part = path.with_suffix(".part")
    torch.save(
        {
            "model": model.state_dict(),
            "mean": mean.state_dict(),
            "rule": rule.state_dict(),
            "step": step,
            "spent": spent,
        },
        part,
    )
    part.rename(path)


if __name__ == "__main__":
    main()
