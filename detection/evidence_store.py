"""Where evidence is kept: a folder or an object store, each object under the hash of its bytes.

What `keep` has returned is on disk, or with the object store: only then may a message name it.
Nothing here touches pixels, so whoever reads evidence needs no image library.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from detection.contracts import EVIDENCE_NAME, evidence_name

INCOMING: Final = ".incoming"


class EvidenceError(Exception):
    """Evidence cannot be kept or read: where, and why."""


class EvidenceStore(Protocol):
    """Where evidence is kept, each object once, under the hash of its bytes."""

    def keep(self, data: bytes, suffix: str) -> str:
        """Keep an object durably and return its name."""
        ...

    def read(self, name: str) -> bytes:
        """Return an object."""
        ...


class EvidenceFolder:
    """Evidence in a folder: written aside, flushed to disk, then given its name."""

    def __init__(self, folder: Path, *, writer: str) -> None:
        self._folder = folder
        # a folder per writer: the leftovers swept here are never somebody else's half-written file
        self._incoming = folder / INCOMING / writer
        try:
            _make(self._incoming)
            for leftover in self._incoming.iterdir():
                leftover.unlink()
        except OSError as error:
            raise EvidenceError(f"evidence folder {folder}: {error.strerror}") from None

    def keep(self, data: bytes, suffix: str) -> str:
        """Keep an object durably and return its name.

        Raises:
            EvidenceError: the disk is full, or the folder may not be written.
        """
        name = evidence_name(hashlib.sha256(data).hexdigest(), suffix)
        target = self._folder / name
        try:
            if target.exists() and target.read_bytes() == data:
                _flush_folder(target.parent)  # whoever gave it its name may have been killed before this
                return name
            aside = self._incoming / uuid4().hex
            _write(aside, data)
            _make(target.parent)
            aside.rename(target)
            _flush_folder(target.parent)
        except OSError as error:
            raise EvidenceError(f"evidence folder {self._folder}: {error.strerror}") from None
        return name

    def read(self, name: str) -> bytes:
        """Return an object.

        Raises:
            EvidenceError: there is none of that name.
        """
        _check(name)
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise EvidenceError(f"evidence {name}: {error.strerror}") from None


class EvidenceBucket:
    """Evidence in an object store, which answers a write once it is durable."""

    def __init__(self, url: str) -> None:
        import obstore

        self._url = url
        try:
            self._store = obstore.store.from_url(url)
        except (obstore.exceptions.BaseError, ValueError) as error:
            raise EvidenceError(f"EVIDENCE_URL: {_without_answers(error)}") from None

    def keep(self, data: bytes, suffix: str) -> str:
        """Keep an object durably and return its name.

        Raises:
            EvidenceError: the store refused it, or could not be reached.
        """
        import obstore

        name = evidence_name(hashlib.sha256(data).hexdigest(), suffix)
        try:
            obstore.put(self._store, name, data)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise EvidenceError(f"evidence store {self._url}: {_without_answers(error)}") from None
        return name

    def read(self, name: str) -> bytes:
        """Return an object.

        Raises:
            EvidenceError: there is none of that name, or the store could not be reached.
        """
        import obstore

        _check(name)
        try:
            return bytes(obstore.get(self._store, name).bytes())
        except (obstore.exceptions.BaseError, OSError) as error:
            raise EvidenceError(f"evidence {name}: {_without_answers(error)}") from None


def open_store(url: str, *, writer: str) -> EvidenceStore:
    """Return the store at `file:///FOLDER` or `s3://BUCKET/PREFIX`.

    Raises:
        EvidenceError: naming what was expected.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return EvidenceFolder(Path(unquote(parts.path)), writer=writer)
    if parts.scheme == "s3" and parts.hostname:
        return EvidenceBucket(url)
    raise EvidenceError("EVIDENCE_URL: file:///FOLDER or s3://BUCKET/PREFIX is expected")


def _check(name: str) -> None:
    """Refuse what is no name of evidence, a path out of the store above all."""
    if not EVIDENCE_NAME.fullmatch(name):
        raise EvidenceError(f"evidence {name[:100]!a}: a name after the object's SHA-256 is expected")


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _make(folder: Path) -> None:
    """Make a folder and those above it, each recorded durably in the one that holds it."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _without_answers(error: Exception) -> str:
    """The first line of an object store's error, without the address it asked, which may be signed."""
    first = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
    return re.sub(r"\?\S+", "", first)
