"""The network: plain convolutions, then two layers that know where in the picture something is."""

from __future__ import annotations

import torch
from torch import nn

WIDE, HIGH = 112, 80
WIDTHS = (16, 32, 48, 64)


def conv(into: int, out: int, stride: int = 1) -> nn.Sequential:
    """Convolution, normalisation over the batch, rectifier."""
    return nn.Sequential(nn.Conv2d(into, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True))


class FlankNet(nn.Module):
    """``(n, 1, 80, 112)`` standardised grey to ``(n, 3)``: how much speaks for left, front and rear."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = WIDTHS
        self.seen = nn.Sequential(conv(1, a, 2), conv(a, b, 2), conv(b, b), conv(b, c, 2), conv(c, c), conv(c, d, 2))
        self.spare = nn.Dropout(0.3)
        self.placed = nn.Sequential(nn.Flatten(), nn.Linear(d * 5 * 7, 48), nn.ReLU(inplace=True))
        self.last = nn.Linear(48, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.spare(self.placed(self.spare(self.seen(x)))))


def answers(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """The four logits (left, right, front, rear) of a batch: the mirrored picture's answers are the mirrored ones."""
    ours, theirs = model(torch.cat([x, x.flip(3)])).chunk(2)
    return torch.stack([ours[:, 0], theirs[:, 0], *((ours + theirs) / 2)[:, 1:].unbind(1)], 1)


def standardised(batch: torch.Tensor) -> torch.Tensor:
    """``(n, 80, 112)`` uint8 to ``(n, 1, 80, 112)`` float with mean 0 and (nearly) spread 1."""
    x = batch.float()[:, None] / 255
    mean = x.mean((1, 2, 3), keepdim=True)
    return (x - mean) / (x.std((1, 2, 3), keepdim=True, unbiased=False) + 0.05)
