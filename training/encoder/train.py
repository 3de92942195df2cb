"""Trains the trial encoder: ``python training/encoder/train.py --out FOLDER --minutes 30`` (one thread, no network).

Draws coats first (about a minute for 100 flanks), kept in FOLDER, then trains and writes ``encoder.pt``. Every eighth
flank is held back: the log says how often the nearest of the held-back pictures shows the same flank.
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
import draw  # noqa: E402
import net  # noqa: E402

FLANKS_AT_ONCE, PICTURES_OF_EACH = 32, 3


def varied(batch: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Turned, stretched and moved a little, other brightness, noise and blur, a wrong outline, something in front."""
    n = len(batch)
    few = lambda spread, *shape: torch.from_numpy(rng.normal(0, spread, (n, *shape)).astype(np.float32))  # noqa: E731
    turn = torch.eye(2, 3).repeat(n, 1, 1) + few(0.06, 2, 3)
    grid = functional.affine_grid(turn, [n, 1, draw.HIGH, draw.WIDE], align_corners=False)
    slack = functional.interpolate(few(0.02, 2, 4, 8), (draw.HIGH, draw.WIDE), mode="bicubic").permute(0, 2, 3, 1)
    out = functional.grid_sample(batch.float() / 255, grid + slack, align_corners=False)
    grey, cover = out[:, :1], out[:, 1:]
    grey = grey.clamp(min=1e-3) ** torch.exp(few(0.3, 1, 1, 1))
    shade = functional.interpolate(few(0.35, 1, 2, 3), (draw.HIGH, draw.WIDE), mode="bicubic")
    grey = grey * torch.exp(shade)
    blurred = functional.avg_pool2d(grey, 3, 1, 1)
    part = torch.from_numpy(rng.random((n, 1, 1, 1)).astype(np.float32))
    grey = grey + part * (blurred - grey) + few(0.05, 1, draw.HIGH, draw.WIDE) * part
    wrong = functional.interpolate(few(0.5, 1, 4, 8), (draw.HIGH, draw.WIDE), mode="bicubic")
    cover = ((cover + 0.5 * wrong) > 0.5).float()
    for k in np.flatnonzero(rng.random(n) < 0.4).tolist():
        h, w = int(rng.integers(8, 40)), int(rng.integers(8, 50))
        y, x = int(rng.integers(0, draw.HIGH - h)), int(rng.integers(0, draw.WIDE - w))
        cover[k, :, y : y + h, x : x + w] = 0
    return torch.cat([grey.clamp(0, 1) * 255, cover * 255], 1)


@torch.no_grad()
def found_again(model: net.CoatNet, held: torch.Tensor) -> float:
    """How often the nearest held-back picture shows the same flank."""
    model.eval()
    flat = held.flatten(0, 1)
    rows = torch.cat([model(net.standardised(part)) for part in flat.split(256)])
    likeness = (rows @ rows.T).fill_diagonal_(-1)
    who = torch.arange(len(held)).repeat_interleave(held.shape[1])
    return float((who[likeness.argmax(1)] == who).float().mean())


def main() -> None:
    """Draw, train, write the weights and the log."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--minutes", type=float, default=30.0)
    ask.add_argument("--flanks", type=int, default=1000)
    ask.add_argument("--rate", type=float, default=1.5e-3)
    ask.add_argument("--resume", action="store_true", help="go on from the weights in FOLDER")
    o = ask.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(5)
    every = torch.from_numpy(draw.draw_all(o.out, o.flanks))
    back = torch.arange(len(every)) % 16 >= 14
    held, seen = every[back], every[~back]
    model = net.CoatNet()
    if o.resume:
        model.load_state_dict(torch.load(o.out / "encoder.pt", weights_only=True))
    rule = torch.optim.AdamW(model.parameters(), lr=o.rate, weight_decay=0.02)
    rng, step, sums, started = np.random.default_rng(4), 0, [], time.perf_counter()
    log = (o.out / "train.log").open("a" if o.resume else "w", encoding="utf-8")

    def say(line: str) -> None:
        print(line, flush=True)
        log.write(line + "\n")
        log.flush()

    say(f"{sum(p.numel() for p in model.parameters())} parameters, {len(seen)} flanks, {len(held)} held back, {o}")
    while (part := (time.perf_counter() - started) / (60 * o.minutes)) < 1:
        for group in rule.param_groups:
            group["lr"] = o.rate * min(1.0, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * part)) + 1e-6
        flanks = rng.choice(len(seen), FLANKS_AT_ONCE, replace=False)
        picks = np.stack([rng.permutation(draw.POSES)[:PICTURES_OF_EACH] for _ in flanks])
        batch = varied(seen[torch.from_numpy(flanks)[:, None], torch.from_numpy(picks)].flatten(0, 1), rng)
        if rng.random() < 0.5:
            batch = batch.flip(3)
        model.train()
        loss = net.contrast(model(net.standardised(batch)), torch.arange(len(flanks)).repeat_interleave(picks.shape[1]))
        rule.zero_grad(set_to_none=True)
        loss.backward()
        rule.step()
        step += 1
        sums.append(float(loss.detach()))
        if step % 200 == 0:
            again = found_again(model, held)
            say(f"step {step} minutes {part * o.minutes:.1f} loss {np.mean(sums):.3f} again {again:.3f}")
            sums = []
            torch.save(model.state_dict(), o.out / "encoder.pt")
    torch.save(model.state_dict(), o.out / "encoder.pt")
    say(f"done: step {step}, nearest held-back picture right {found_again(model, held):.3f}")


if __name__ == "__main__":
    main()
