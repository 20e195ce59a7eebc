"""How these tests look at processes: by deadline, and by the leases they hold."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.up import lease

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable

SERVE = """
import http.server, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["MINHCHUNG_PORT"])), Ready).serve_forever()
"""

DRIVER = """
import json, sys
from cli.console import Stop, logs_to_stderr
from cli.settings import load
from cli.up import main
from cli.up.supervisor import Backoff, ProcessSpec
asked = json.loads(sys.argv[1])
main._load_demo = lambda found: asked["accounts"]
main.demo_detection = lambda found: None
logs_to_stderr("up")
specs = [ProcessSpec(name, [sys.executable, "-c", script]) for name, script in asked["processes"].items()]
try:
    main.run(load(), demo=True, as_json=asked["json"], processes=specs, backoff=Backoff(first_s=0.01))
except Stop as stop:
    sys.stderr.write(f"minhchung: {stop}\\n")
    raise SystemExit(stop.status)
"""


def eventually(condition: Callable[[], Any], within: float = 15.0) -> Any:
    """Return the first true value of *condition*; fail when the time is over."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.02)
    return value


def held(data: Path) -> set[str]:
    """Return the names of the leases of a data folder that some process still holds."""
    names = set()
    for path in [data / "up.lock", *(data / "run").glob("*.lock")]:
        fd = lease.take(path)
        if fd is None:
            names.add(path.stem)
        else:
            os.close(fd)
    return names


def holders(data: Path) -> set[int]:
    """Return every process that holds a lease of a data folder."""
    return {pid for path in (data / "run").glob("*.lock") for pid in lease.holders(path)}


class Up:
    """`minhchung up` as a process of its own, with a stand-in for `serve`."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        processes: Mapping[str, str] | None = None,
        accounts: Sequence[Mapping[str, str]] = (),
        as_json: bool = True,
    ) -> None:
        asked = {
            "processes": processes if processes is not None else {"serve": SERVE},
            "accounts": list(accounts),
            "json": as_json,
        }
        self.data = Path(environment["MINHCHUNG_DATA"])
        self.errors = self.data.with_name(f"{self.data.name}.err").open("a+")
        self.process = subprocess.Popen(
            [PYTHON, "-c", DRIVER, json.dumps(asked)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.PIPE,
            stderr=self.errors,
            bufsize=0,  # select() sees no line that was read ahead
        )

    def line(self, within: float = 30.0) -> str:
        """Return the next line of its answer; empty when it has ended."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], within)
        assert ready, self.said()
        return self.process.stdout.readline().decode()

    def ready(self) -> dict[str, Any]:
        """Return its answer once it is ready."""
        line = self.line()
        assert line, self.said()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def said(self) -> str:
        """Return what it has written to stderr."""
        self.errors.flush()
        return Path(self.errors.name).read_text()

    def end(self, number: signal.Signals = signal.SIGINT, within: float = 20.0) -> int:
        """Signal it, and return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(within)

    def close(self) -> None:
        """Leave nothing behind, whatever the test found."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.errors.close()
