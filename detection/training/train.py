"""Train the sample's detector on frames drawn by `scenes` alone: `python -m detection.training.train`."""

import argparse
import copy
import hashlib
import logging
import math
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import yaml

from detection.training import frames
from detection.training.evaluate import measure
from detection.training.frames import Example
from detection.training.scenes import CLASSES

try:
    import torch
    from torch import Tensor

    from detection.training.network import Detector, Exported, cells, loss
except ImportError:
    raise SystemExit("detection.training.train: torch is expected; pip install torch==2.13.0") from None

logger = logging.getLogger(__name__)

FIRST_SEED = 1000
"""Scenes below are held out: 0 to 19 are judged end to end, one is the sample."""

BATCH, RATE, DECAY, SMOOTH = 24, 3e-3, 0.02, 0.998
WARM_UP = 0.04
"""The part of the training in which the rate rises."""


class Cache:
    """Drawn frames, kept on disk as they are reduced, so that none is drawn twice."""

    def __init__(self, folder: Path, *, scenes: int, frames_each: int) -> None:
        shape = (scenes * frames_each, frames.HEIGHT, frames.WIDTH, 3)
        self.images = np.lib.format.open_memmap(folder / "frames.npy", mode="w+", dtype=np.uint8, shape=shape)
        self.boxes = []
        seeds = range(FIRST_SEED, FIRST_SEED + scenes)
        for n, example in enumerate(frames.drawn(seeds, frames_each=frames_each)):
            self.images[n] = example.image
            self.boxes.append(example.boxes)

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Batches without end: pictures and what each cell should answer."""
        while True:
            order = rng.permutation(len(self.boxes))
            for start in range(0, len(order) - BATCH + 1, BATCH):
                chosen = [
                    frames.disturbed(Example(self.images[n], self.boxes[n]), rng)
                    for n in order[start : start + BATCH]
                ]
                pictures = np.stack([e.image for e in chosen])
                wanted = np.stack([frames.answers(e.boxes) for e in chosen])
                yield torch.from_numpy(pictures).permute(0, 3, 1, 2).float(), torch.from_numpy(wanted)


def train(cache: Cache, *, minutes: float, checkpoint: Path, start: Path | None = None) -> Detector:
    """Train for so long, by the clock, and give back the smoothed network."""
    torch.manual_seed(1)
    network = Detector(len(CLASSES)).to(memory_format=torch.channels_last)
    if start is not None:
        network.load_state_dict(torch.load(start, weights_only=True))
    smoothed = copy.deepcopy(network).eval()
    plain = [p for p in network.parameters() if p.ndim == 1]
    heavy = [p for p in network.parameters() if p.ndim > 1]
    optimiser = torch.optim.AdamW(
        [{"params": heavy, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}]
    )
    grid = cells(frames.WIDTH, frames.HEIGHT)
    began, sums, network = time.monotonic(), np.zeros(4), network.train()
    for step, (pictures, wanted) in enumerate(cache.batches(np.random.default_rng(1)), start=1):
        done = (time.monotonic() - began) / (minutes * 60)
        if done >= 1:
            break
        rate = RATE * min(done / WARM_UP, (1 + math.cos(math.pi * done)) / 2 + 0.01)
        for group in optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", torch.bfloat16):
            rows = network(pictures.contiguous(memory_format=torch.channels_last))
        total, parts = loss(rows.float(), wanted, grid)
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 10.0)
        optimiser.step()
        _follow(smoothed, network, min(SMOOTH, 1 - 1 / (step + 1)))
        sums += parts
        if step % 50 == 0:
            told = " ".join(f"{part:.3f}" for part in sums / 50)
            logger.info("%3.0f %% step %d: boxes, distances, objects, classes %s", done * 100, step, told)
            torch.save(smoothed.state_dict(), checkpoint)
            sums[:] = 0
    logger.info("%d frames seen", step * BATCH)
    torch.save(smoothed.state_dict(), checkpoint)
    return smoothed


@torch.no_grad()
def _follow(smoothed: Detector, network: Detector, share: float) -> None:
    for kept, new in zip(smoothed.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.dtype.is_floating_point:
            kept.lerp_(new, 1 - share)
        else:
            kept.copy_(new)


def export(network: Detector, folder: Path) -> Path:
    """Write detector.onnx and its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "detector.onnx"
    torch.onnx.export(
        Exported(network).eval().to(memory_format=torch.contiguous_format),
        (torch.zeros(1, 3, frames.HEIGHT, frames.WIDTH),),
        str(path),
        input_names=["images"],
        output_names=["output"],
        opset_version=17,
        dynamo=False,
    )
    manifest = {
        "family": "yolox",
        "path": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "input": {"width": frames.WIDTH, "height": frames.HEIGHT},
        "classes": list(CLASSES),
    }
    (folder / "detector.yaml").write_text(yaml.safe_dump(manifest, sort_keys=False), encoding="utf-8")
    return path


def main() -> None:
    """Draw, train, export, measure."""
    parser = argparse.ArgumentParser(prog="python -m detection.training.train", description=__doc__)
    parser.add_argument("--seeds", type=int, default=700, help="how many scenes to draw")
    parser.add_argument("--frames", type=int, default=10, help="how many frames of each")
    parser.add_argument("--minutes", type=float, default=12.0, help="how long to train after drawing")
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from")
    parser.add_argument("--checkpoint", type=Path, help="where to keep the last state")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "sample")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        logger.info("drawing %d scenes of %d frames", given.seeds, given.frames)
        cache = Cache(Path(folder), scenes=given.seeds, frames_each=given.frames)
        checkpoint = given.checkpoint or Path(folder) / "last.pt"
        network = train(cache, minutes=given.minutes, checkpoint=checkpoint, start=given.start)
    path = export(network, given.out)
    logger.info("%s: %d bytes", path, path.stat().st_size)
    for line in measure(path):
        logger.info("%s", line)


if __name__ == "__main__":
    main()
