"""How often a password may be guessed: budgets that fill up again by themselves, of which every attempt takes.

Somebody tries a name from a place: from their device where they show the code that an earlier sign-in of this name
gave it, else from their address. A place from which the account has signed in within 90 days is familiar.

* A name from one place: 10 attempts, and one more every 90 s.
* A name from all unfamiliar places together: 100 attempts, and one more every 36 s.
* All names from one unfamiliar address together: 50 attempts, and one more every 18 s.

So a name is guessed at most 100 times at once and 100 times an hour, however many addresses and names take part, and
besides 10 times and 40 times an hour from each place where its owner signs in. A familiar place answers for itself
alone: whatever happens elsewhere, its owner gets in. Nobody is shut out for good anywhere; but whoever comes to a place
they never signed in from may have to wait while many addresses guess at their name, for nothing tells them apart yet.

An attempt is taken from all its budgets in one transaction before the password is looked at, so that a hundred at once
count as a hundred; the right password gives it back. One that is refused takes nothing: it cannot be used to hold
anybody up. Behind a proxy on this machine that nobody named to `serve` all addresses are one, which is nobody's to
close: it has no budget of its own, and people are told apart by their devices. Names that exist and names that do not
are counted alike.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final, LiteralString

from psycopg import Cursor

LOOPBACK: Final = {"127.0.0.1", "::1"}
FAMILIAR_FOR: Final = timedelta(days=90)


@dataclass(frozen=True)
class Budget:
    """So many attempts at once; spent, it is whole again after so long."""

    attempts: int
    within: timedelta

    @property
    def each(self) -> timedelta:
        """What one attempt takes."""
        return self.within / self.attempts


OF_PLACE: Final = Budget(10, timedelta(minutes=15))
OF_NAME: Final = Budget(100, timedelta(hours=1))
OF_ADDRESS: Final = Budget(50, timedelta(minutes=15))

Taken = tuple[tuple[bytes, Budget], ...]

SPEND: Final[LiteralString] = """
INSERT INTO sign_in_budgets AS b (key, spent_until, holds)
SELECT key, now() + each, holds FROM unnest(%s::bytea[], %s::interval[], %s::interval[]) AS given (key, each, holds)
ORDER BY key
ON CONFLICT (key) DO UPDATE SET spent_until = greatest(b.spent_until, now()) + (excluded.spent_until - now())
WHERE b.spent_until + (excluded.spent_until - now()) <= now() + excluded.holds
RETURNING key, spent_until - now() AS spent
"""
"""Rows in the order of their keys, so that no two wait for each other; what is less than nothing is given back."""
FORGET: Final[LiteralString] = """
DELETE FROM sign_in_budgets WHERE key IN (
SELECT key FROM sign_in_budgets WHERE spent_until < now() LIMIT 100 FOR UPDATE SKIP LOCKED)
"""


def place_of_address(address: str) -> bytes:
    """An address as a place; of IPv6 the network that one subscriber is given, for its hosts cost nothing."""
    with suppress(ValueError):
        found = ip_address(address)
        if isinstance(found, IPv6Address) and address not in LOOPBACK:
            address = str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return digest("address", address)


def place_of_device(code: str) -> bytes:
    """A device as a place."""
    return digest("device", code)


def budgets(name: str, place: bytes, address: str, *, familiar: bool) -> Taken:
    """What an attempt takes from, as many for everybody."""
    own = digest("own", name, place)
    everywhere = digest("everywhere", own) if familiar else digest("name", name)
    here = digest("here", own) if familiar or address in LOOPBACK else place
    return (own, OF_PLACE), (everywhere, OF_NAME), (here, OF_ADDRESS)


def from_outside(address: str) -> Taken:
    """What an attempt by an identity provider takes from."""
    return ((digest("outside", place_of_address(address)), OF_ADDRESS),)


def take(curs: Cursor[Any], taken: Taken) -> frozenset[Budget] | None:
    """Take an attempt from each budget; which of them it emptied.

    None where one had none left: the caller takes it all back.
    """
    spent = _spend(curs, taken, 1)
    if len(spent) != len(taken):
        return None
    return frozenset(budget for key, budget in taken if spent[key] + budget.each > budget.within)


def give_back(curs: Cursor[Any], taken: Taken) -> None:
    """Give the attempt back to each budget."""
    _spend(curs, taken, -1)


def _spend(curs: Cursor[Any], taken: Taken, count: int) -> dict[bytes, timedelta]:
    given = [(key, count * budget.each, budget.within) for key, budget in taken]
    rows = curs.execute(SPEND, [list(column) for column in zip(*given, strict=True)]).fetchall()
    return {bytes(row["key"]): row["spent"] for row in rows}


def digest(*parts: str | bytes) -> bytes:
    """A key that says nothing of what it is made of: somebody may have typed a password for a name."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part.encode() if isinstance(part, str) else part).digest())
    return whole.digest()
