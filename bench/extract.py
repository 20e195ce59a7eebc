"""A minute cut out of ten: our extraction against `cp` of the same bytes and `sha256sum` over them.

Ours hashes the whole recording first, cuts in a process of its own, hashes the cut and has it on disk before it says
so. The baseline copies and hashes the recording, which is what must be read to know that it is whole, and then does
the same with the minute alone; it flushes neither.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import av
import numpy as np

from bench.measure import in_turns, line
from detection.cutting import cut
from detection.evidence_store import EvidenceFolder, digest_of

ROUNDS, SECONDS, CUT_S, FPS = 7, 600, 60, 12
WIDTH, HEIGHT, BITS = 1280, 720, 4_000_000


def run(*, rounds: int = ROUNDS, seconds: int = SECONDS, cut_s: int = CUT_S) -> Iterator[dict[str, object]]:
    """Yield how long one extraction takes."""
    with tempfile.TemporaryDirectory(prefix="minhchung-bench-") as folder:
        store = EvidenceFolder(Path(folder) / "evidence", writer="bench")
        with store.draft() as draft:
            record(draft, seconds)
            name, sha256, size = store.keep_file(draft, "mp4")

        def extract() -> tuple[str, int]:
            with store.local(name) as path, store.draft() as draft:
                assert digest_of(path) == (sha256, size)  # noqa: S101 — what an extraction begins with
                clip = cut(path, draft, seconds / 2, seconds / 2 + cut_s)
                assert clip is not None  # noqa: S101 — it was just made
                kept, _, length = store.keep_file(draft, clip.suffix)
                return kept, length

        def ours() -> float:
            began = perf_counter()
            kept, _ = extract()
            took = perf_counter() - began
            (Path(folder) / "evidence" / kept).unlink()  # or the next finds it there
            return took

        first, cut_bytes = extract()
        minute = Path(folder) / "minute"
        minute.write_bytes((Path(folder) / "evidence" / first).read_bytes())

        def theirs() -> float:
            began = perf_counter()
            for source in (Path(folder) / "evidence" / name, minute):
                target = Path(folder) / "copy"
                subprocess.run(["/bin/cp", source, target], check=True)
                subprocess.run(["/usr/bin/sha256sum", target], check=True, capture_output=True)
            return perf_counter() - began

        value, baseline = in_turns(rounds, ours, theirs)
    yield {
        **line("extract", value, baseline, target="stated", unit="s"),
        "value": round(value, 3),
        "baseline": round(baseline, 3),
        "recording_bytes": size,
        "cut_bytes": cut_bytes,
    }


def record(path: Path, seconds: int) -> None:
    """Write a film of a camera: pictures that change everywhere, a keyframe a second, about 4 Mbit/s."""
    chance = np.random.default_rng(5)
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "g": str(FPS)})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = WIDTH, HEIGHT, "yuv420p", BITS
        stream.codec_context.time_base = Fraction(1, FPS)
        ground = chance.integers(0, 256, (HEIGHT // 8, WIDTH // 8, 3), np.uint8)
        for n in range(seconds * FPS):
            noise = np.roll(ground, n, axis=1).repeat(8, axis=0).repeat(8, axis=1)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(noise, format="bgr24")))
        out.mux(stream.encode(None))
