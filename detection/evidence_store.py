"""Where evidence is kept: a folder or an object store, each object under the hash of its bytes.

What `keep` has returned is on disk, or with the object store: only then may a message name it.
What was altered since no longer has its hash, and is not given out (R-QT-6.2.b, R-DH-5.7.0, R-DB-5.7.0).
Nothing here touches pixels, so whoever reads evidence needs no image library.
"""

import contextlib
import errno
import fcntl
import hashlib
import importlib
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from detection.contracts import EVIDENCE_NAME, evidence_name

INCOMING: Final = ".incoming"
LOCK: Final = ".lock"


class EvidenceError(Exception):
    """Evidence cannot be kept or read: where, and why; *gone* where the store answers and has no such object."""

    def __init__(self, text: str, *, gone: bool = False) -> None:
        super().__init__(text)
        self.gone = gone


class EvidenceStore(Protocol):
    """Where evidence is kept, each object once, under the hash of its bytes.

    Every method raises EvidenceError: the store is away, full, or has nothing of that name.
    """

    def keep(self, data: bytes, suffix: str) -> str:
        """Keep an object durably and return its name."""
        ...

    def read(self, name: str) -> bytes:
        """Return an object."""
        ...


class FootageStore(EvidenceStore, Protocol):
    """The same for what is too large to be held in memory."""

    def keep_file(self, draft: Path, suffix: str) -> tuple[str, str, int]:
        """Keep a file written to a `draft` durably, and return its name, its SHA-256 and its size."""
        ...

    def draft(self) -> AbstractContextManager[Path]:
        """A path to write an object to before it is kept; nothing is left there afterwards."""
        ...

    def size(self, name: str) -> int:
        """How many bytes an object has."""
        ...

    def read_range(self, name: str, start: int, end: int) -> bytes:
        """Return the bytes of an object from *start* up to *end*, which is not among them."""
        ...

    def local(self, name: str) -> AbstractContextManager[Path]:
        """An object as a file of this machine, to be read only; `digest_of` says whether it is what was kept."""
        ...


class EvidenceFolder:
    """Evidence in a folder: written aside, flushed to disk, then given its name."""

    def __init__(self, folder: Path, *, writer: str) -> None:
        self._folder = folder
        with _told(f"evidence folder {folder}"):
            _make(folder / INCOMING)
            _sweep(folder / INCOMING, writer)
            self._incoming, lock = _drafts(folder / INCOMING, writer)
        weakref.finalize(self, os.close, lock)

    def keep(self, data: bytes, suffix: str) -> str:
        """Keep an object durably and return its name."""
        with self.draft() as draft:
            with _told(f"evidence folder {self._folder}"):
                draft.write_bytes(data)
            name, _, _ = self.keep_file(draft, suffix)
        return name

    def keep_file(self, draft: Path, suffix: str) -> tuple[str, str, int]:
        """Keep a file written to a `draft` durably, and return its name, its SHA-256 and its size."""
        with _told(f"evidence folder {self._folder}"):
            sha256, size = digest_of(draft)
            name = _check(evidence_name(sha256, suffix))
            target = self._folder / name
            # whoever gave it its name may have been killed before the folder was flushed
            if not (target.exists() and digest_of(target) == (sha256, size)):
                draft.chmod(0o600)
                _flush(draft)
                _make(target.parent)
                draft.rename(target)
            _flush(target.parent)
        return name, sha256, size

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A path to write an object to before it is kept; nothing is left there afterwards."""
        path = self._incoming / uuid4().hex
        with _told(f"evidence folder {self._folder}"):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def read(self, name: str) -> bytes:
        """Return an object."""
        with self._opened(name) as file:
            return file.read()

    def size(self, name: str) -> int:
        """How many bytes an object has."""
        with self._opened(name) as file:
            return os.fstat(file.fileno()).st_size

    def read_range(self, name: str, start: int, end: int) -> bytes:
        """Return the bytes of an object from *start* up to *end*, which is not among them."""
        with self._opened(name) as file:
            file.seek(start)
            return file.read(end - start)

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """An object as a file of this machine, to be read only."""
        with self._opened(name):
            yield self._folder / name

    @contextmanager
    def _opened(self, name: str) -> Iterator[BinaryIO]:
        _check(name)
        try:
            with _told(f"evidence {name}"):
                # a link in the place of evidence is no evidence
                file = os.fdopen(os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW), "rb")
        except EvidenceError as error:
            if error.gone and not self._incoming.is_dir():
                # not this object is gone, but the folder: a disk that is not mounted loses nothing
                raise EvidenceError(f"evidence folder {self._folder}: it is not there") from None
            raise
        with file:
            yield file


class EvidenceBucket:
    """Evidence in an object store, which answers a write once it is durable."""

    def __init__(self, url: str) -> None:
        self._url = url
        with _told("EVIDENCE_URL"):
            from obstore.store import from_url

            self._store: Any = from_url(url)

    def keep(self, data: bytes, suffix: str) -> str:
        """Keep an object durably and return its name."""
        name = _check(evidence_name(hashlib.sha256(data).hexdigest(), suffix))
        with _told(f"evidence store {self._url}"):
            obstore().put(self._store, name, data)
        return name

    def keep_file(self, draft: Path, suffix: str) -> tuple[str, str, int]:
        """Keep a file written to a `draft` durably, and return its name, its SHA-256 and its size."""
        with _told(f"evidence store {self._url}"):
            sha256, size = digest_of(draft)
            name = _check(evidence_name(sha256, suffix))
            obstore().put(self._store, name, draft)
        return name, sha256, size

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A path to write an object to before it is kept; nothing is left there afterwards."""
        with tempfile.TemporaryDirectory(prefix="minhchung-evidence-") as folder:
            yield Path(folder) / "draft"

    def read(self, name: str) -> bytes:
        """Return an object."""
        _check(name)
        with _told(f"evidence {name}"):
            return bytes(obstore().get(self._store, name).bytes())

    def size(self, name: str) -> int:
        """How many bytes an object has."""
        _check(name)
        with _told(f"evidence {name}"):
            return int(obstore().head(self._store, name)["size"])

    def read_range(self, name: str, start: int, end: int) -> bytes:
        """Return the bytes of an object from *start* up to *end*, which is not among them."""
        _check(name)
        with _told(f"evidence {name}"):
            return bytes(obstore().get_range(self._store, name, start=start, end=end))

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """An object as a file of this machine, to be read only."""
        _check(name)
        with self.draft() as path:
            with _told(f"evidence {name}"), path.open("wb") as file:
                for chunk in obstore().get(self._store, name).stream():
                    file.write(chunk)
            yield path


