"""Files of the data folder."""

import os
import stat
from pathlib import Path

import pytest

from cli.console import Stop
from cli.up import files
from cli.up.files import BoundedLog, folder, read_secret, write_secret


def test_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that has grown begins again under its writer, and keeps what came last in a second file."""
    monkeypatch.setattr(files, "LOG_BYTES", 10)
    log = BoundedLog(tmp_path / "server.log")
    writer = log.open()
    os.write(writer, b"0123456789")
    log.trim()
    assert log.size() == 10
    os.write(writer, b"abc")
    log.trim()
    os.write(writer, b"next\n")
    os.close(writer)
    older = tmp_path / "server.1.log"
    assert (log.path.read_bytes(), older.read_bytes()) == (b"next\n", b"3456789abc")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (log.path, older)] == [0o600, 0o600]


def test_last_words(tmp_path: Path) -> None:
    """Only what was said since the start is quoted, on one line."""
    log = BoundedLog(tmp_path / "server.log")
    log.path.write_text("earlier\none\n\ntwo\n")
    assert log.since(len("earlier\n")) == "one | two"


def test_secret(tmp_path: Path) -> None:
    """A secret is replaced whole, for its owner alone, and leaves nothing beside it."""
    path = tmp_path / "x.secret"
    assert read_secret(path) == {}
    write_secret(path, {"token": "one"})
    write_secret(path, {"token": "two"})
    assert read_secret(path) == {"token": "two"}
    assert [(p.name, stat.S_IMODE(p.stat().st_mode)) for p in tmp_path.iterdir()] == [("x.secret", 0o600)]


def test_damaged_secret(tmp_path: Path) -> None:
    """A damaged secret is named, and not quoted."""
    path = tmp_path / "x.secret"
    path.write_text('{"token": "canary')
    with pytest.raises(Stop) as caught:
        read_secret(path)
    assert str(caught.value) == f"{path}: expected a JSON object this account can read; restore the file"


def test_folder_keeps_its_rights(tmp_path: Path) -> None:
    """A folder that exists keeps the permissions its owner gave it."""
    made = folder(tmp_path / "a" / "b", 0o711)
    assert stat.S_IMODE(made.stat().st_mode) == 0o711
    made.chmod(0o755)
    assert stat.S_IMODE(folder(made, 0o700).stat().st_mode) == 0o755
