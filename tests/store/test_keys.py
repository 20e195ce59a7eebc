"""Keys of subjects and of the installation: what is sealed opens for as long as its key is there, and no longer."""

import base64
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID, uuid4

import pytest

from domain.personal import ERASED, Personal
from store.datastore import Datastore
from store.keys import KEY, KeyDestroyedError, KeyFolder, Keys, KeyUnreadableError

NAME = "Nguyễn Thị Mẫu"


def sealed(keys: Keys, subject: UUID, value: str = NAME) -> Personal[str]:
    """Return a value as it comes from the store."""
    return Personal(subject, sealed=keys.seal(subject, value))


class TestSealing:
    """Sealed under the subject's own key."""

    @pytest.mark.parametrize("value", [NAME, "", "x", "dòng\nhai\x00", "🚦" * 4000])
    def test_opens(self, keys: Keys, value: str) -> None:
        """What is sealed opens as what it was."""
        assert keys.open([sealed(keys, uuid4(), value)]) == [value]

    def test_says_nothing(self, keys: Keys) -> None:
        """The sealed form does not hold the value, and never looks the same twice."""
        subject = uuid4()
        one, two = keys.seal(subject, NAME), keys.seal(subject, NAME)
        assert NAME.encode() not in base64.b64decode(one)
        assert one != two

    def test_in_order(self, keys: Keys) -> None:
        """Several values of several subjects open in the order they were asked for."""
        subjects = [uuid4() for _ in range(3)]
        values = [sealed(keys, subjects[n % 3], str(n)) for n in range(9)]
        assert keys.open(values) == [str(n) for n in range(9)]

    def test_nothing_to_open(self, keys: Keys) -> None:
        """Nothing asked, nothing opened; what was just said is clear already."""
        assert keys.open([]) == []
        assert keys.open([Personal.said(uuid4(), NAME)]) == [NAME]

    def test_another_process(self, keys: Keys, datastore: Datastore, folder: KeyFolder) -> None:
        """What one process sealed, another opens, and seals further under the same key."""
        subject = uuid4()
        other = Keys(datastore, folder)
        values = [sealed(keys, subject), sealed(other, subject)]
        assert Keys(datastore, folder).open(values) == [NAME, NAME]

    def test_first_key_together(self, datastore: Datastore, folder: KeyFolder) -> None:
        """Processes that seal for a new subject at once end with one key: all of it opens."""
        starting = Barrier(4)
        processes = [Keys(datastore, folder) for _ in range(4)]
        subjects = [uuid4() for _ in range(10)]

        def seal(process: Keys) -> list[Personal[str]]:
            starting.wait(10)
            return [sealed(process, subject) for subject in subjects]

        with ThreadPoolExecutor(4) as pool:
            values = [value for batch in pool.map(seal, processes) for value in batch]
        assert processes[0].open(values) == [NAME] * 40

    def test_moved_to_another_subject(self, keys: Keys) -> None:
        """A value belongs to its subject: under another's id it is altered, not theirs."""
        mine, theirs = uuid4(), uuid4()
        value = sealed(keys, mine)
        keys.seal(theirs, NAME)
        with pytest.raises(KeyUnreadableError, match=f"a value of subject {theirs} was altered"):
            keys.open([Personal(theirs, sealed=value.sealed)])

    @pytest.mark.parametrize(
        "alter",
        [
            lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
            lambda raw: bytes([raw[0] ^ 1]) + raw[1:],
            lambda raw: raw[:-1],
            lambda raw: raw[:5],
            lambda _: b"",
        ],
        ids=["last-bit", "nonce", "shorter", "cut", "empty"],
    )
    def test_altered(self, keys: Keys, alter: Callable[[bytes], bytes]) -> None:
        """A value with a bit changed or missing is recognised, and not shown."""
        subject = uuid4()
        raw = base64.b64decode(keys.seal(subject, NAME))
        value = Personal[str](subject, sealed=base64.b64encode(alter(raw)).decode())
        with pytest.raises(KeyUnreadableError, match=f"a value of subject {subject} was altered"):
            keys.open([value])

    def test_not_in_the_database(self, keys: Keys, datastore: Datastore, tmp_path: Path) -> None:
        """The database holds a wrapped key that is of no use without the folder."""
        subject = uuid4()
        value = sealed(keys, subject)
        elsewhere = KeyFolder(tmp_path)
        elsewhere.secret("personal")
        stranger = Keys(datastore, elsewhere)
        with pytest.raises(KeyUnreadableError, match="is not the key this database was written with"):
            stranger.open([value])
        with pytest.raises(KeyUnreadableError):
            stranger.seal(subject, NAME)
        with pytest.raises(KeyUnreadableError):  # nor for somebody new: two keys of keys cannot both be right
            Keys(datastore, elsewhere).seal(uuid4(), NAME)

    def test_a_lost_key_is_not_replaced(self, keys: Keys, datastore: Datastore, tmp_path: Path) -> None:
        """Where sealed data are on record, a missing key is said to be missing; no new one takes its place."""
        subject = uuid4()
        value = sealed(keys, subject)
        bereft = Keys(datastore, KeyFolder(tmp_path))
        for act in (lambda: bereft.open([value]), lambda: bereft.seal(uuid4(), NAME)):
            with pytest.raises(KeyUnreadableError, match=r"personal\.key is missing"):
                act()
        assert list(tmp_path.iterdir()) == []