def digest_of(path: Path) -> tuple[str, int]:
    """The SHA-256 and the size of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size


def open_store(url: str, *, writer: str) -> FootageStore:
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


def _check(name: str) -> str:
    """Refuse what is no name of evidence, a path out of the store above all."""
    if not EVIDENCE_NAME.fullmatch(name):
        raise EvidenceError(f"evidence {name[:100]!a}: a name after the object's SHA-256 is expected")
    return name


def _drafts(incoming: Path, writer: str) -> tuple[Path, int]:
    """A folder for the drafts of this process, and the lock that says that it lives; the kernel drops it at its end."""
    while True:
        folder = incoming / f"{writer}-{uuid4().hex}"
        path = folder.with_suffix(LOCK)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists():
                folder.mkdir(mode=0o700)
                return folder, lock
        os.close(lock)  # somebody took it for a leftover between its making and its locking


def _sweep(incoming: Path, writer: str) -> None:
    """Take away what processes of this writer left that are no more; the drafts of those that live stay."""
    for path in incoming.glob(f"{writer}-*{LOCK}"):
        with contextlib.suppress(FileNotFoundError, BlockingIOError):
            lock = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                path.unlink()
            finally:
                os.close(lock)


def _make(folder: Path) -> None:
    """Make a folder and those above it, each recorded durably in the one that holds it."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _flush(folder.parent)


def _flush(path: Path) -> None:
    """Wait until a file or a folder is on disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def obstore() -> Any:
    """The library, only where an object store is used."""
    return importlib.import_module("obstore")


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Say where something went wrong, in one line; an address that was asked may be signed and is left out."""
    try:
        yield
    except OSError as error:
        gone = error.errno in {errno.ENOENT, errno.ELOOP, errno.ENOTDIR}
        raise EvidenceError(f"{where}: {error.strerror or type(error).__name__}", gone=gone) from None
    except ValueError as error:
        raise EvidenceError(f"{where}: {_without_answers(error)}") from None
    except Exception as error:
        if not isinstance(error, obstore().exceptions.BaseError):
            raise
        gone = isinstance(error, obstore().exceptions.NotFoundError)
        raise EvidenceError(f"{where}: {_without_answers(error)}", gone=gone) from None


def _without_answers(error: Exception) -> str:
    """The first line of an object store's error, without the address it asked, which may be signed."""
    first = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
    return re.sub(r"\?\S+", "", first)
