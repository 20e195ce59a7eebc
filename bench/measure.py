"""How two things are compared on a machine that others use too: in turns, many short ones, by the median."""

import os
import platform
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any


def rate(count: int, work: Callable[[], object]) -> float:
    """How many a second, where *work* does *count*."""
    began = perf_counter()
    work()
    return count / (perf_counter() - began)


def in_turns(rounds: int, *sides: Callable[[], float]) -> list[float]:
    """The median of each side; whoever goes first in one round goes last in the next."""
    found: list[list[float]] = [[] for _ in sides]
    order = list(enumerate(sides))
    for _ in range(rounds):
        for n, side in order:
            found[n].append(side())
        order.reverse()
    return [median(values) for values in found]


def line(
    name: str, value: float, baseline: float, *, target: str, unit: str = "1/s", **more: Any
) -> dict[str, object]:
    """One line of the answer; *ratio* is value over baseline."""
    return {
        "name": name,
        "value": round(value, 1),
        "unit": unit,
        "baseline": round(baseline, 1),
        "ratio": round(value / baseline, 3),
        "target": target,
        **more,
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
    }
