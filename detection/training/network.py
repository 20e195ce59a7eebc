"""The detector's network, small and anchor-free in the shape of YOLOX, and the loss it is trained with. Needs torch."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from detection.training.frames import STRIDES

STEM, WIDTHS, NECK = (16, 24), (48, 64, 80), 48
"""Channels: before stride 8; at strides 8, 16 and 32; of what the heads see."""

RARE = 0.02
"""How likely an untrained head thinks a vehicle is: few cells hold one, and a balanced start would drown them."""


def _conv(before: int, after: int, size: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    """Half the channels looked at twice, added to the whole."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(_conv(channels, channels // 2, 1), _conv(channels // 2, channels))

    def forward(self, features: Tensor) -> Tensor:
        """Keep what was there, add what was found."""
        return features + self.inner(features)


class Detector(nn.Module):
    """From pictures [n,3,H,W], BGR, 0 to 255, to raw rows [n,A,5+classes]: x, y, w, h, objectness, classes."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        first, second, third = WIDTHS
        self.near = nn.Sequential(
            _conv(3, STEM[0], 3, 2), _conv(STEM[0], STEM[1], 3, 2), _Residual(STEM[1]),
            _conv(STEM[1], first, 3, 2), *(_Residual(first) for _ in range(3)),
        )  # fmt: skip
        self.middle = nn.Sequential(_conv(first, second, 3, 2), _Residual(second), _Residual(second))
        self.far = nn.Sequential(_conv(second, third, 3, 2), _Residual(third))
        self.joins = nn.ModuleList(_conv(width, NECK, 1) for width in WIDTHS)
        self.box_head = nn.Sequential(_conv(NECK, NECK), nn.Conv2d(NECK, 5, 1))
        self.class_head = nn.Sequential(_conv(NECK, NECK // 2), nn.Conv2d(NECK // 2, classes, 1))
        nn.init.constant_(self.box_head[-1].bias, 0.0)
        with torch.no_grad():
            self.box_head[-1].bias[4] = torch.logit(torch.tensor(RARE))

    def forward(self, images: Tensor) -> Tensor:
        """Raw rows, objectness and classes as logits; the cells of stride 8 first, row by row."""
        near = self.near(images * (1 / 128) - 1)
        middle = self.middle(near)
        far = self.far(middle)
        joined = [self.joins[2](far)]
        for features, join in ((middle, self.joins[1]), (near, self.joins[0])):
            joined.insert(
                0, join(features) + functional.interpolate(joined[0], scale_factor=2.0, mode="nearest")
            )
        rows = [torch.cat((self.box_head(level), self.class_head(level)), 1).flatten(2) for level in joined]
        return torch.cat(rows, 2).permute(0, 2, 1)


class Exported(nn.Module):
    """The network as YOLOX exports it: boxes raw, objectness and classes as probabilities."""

    def __init__(self, detector: Detector) -> None:
        super().__init__()
        self.detector = detector

    def forward(self, images: Tensor) -> Tensor:
        """[n,A,5+classes]; x and y in cells from the cell's corner, w and h as logarithms of cells."""
        rows = self.detector(images)
        return torch.cat((rows[..., :4], rows[..., 4:].sigmoid()), -1)


def cells(width: int, height: int) -> tuple[Tensor, Tensor]:
    """The upper left corner of each cell in cells [A,2], and its stride [A,1]."""
    corners, strides = [], []
    for stride in STRIDES:
        y, x = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
        corners.append(torch.stack((x, y), -1).reshape(-1, 2).float())
        strides.append(torch.full((len(corners[-1]), 1), float(stride)))
    return torch.cat(corners), torch.cat(strides)


def loss(rows: Tensor, wanted: Tensor, grid: tuple[Tensor, Tensor]) -> tuple[Tensor, Sequence[float]]:
    """The loss of a batch and its parts: boxes, distances, objectness, classes.

    `wanted` is [n,A,6]: x1, y1, x2, y2 in pixels; the class; and 1 where a vehicle is, 0 where none is,
    -1 where nobody may say.
    """
    corner, stride = grid
    here = wanted[..., 5] > 0.5
    count = here.sum().clamp(min=1)
    picked, box = rows[here], wanted[here][:, :4]
    where = here.nonzero()[:, 1]
    corner, stride = corner[where], stride[where]
    middle, size = (picked[:, :2] + corner) * stride, picked[:, 2:4].clamp(max=6).exp() * stride
    found = torch.cat((middle - size / 2, middle + size / 2), 1)
    overlap, generalised = _overlaps(found, box)
    of_boxes = (1 - generalised).sum() / count
    aim = torch.cat(
        ((box[:, :2] + box[:, 2:]) / 2 / stride - corner, ((box[:, 2:] - box[:, :2]) / stride).log()), 1
    )
    of_distances = functional.smooth_l1_loss(picked[:, :4], aim, beta=0.1, reduction="sum") / count
    known = wanted[..., 5] >= 0
    objectness = functional.binary_cross_entropy_with_logits(rows[..., 4], here.float(), reduction="none")
    of_objects = objectness[known].sum() / count
    kinds = (
        functional.one_hot(wanted[here][:, 4].long(), rows.shape[-1] - 5)
        * overlap.detach().clamp(min=0)[:, None]
    )
    of_kinds = functional.binary_cross_entropy_with_logits(picked[:, 5:], kinds, reduction="sum") / count
    parts = (of_boxes, of_distances, of_objects, of_kinds)
    return 3 * of_boxes + of_distances + of_objects + of_kinds, [float(part.detach()) for part in parts]


def _overlaps(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """The overlap of boxes pair by pair, plain and generalised."""
    shared = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - shared
    around = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    overlap = shared / union.clamp(min=1e-6)
    return overlap, overlap - (around - union) / around.clamp(min=1e-6)
