"""A small metric-learning encoder: convolutions over the outline's box, and one layer that knows where a spot is."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

DIM = 256
WIDTHS = (32, 64, 96, 128)


def conv(into: int, out: int, stride: int = 1) -> nn.Sequential:
    """Convolution, normalisation over the batch, rectifier."""
    return nn.Sequential(nn.Conv2d(into, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True))


class CoatNet(nn.Module):
    """``(n, 1, 64, 128)`` standardised grey, zero outside the outline, to ``(n, 256)`` unit rows."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = WIDTHS
        self.seen = nn.Sequential(
            conv(1, a, 2), conv(a, b, 2), conv(b, b), conv(b, c, 2), conv(c, c), conv(c, d, 2), conv(d, d)
        )
        self.placed = nn.Sequential(nn.Flatten(), nn.Dropout(0.2), nn.Linear(d * 4 * 8, DIM))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.normalize(self.placed(self.seen(x)))


def standardised(batch: torch.Tensor) -> torch.Tensor:
    """Grey and cover ``(n, 2, 64, 128)`` to ``(n, 1, 64, 128)``: mean 0, spread 1 inside the outline, 0 outside."""
    grey, cover = batch[:, :1].float() / 255, (batch[:, 1:] > 127).float()
    inside = cover.sum((2, 3), keepdim=True).clamp(min=1)
    mean = (grey * cover).sum((2, 3), keepdim=True) / inside
    spread = (((grey - mean) ** 2 * cover).sum((2, 3), keepdim=True) / inside).sqrt()
    return (grey - mean) / (spread + 0.03) * cover


def contrast(rows: torch.Tensor, who: torch.Tensor, warmth: float = 0.08) -> torch.Tensor:
    """Supervised contrastive loss (Khosla et al. 2020, eq. 2) of unit rows ``(n, d)`` and who they are, ``(n,)``."""
    own = torch.eye(len(rows), dtype=torch.bool)
    logits = (rows @ rows.T / warmth).masked_fill(own, -1e4)
    chance = logits - logits.logsumexp(1, keepdim=True)
    mates = (who[:, None] == who[None]) & ~own
    return -(chance.masked_fill(~mates, 0).sum(1) / mates.sum(1).clamp(min=1)).mean()
