"""Damaged and hostile media: read as far as they go, or refused in one line, and nobody else is harmed (C7)."""

import hashlib
import multiprocessing
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from onnx import TensorProto, helper

from detection import cutting, model
from detection.cutting import CutError, cut, measure
from detection.manifest import ModelError, read_manifest
from detection.model import Detector, try_out
from detection.reading import ConfigError
from detection.sample import CLIP
from detection.source import SourceError, VideoFile
from tests.detection.support import HEIGHT, WIDTH, write_detr, write_manifest, write_model
from tests.support.faults import Hand, forking
from tests.support.fuzz import KINDS, MALICE, damaged
from tests.support.soak import sizes

TYPED = (CutError, SourceError, ModelError, ConfigError)
"""What a way in says to media that it does not take; anything else is an error of the product."""


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hundreds of files: by few processes that live as long as they can, each behind the limits of the product."""
    context, hand = forking(), Hand()
    monkeypatch.setattr(cutting, "ask", hand)
    monkeypatch.setattr(model, "ask", hand)
    monkeypatch.setattr(multiprocessing, "get_context", lambda _: context)
    yield
    hand.close()


def watched(path: Path) -> None:
    """Read a film as the worker does, its evidence as well."""
    with VideoFile(path) as video:
        for _ in video.frames():
            pass
        video.cut((video.pts_at(0.5), video.pts_at(1.0)), video.pts_at(0.0), video.pts_at(2.0))


def loaded(manifest: Path) -> None:
    """Load a model as the worker does."""
    try_out(manifest)
    Detector(read_manifest(manifest), classes=(), score=0.4)


def ways(path: Path) -> dict[str, Callable[[], object]]:
    """Every way in which the product opens a film: to keep it, to cut it, to watch it."""
    return {
        "recording": lambda: measure(path),
        "extraction": lambda: cut(path, path.with_name("cut"), 0.5, 1.5),
        "detection": lambda: watched(path),
    }


def refusal_of(way: Callable[[], object]) -> str | None:
    """The one line that a way refuses with, if it does."""
    said = None
    try:
        way()
    except TYPED as refused:
        said = str(refused)
    assert "\n" not in (said or "")
    return said


@sizes(films=(150, 8_000))
def test_damaged_films(forks: None, tmp_path: Path, counted: Callable[[str], None], films: int) -> None:
    """Flipped, cut off, blanked, repeated, its boxes swapped: a film is read as far as it goes, or refused."""
    sound = {kind: make() for kind, make in KINDS.items()}
    refused: list[str] = []
    for n in range(films):
        kind = list(sound)[n % len(sound)]
        path = tmp_path / f"{n}-{kind}"
        path.write_bytes(damaged(sound[kind], random.Random(n)))  # noqa: S311 — damage, no secret
        way = list(ways(path).values())[n // len(sound) % 3]
        refused += filter(None, [refusal_of(way)])
        path.unlink()
    assert 0 < len(refused) < films
    died = sum("died of it" in line or "was stopped" in line for line in refused)
    counted(
        f"C7 {films} damaged films and pictures in processes behind limits: {len(refused)} refused in one line, {died}"
        " of them for the process died, the others read as far as they go"
    )


@sizes(models=(50, 2_000))
def test_damaged_models(forks: None, tmp_path: Path, counted: Callable[[str], None], models: int) -> None:
    """A damaged model is refused by its hash; where the manifest was made to fit, it is loaded or refused."""
    sound = []
    for write in (write_model, write_detr):
        manifest = write(tmp_path)
        sound.append(((tmp_path / "detector.onnx").read_bytes(), yaml.safe_load(manifest.read_text())))
    refused = 0
    for n in range(models):
        raw, given = sound[n % len(sound)]
        bad = damaged(raw, random.Random(n))  # noqa: S311 — damage, no secret
        (tmp_path / "detector.onnx").write_bytes(bad)
        manifest.write_text(yaml.safe_dump(given))
        assert bad == raw or "sha256" in (refusal_of(lambda: loaded(manifest)) or "")
        manifest.write_text(yaml.safe_dump({**given, "sha256": hashlib.sha256(bad).hexdigest()}))
        refused += refusal_of(lambda: loaded(manifest)) is not None
    assert 0 < refused < models
    counted(
        f"C7 {models} damaged models: all refused by their hash, {refused} where the manifest was made to fit"
    )


REFUSED = {
    "zip-bomb.mp4": {"recording", "extraction", "detection"},
    "header-bomb.mp4": {"recording", "extraction", "detection"},
    "picture-bomb.avi": {"extraction", "detection"},
    "hidden-picture-bomb.avi": {"detection"},
    "for-ever.mp4": {"recording", "extraction", "detection"},
    "said-for-ever.mp4": set(),
    "echoing.mp4": {"extraction"},
}
"""Which ways refuse what; of the others nothing is to be feared, for they decode nothing or know better."""


@pytest.mark.parametrize("name", list(MALICE))
def test_malice(forks: None, tmp_path: Path, name: str) -> None:
    """What was made to fill memory, disk or time is refused by each way that it could do that to."""
    path = tmp_path / name
    path.write_bytes(MALICE[name]())
    assert {way for way, opened in ways(path).items() if refusal_of(opened)} == REFUSED[name]


def test_a_model_that_wants_everything(tmp_path: Path) -> None:
    """A model that asks for 64 GiB when it is asked is refused where it was tried."""
    value = helper.make_tensor_value_info
    size = helper.make_node(
        "Constant", [], ["size"], value=helper.make_tensor("s", TensorProto.INT64, [1], [1 << 34])
    )
    nodes = [
        size,
        helper.make_node("ConstantOfShape", ["size"], ["much"]),
        helper.make_node("ReduceMax", ["much"], ["most"]),
        helper.make_node("Add", ["images", "most"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "everything",
        [value("images", TensorProto.FLOAT, [1, 3, HEIGHT, WIDTH])],
        [value("output", TensorProto.FLOAT, None)],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    raw = made.SerializeToString()
    (tmp_path / "detector.onnx").write_bytes(raw)
    write_manifest(tmp_path, raw)
    said = refusal_of(lambda: loaded(tmp_path / "detector.yaml"))
    assert said is not None
    assert "ConstantOfShape" in said


@pytest.mark.parametrize("kind", ["recording", "extraction", "detection"])
def test_as_the_product_does(tmp_path: Path, kind: str) -> None:
    """The same in processes that are started, not forked: a sound film is taken, half a header is not."""
    path = tmp_path / "film.mp4"
    path.write_bytes(CLIP.read_bytes()[:1000])
    assert refusal_of(ways(path)[kind]) is not None
    path.write_bytes(KINDS["h264.mp4"]())
    assert refusal_of(ways(path)[kind]) is None
