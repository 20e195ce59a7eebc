"""What a parser of foreign bytes may come to, behind the limits of the product: `python -m tests.support.crashing`."""

import ctypes
import os
import sys
from pathlib import Path

from detection.apart import confine

MEMORY = 512 << 20
CPU_S = 1
LONGER_S = 60
"""Where something else is to end it."""


def crash(kind: str, note: str = "", *_: object) -> None:
    """Come to it; before that, leave the number of the process in a file."""
    if note:
        Path(note).write_text(str(os.getpid()))
    confine(memory=MEMORY, cpu_s=LONGER_S if note else CPU_S)
    match kind:
        case "bad-access":
            ctypes.string_at(0)
        case "too-much":
            bytearray(2 * MEMORY)
        case "endless":
            while True:
                pass
        case "nonsense":
            sys.stdout.write("%PDF-1.7")


if __name__ == "__main__":
    crash(*sys.argv[1:])
