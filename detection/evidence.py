"""Evidence: the frames before, at and after a crossing and a clip around it, cut from the source and kept."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

import cv2
import numpy as np

from detection.config import EvidenceWindow
from detection.contracts import EvidenceItem
from detection.evidence_store import EvidenceError, EvidenceStore
from detection.media import Picture
from detection.source import Source

JPEG_QUALITY: Final = 92
NAMED_KINDS: Final = ("FRAME_BEFORE", "FRAME_AT", "FRAME_AFTER")


def gather(
    source: Source,
    store: EvidenceStore,
    at_s: float,
    window: EvidenceWindow,
    instant: Callable[[float], datetime],
) -> tuple[EvidenceItem, ...]:
    """Cut the evidence of one crossing out of its source and keep it.

    Raises:
        SourceError: the source can no longer be read there.
        EvidenceError: it cannot be kept.
    """
    moments = (at_s - window.before_s, at_s, at_s + window.after_s)
    wanted = tuple(source.pts_at(max(moment, 0.0)) for moment in moments)
    start, end = source.pts_at(max(at_s - window.clip_s, 0.0)), source.pts_at(at_s + window.clip_s)
    cut = source.cut(wanted, start, end)
    items = [
        _keep(store, kind, _jpeg(picture), "jpg", "image/jpeg", instant(source.seconds(picture.pts)))
        for kind, picture in zip(NAMED_KINDS, cut.pictures, strict=False)
    ]
    if cut.clip:
        starts_at = instant(source.seconds(cut.starts_pts))
        items.append(_keep(store, "CLIP", cut.clip, cut.suffix, cut.media_type, starts_at))
    if not items:
        raise EvidenceError(f"{source.name}: nothing can be read at {at_s:.2f} s, where it was read before")
    return tuple(items)


def altered(items: Iterable[EvidenceItem], store: EvidenceStore) -> Iterator[str]:
    """Yield the name of each object that is gone, or is not what was kept."""
    for item in items:
        try:
            data = store.read(item.name)
        except EvidenceError:
            yield item.name
            continue
        if len(data) != item.size or hashlib.sha256(data).hexdigest() != item.sha256:
            yield item.name


def _keep(
    store: EvidenceStore, kind: str, data: bytes, suffix: str, media_type: str, captured_at: datetime
) -> EvidenceItem:
    return EvidenceItem(
        kind=kind,
        name=store.keep(data, suffix),
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        media_type=media_type,
        captured_at=captured_at,
    )


def _jpeg(picture: Picture) -> bytes:
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 3)
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return data.tobytes()
