"""Trains the animal network: ``python training/segment/train.py --minutes 25 --out FOLDER`` (one thread, no network).

Draws its material first (some minutes, kept in ``FOLDER/drawn``), then trains; ``--resume`` goes on from the last
checkpoint, with its step, its learning rate's place in the schedule and its random pictures. Picture number n is the
same in every run; how many steps fit into the minutes depends on the machine, ``--steps`` fixes it instead.
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

BATCH = 16
KEPT = 0.997  # the averaged weights: how much stays at each step
TESTS = range(900_000_000, 900_000_192)  # pictures of the learning curve; training never reaches these numbers


def _feed(folder: Path, first: int, batch: int, queue: Queue[tuple[np.ndarray, np.ndarray]]) -> None:
    import cv2

    os.nice(10)
    cv2.setNumThreads(1)
    stock, number = data.Stock(folder), first
    while True:
        made = [data.sample(stock, number + n) for n in range(batch)]
        number += batch
        queue.put((np.stack([rgb for rgb, _ in made]), np.stack([line for _, line in made])))


class Pictures:
    """Batches ``(rgb, outline)``: fresh ones from a second process, each shown again, mirrored, some time later."""

    def __init__(self, folder: Path, start: int, again: int) -> None:
        self.queue = (context := get_context("spawn")).Queue(maxsize=24)
        first = start // (1 + again) * BATCH
        self.maker = context.Process(target=_feed, args=(folder, first, BATCH, self.queue), daemon=True)
        self.maker.start()
        self.again, self.old = again, []  # type: int, list[tuple[np.ndarray, np.ndarray]]

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        step = 0
        while True:
            rng = np.random.default_rng((5, step))
            if step % (1 + self.again) == 0 or len(self.old) < 8:
                batch = self.queue.get()
                self.old = [*self.old[-255:], batch]
            else:
                parts = [self.old[int(rng.integers(len(self.old)))] for _ in range(4)]
                picks = rng.integers(0, BATCH, (4, BATCH // 4))
                rgb = np.concatenate([p[0][k] for p, k in zip(parts, picks, strict=True)])[:, :, ::-1]
                batch = rgb, np.concatenate([p[1][k] for p, k in zip(parts, picks, strict=True)])[:, :, ::-1]
            yield batch
            step += 1


def tensors(batch: tuple[np.ndarray, np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    """Standardised pictures and outlines from 0 to 1, ready for the network."""
    rgb = torch.from_numpy(np.ascontiguousarray(batch[0].transpose(0, 3, 1, 2)))
    x = net.standardised(rgb).contiguous(memory_format=torch.channels_last)
    return x, torch.from_numpy(np.ascontiguousarray(batch[1])).float()[:, None] / 255


@torch.no_grad()
def tested(model: net.AnimalNet, batches: list[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """Loss and mean overlap of the outlines on pictures that are not trained on."""
    model.eval()
    losses, overlaps = [], []
    for batch in batches:
        x, wanted = tensors(batch)
        logits = model(x)
        losses.append(float(net.loss(logits, wanted)))
        a, b = logits > 0, wanted > 0.5
        shown = b.sum((1, 2, 3)) > 4
        overlaps += ((a & b).sum((1, 2, 3)) / (a | b).sum((1, 2, 3)).clamp(min=1))[shown].tolist()
    return float(np.mean(losses)), float(np.mean(overlaps))


def main() -> None:
    """Draw, train, write checkpoints and the log."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--minutes", type=float, default=25.0)
    ask.add_argument("--steps", type=int, default=0, help="stop after this many steps instead of the minutes")
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--resume", action="store_true", help="go on from FOLDER/last.pt")
    ask.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    ask.add_argument("--again", type=int, default=1, help="how often a picture is shown again")
    ask.add_argument("--small", type=float, default=0.5, help="share of the time spent on pictures of half the size")
    ask.add_argument("--figures", type=int, default=900)
    ask.add_argument("--scenes", type=int, default=40)
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

    stock = data.Stock(o.out / "drawn")
    made = [data.sample(stock, n) for n in TESTS]
    tests = [
        (np.stack([rgb for rgb, _ in made[n : n + 32]]), np.stack([line for _, line in made[n : n + 32]]))
        for n in range(0, len(made), 32)
    ]
    count = sum(p.numel() for p in model.parameters())
    say(
        f"{count} parameters; drawn: {len(stock.figures)} figures, {len(stock.frames)} frames,"
        f" {len(stock.textures)} textures; batch {BATCH}, rate {o.rate}, again {o.again}, from step {step}"
    )
    del stock
    first, started, sums = step, time.perf_counter(), []
    for batch in Pictures(o.out / "drawn", step, o.again):
        gone = time.perf_counter() - started
        part = (step - first) / o.steps if o.steps else gone / (60 * o.minutes)
        if part >= 1:
            break
        warm = min(1.0, (step + 1) / 200)
        for group in rule.param_groups:
            group["lr"] = o.rate * warm * (0.5 + 0.5 * math.cos(math.pi * min(1.0, part))) + 1e-6
        model.train()
        x, wanted = tensors(batch)
        if part < o.small and not o.resume:  # four times as many pictures while the coarse things are learnt
            x, wanted = functional.avg_pool2d(x, 2), functional.avg_pool2d(wanted, 2)
            x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(x)
        total = net.loss(logits.float(), wanted)
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
