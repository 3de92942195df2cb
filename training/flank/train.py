"""Trains the flank network: ``python training/flank/train.py --out FOLDER --minutes 25`` (one thread, no network).

Draws figures first (some 8 minutes), puts pictures together (some 5), both kept in FOLDER, then trains, writes
``flank.onnx`` and says how well its scores tell the share of right answers on pictures of individuals held back.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
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
from check import calibrated, table  # noqa: E402
from export import export  # noqa: E402

BATCH, PORTION = 64, 500
KEPT = 0.998  # the averaged weights: how much stays at each step
SMOOTH = 0.02


def pictures(folder: Path, count: int, held_back: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """So many drawn pictures ``(n, 80, 112)`` uint8 and what is right ``(n, 4)``; made where they are not there yet."""
    stock: data.Stock | None = None
    seen, wanted = [], []
    for first in range(0, count // data.CUTS, PORTION):
        path = folder / f"{'held' if held_back else 'pictures'}_{first:05d}.npz"
        if not path.is_file():
            stock = stock or data.Stock(folder / "drawn")
            made = [one for n in range(first, first + PORTION) for one in data.samples(stock, n, held_back)]
            part = path.with_suffix(".tmp.npz")
            np.savez(part, seen=np.stack([p for p, _ in made]), wanted=np.stack([w for _, w in made]))
            part.rename(path)
        with np.load(path, allow_pickle=False) as kept:
            seen.append(kept["seen"])
            wanted.append(kept["wanted"])
    return torch.from_numpy(np.concatenate(seen)), torch.from_numpy(np.concatenate(wanted))


def varied(batch: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Moved by some pixels, with a patch blotted out in some: every picture is seen several times."""
    dy, dx = int(rng.integers(-4, 5)), int(rng.integers(-5, 6))
    out = torch.roll(batch, (dy, dx), (1, 2))
    for n in np.flatnonzero(rng.random(len(out)) < 0.3).tolist():
        h, w = int(rng.integers(8, 36)), int(rng.integers(8, 36))
        y, x = int(rng.integers(0, net.HIGH - h)), int(rng.integers(0, net.WIDE - w))
        out[n, y : y + h, x : x + w] = int(rng.integers(0, 256))
    return out


@torch.no_grad()
def tested(model: net.FlankNet, seen: torch.Tensor, wanted: torch.Tensor) -> tuple[np.ndarray, float]:
    """Logits ``(n, 4)`` on pictures that are not trained on, and the loss there."""
    model.eval()
    logits = torch.cat([net.answers(model, net.standardised(part)) for part in seen.split(256)])
    return logits.numpy(), float(functional.cross_entropy(logits, wanted))


def main() -> None:
    """Draw, train, write the weights and the log."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--minutes", type=float, default=25.0)
    ask.add_argument("--steps", type=int, default=0, help="stop after this many steps instead of the minutes")
    ask.add_argument("--rate", type=float, default=2e-3)
    ask.add_argument("--figures", type=int, default=3600)
    ask.add_argument("--pictures", type=int, default=24_000)
    ask.add_argument("--held", type=int, default=3000)
    o = ask.parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(7)
    draw.draw_all(o.out / "drawn", o.figures)
    held, held_wanted = pictures(o.out, o.held, True)
    seen, wanted = pictures(o.out, o.pictures, False)
    model, mean = net.FlankNet().to(memory_format=torch.channels_last), net.FlankNet()
    mean.load_state_dict(model.state_dict())
    rule = torch.optim.AdamW(model.parameters(), lr=o.rate, weight_decay=0.03)
    log = (o.out / "train.log").open("w", encoding="utf-8")

    def say(line: str) -> None:
        print(line, flush=True)
        log.write(line + "\n")
        log.flush()

    say(f"{sum(p.numel() for p in model.parameters())} parameters, {len(seen)} pictures, {len(held)} held back, {o}")
    rng, step, sums = np.random.default_rng(3), 0, []
    started, began = time.perf_counter(), time.process_time()
    order: list[int] = []
    while True:
        gone = time.perf_counter() - started
        part = step / o.steps if o.steps else gone / (60 * o.minutes)
        if part >= 1:
            break
        if len(order) < BATCH:
            order = rng.permutation(len(seen)).tolist()
        pick, order = torch.tensor(order[:BATCH]), order[BATCH:]
        for group in rule.param_groups:
            warm = min(1.0, (step + 1) / 100)
            group["lr"] = o.rate * warm * (0.5 + 0.5 * math.cos(math.pi * min(1.0, part))) + 1e-6
        model.train()
        x = net.standardised(varied(seen[pick], rng)).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):  # half the time on processors that know it
            logits = net.answers(model, x)
        loss = functional.cross_entropy(logits.float(), wanted[pick] * (1 - SMOOTH) + SMOOTH / 4)
        rule.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        rule.step()
        _average(mean, model, min(KEPT, (1 + step) / (10 + step)))
        step += 1
        sums.append(float(loss.detach()))
        if step % 250 == 0:
            value = tested(mean, held, held_wanted)[1]
            used = time.process_time() - began
            times = f"minutes {gone / 60:.1f} of processor {used / 60:.1f}"
            say(f"step {step} {times} loss {np.mean(sums):.4f} held back {value:.4f}")
            sums = []
            torch.save(mean.state_dict(), o.out / "mean.pt")
    torch.save(mean.state_dict(), o.out / "mean.pt")
    logits, value = tested(mean, held, held_wanted)
    used = (time.process_time() - began) / 60
    times = f"minutes {(time.perf_counter() - started) / 60:.1f} of processor {used:.1f}"
    say(f"done: step {step}, {times}, held back {value:.4f}")
    for line in table(logits, held_wanted.numpy(), calibrated(logits, held_wanted.numpy())):
        say(line)
    say(f"OpenCV and torch differ by {export(o.out / 'mean.pt', o.out / 'flank.onnx'):.1e}")


@torch.no_grad()
def _average(mean: net.FlankNet, model: net.FlankNet, stays: float) -> None:
    for old, new in zip(mean.state_dict().values(), model.state_dict().values(), strict=True):
        if old.dtype.is_floating_point:
            old.lerp_(new, 1 - stays)
        else:
            old.copy_(new)


if __name__ == "__main__":
    main()