class TestErasure:
    """A destroyed key erases its subject for ever, and nobody else."""

    def test_destroyed(self, keys: Keys, owner: Datastore, folder: KeyFolder) -> None:
        """Everything of that subject reads as erased; of another it still opens, in the same question."""
        gone, stays = uuid4(), uuid4()
        values = [sealed(keys, gone), sealed(keys, stays), sealed(keys, gone, "73A-123.45")]
        Keys(owner, folder).destroy(gone)
        assert keys.open(values) == [ERASED, NAME, ERASED]

    def test_bytes(self, keys: Keys, owner: Datastore, folder: KeyFolder) -> None:
        """Bytes are sealed as values are: opened whole for their own subject, for no other, and gone with the key."""
        subject, other = uuid4(), uuid4()
        kept = keys.seal_bytes(subject, NAME.encode())
        assert NAME.encode() not in kept
        assert keys.open_bytes(subject, kept) == NAME.encode()
        keys.seal_bytes(other, b"")
        for stranger, data in ((other, kept), (subject, kept[:-1]), (subject, b"")):
            with pytest.raises(KeyUnreadableError, match="was altered"):
                keys.open_bytes(stranger, data)
        Keys(owner, folder).destroy(subject)
        assert keys.open_bytes(subject, kept) is ERASED

    def test_never_made_anew(self, owner: Datastore, folder: KeyFolder) -> None:
        """No process makes a new key for an erased subject, whether it remembers the old one or not."""
        subject = uuid4()
        eraser = Keys(owner, folder)
        eraser.seal(subject, NAME)
        eraser.destroy(subject)
        for process in (eraser, Keys(owner, folder)):
            with pytest.raises(KeyDestroyedError, match=f"the key of subject {subject} was destroyed"):
                process.seal(subject, NAME)
        assert eraser.open([Personal(subject, sealed="AAAA")]) == [ERASED]

    def test_remembered_elsewhere(self, keys: Keys, owner: Datastore, folder: KeyFolder) -> None:
        """What a process that still remembers the key seals afterwards, nobody can open."""
        subject = uuid4()
        keys.seal(subject, NAME)
        Keys(owner, folder).destroy(subject)
        assert keys.open([sealed(keys, subject)]) == [ERASED]

    def test_before_the_first_key(self, keys: Keys, owner: Datastore, folder: KeyFolder) -> None:
        """A subject may be erased before anything was sealed for them, and twice."""
        subject = uuid4()
        eraser = Keys(owner, folder)
        eraser.destroy(subject)
        eraser.destroy(subject)
        with pytest.raises(KeyDestroyedError):
            keys.seal(subject, NAME)

    def test_the_row_says_when(self, owner: Datastore, folder: KeyFolder) -> None:
        """The row stays, without the key and with the time."""
        subject = uuid4()
        eraser = Keys(owner, folder)
        eraser.seal(subject, NAME)
        eraser.destroy(subject)
        with owner.get_connection() as conn:
            row = conn.execute(
                "SELECT wrapped, destroyed_at IS NOT NULL AS dated FROM personal_keys WHERE subject = %s",
                (subject,),
            ).fetchone()
        assert row == {"wrapped": None, "dated": True}


class TestFolder:
    """The installation's own keys, in files."""

    def test_made_once(self, tmp_path: Path) -> None:
        """The first question makes a key that only its owner reads; later ones read it."""
        folder = KeyFolder(tmp_path / "deep" / "keys")
        key = folder.secret("personal")
        file = tmp_path / "deep" / "keys" / "personal.key"
        assert (len(key), file.read_bytes()) == (KEY, key)
        assert (file.stat().st_mode & 0o7777, file.parent.stat().st_mode & 0o7777) == (0o600, 0o700)
        assert KeyFolder(tmp_path / "deep" / "keys").secret("personal") == key
        assert [path.name for path in file.parent.iterdir()] == ["personal.key"]

    def test_own_names(self, tmp_path: Path) -> None:
        """Keys of different names differ."""
        folder = KeyFolder(tmp_path)
        assert folder.secret("personal") != folder.secret("signing")

    def test_threads_together(self, tmp_path: Path) -> None:
        """Threads that ask at once are given the same key."""
        starting = Barrier(8)

        def ask(_: int) -> bytes:
            starting.wait(10)
            return KeyFolder(tmp_path / "keys").secret("personal")

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(ask, range(8)))) == 1
        assert [path.name for path in (tmp_path / "keys").iterdir()] == ["personal.key"]

    def test_processes_together(self, tmp_path: Path) -> None:
        """Processes that start at once end with the same key."""
        code = (
            "import sys; from pathlib import Path; from store.keys import KeyFolder;"
            "sys.stdin.read(); print(KeyFolder(Path(sys.argv[1])).secret('personal').hex())"
        )
        asking = [
            subprocess.Popen(
                [sys.executable, "-c", code, str(tmp_path / "keys")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        for process in asking:
            assert process.stdin is not None
            process.stdin.close()
            process.stdin = None
        answers = [process.communicate(timeout=60)[0].strip() for process in asking]
        assert answers == [(tmp_path / "keys" / "personal.key").read_bytes().hex()] * 3

    @pytest.mark.parametrize("size", [0, 31, 33])
    def test_of_another_size(self, tmp_path: Path, size: int) -> None:
        """A file that is no key is refused by its name, never replaced."""
        (tmp_path / "personal.key").write_bytes(b"x" * size)
        with pytest.raises(KeyUnreadableError, match=rf"personal\.key: expected 32 bytes, found {size}"):
            KeyFolder(tmp_path).secret("personal")
        assert (tmp_path / "personal.key").stat().st_size == size
