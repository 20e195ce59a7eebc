"""`minhchung intake --again` as an operator runs it."""

import json
import os
import subprocess
from pathlib import Path

import anyio
import nats

from api.messages.intake import SUBJECT
from api.messages.streams import DEAD, DETECTIONS, INTAKE
from detection.contracts import wrap
from tests.cli.support import PYTHON, ROOT
from tests.support.detections import SUBJECTS, detection, emptied, left

ORIGIN = "mc.v1.dong-hoi.detection.DH-T-01.violation"


def again(nats_url: str, keys: Path) -> subprocess.CompletedProcess[str]:
    """Put everything back."""
    given = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "NATS_URL": nats_url,
        "EVIDENCE_URL": keys.as_uri(),
        "MINHCHUNG_KEYS": str(keys),
    }
    return subprocess.run(
        [PYTHON, "-m", "cli.main", "intake", "--again", "--json"],
        cwd=ROOT,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def set_aside(nats_url: str) -> None:
    """A dead letter."""
    connection = await nats.connect(nats_url)
    js = connection.jetstream()
    await emptied(js)
    await js.publish(SUBJECTS.dead(INTAKE), wrap(detection(1)), headers={SUBJECT: ORIGIN})
    await connection.close()


async def found(nats_url: str) -> tuple[int, int, str]:
    """How many lie in either stream, and where the first to be taken came from; nothing is left for other tests."""
    connection = await nats.connect(nats_url)
    js = connection.jetstream()
    counts = await left(js, DEAD), await left(js, DETECTIONS)
    first = await js.get_last_msg(DETECTIONS, ORIGIN)
    await emptied(js)
    await connection.close()
    return *counts, str(first.subject)


def test_again(nats_url: str, tmp_path: Path) -> None:
    """What was set aside is in the queue again, under the subject it came from, and says how many it was."""
    anyio.run(set_aside, nats_url)
    done = again(nats_url, tmp_path)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"put_back": 1}), done.stderr
    assert anyio.run(found, nats_url) == (0, 1, ORIGIN)
