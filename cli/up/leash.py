"""A leash: runs a program that must not outlive the process that started it.

Run as a file (`python -I -S leash.py …`), not imported: `Popen(preexec_fn=…)` is unsafe beside threads, and a
process that drops from root can no longer reach a Python that stands under somebody's home.

On Linux it gives up its rights, asks the kernel for a signal at the death of its parent, and becomes the program.
Elsewhere it stays, passes signals on, and looks every half second whether its parent is still there.

Arguments: parent's pid, signal number, `uid:gid` or `-`, a descriptor to keep or -1, program, its arguments.
"""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
LOOK_EVERY_S = 0.5


def become(parent: int, number: int, program: list[str]) -> None:
    """Become *program*, which the kernel signals when *parent* dies."""
    # after giving up rights, which clears it; kept by execve
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
        sys.exit(f"leash: prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:  # it died in between: nobody is left to send the signal
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 — this is what it is for


def stay(parent: int, number: int, program: list[str], held: int) -> int:
    """Hold *program* for as long as *parent* lives."""
    child = subprocess.Popen(program, pass_fds=[held] if held >= 0 else [])
    for passed in PASSED_ON:
        signal.signal(passed, lambda got, _frame: child.send_signal(got))
    while True:
        try:
            status = child.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                child.send_signal(number)
                return child.wait()
        else:
            return status if status >= 0 else 128 - status


def main() -> None:
    """Read the arguments, drop to the account, and go."""
    parent, number, account, held, *program = sys.argv[1:]
    if account != "-":
        uid, gid = map(int, account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    if sys.platform == "linux" and not os.environ.pop("MINHCHUNG_LEASH_STAYS", ""):
        become(int(parent), int(number), program)
    sys.exit(stay(int(parent), int(number), program, int(held)))


if __name__ == "__main__":
    main()
