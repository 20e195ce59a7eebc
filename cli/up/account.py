"""The account PostgreSQL runs as where `up` was started by root, which PostgreSQL refuses to serve."""

import contextlib
import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.console import Stop

CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    """An account of this machine that has a passwd entry."""

    name: str
    uid: int
    gid: int

    @classmethod
    def unprivileged(cls, clusters: Sequence[Path]) -> "Account | None":
        """Return the account to drop to, or None where nothing is to be dropped.

        The first of *clusters* that exists names it: what was once given to an account stays with it.
        """
        if os.geteuid() != 0:
            return None
        owners = [path.stat().st_uid for path in clusters if path.exists()]
        found = []
        for name in [owners[0]] if owners else CANDIDATES:
            with contextlib.suppress(KeyError):
                found.append(pwd.getpwnam(name) if isinstance(name, str) else pwd.getpwuid(name))
        found = [entry for entry in found if entry.pw_uid != 0]
        if not found:
            raise Stop(
                f"PostgreSQL does not run as root: expected an account {' or '.join(CANDIDATES)},"
                f" or the owner of {clusters[-1]}, in passwd"
            )
        return cls(found[0].pw_name, found[0].pw_uid, found[0].pw_gid)

    def reaches(self, path: Path) -> bool:
        """Whether the account may run or enter what lies at *path*; asked of the kernel, as that account."""
        return run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)], self).returncode == 0


def run(program: list[str], account: Account | None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, as *account* if one is given; nothing is inherited but PATH."""
    return subprocess.run(
        program,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        umask=0o077,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
