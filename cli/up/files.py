"""Files of the data folder: secrets nobody else may read, logs that cannot fill the disk."""

import os
import secrets
from pathlib import Path

import orjson

from cli.console import Stop

LOG_BYTES = 8 << 20


def folder(path: Path, mode: int = 0o700) -> Path:
    """Make the folder with *mode* if it is missing; one that exists keeps the permissions it has."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_dir():
            path.mkdir()
            path.chmod(mode)
        if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError
    except OSError as error:
        reason = error.strerror or "it belongs to another account"
        raise Stop(f"{path}: expected a folder that can be written to: {reason}") from None
    return path


def write_secret(path: Path, value: object) -> None:
    """Replace the file by the JSON of *value*, whole or not at all, readable by its owner alone."""
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(orjson.dumps(value))
        file.flush()
        os.fsync(fd)
    new.replace(path)
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def read_secret(path: Path) -> dict[str, str]:
    """Return the object the file holds; an empty one if there is no file."""
    try:
        value = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, orjson.JSONDecodeError):
        value = None
    if not isinstance(value, dict):
        raise Stop(f"{path}: expected a JSON object this account can read; restore the file")
    return value


class BoundedLog:
    """Where a server's own messages go; at most two files of LOG_BYTES."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> int:
        """Return a descriptor that appends."""
        self.trim()
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def trim(self) -> None:
        """Keep the last LOG_BYTES in a second file and begin again, if the file has grown past them."""
        if self.path.exists() and self.path.stat().st_size > LOG_BYTES:
            # the writer appends, so the file may be emptied under it
            older = self.path.with_suffix(".1.log")
            older.touch(0o600)
            older.write_bytes(self.path.read_bytes()[-LOG_BYTES:])
            os.truncate(self.path, 0)

    def size(self) -> int:
        """Return how much has been written so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def since(self, offset: int, lines: int = 5) -> str:
        """Return the last lines written after *offset*, on one line."""
        with self.path.open("rb") as file:
            file.seek(offset)
            text = file.read().decode(errors="replace")
        return " | ".join(line.strip() for line in text.splitlines()[-lines:] if line.strip())
