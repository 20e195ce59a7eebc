"""Who is there: the people tokens stand for, and those of them who are on sockets.

The tail of the log (`live`) says when it last heard the log to its head and of whom it spoke, so that nobody has to
be looked up again for each request, and nobody is taken for somebody they are no longer.
"""

import asyncio
import logging
import time
from datetime import UTC, datetime
from math import inf
from typing import Final
from uuid import UUID

from api.services import AWAY, Services
from api.sign_in import who
from api.signed_in import SignedIn
from domain.errors import Refusal

logger = logging.getLogger(__name__)

TRUSTED_S: Final = 0.9
"""How long after its last look the tail's word counts: with all else on the way, less than a second."""
REMEMBERED: Final = 10_000
LOOKED_UP_EVERY_S: Final = 60.0
"""Somebody remembered is looked up again after so long, so that it is kept when a session was last used."""


class Presence:
    """Somebody on a socket, for as long as their token stands for them."""

    def __init__(
        self, people: "People", token: str, signed_in: SignedIn, delegation: str | None = None
    ) -> None:
        self._people = people
        self._timer: asyncio.TimerHandle | None = None
        self.token = token
        self.delegation = delegation
        self.signed_in = signed_in
        self.ended = asyncio.Event()

    def expires_in(self, seconds: float) -> None:
        """End by itself when the token does."""
        self._timer = asyncio.get_running_loop().call_later(max(seconds, 0.0), self.ended.set)

    def leave(self) -> None:
        """Be gone."""
        if self._timer is not None:
            self._timer.cancel()
        self._people.present.discard(self)


class People:
    """Whoever has spoken to this process lately, and whoever is on a socket of it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[tuple[str, str | None], tuple[SignedIn, float]] = {}
        """By token and whose rights it uses, with when they were looked up."""
        self._heard_at = -inf  # by the clock that only goes forward
        self._news = 0  # how often the log said something of anybody
        self.present: set[Presence] = set()

    async def who(self, token: str, delegation: str | None = None) -> SignedIn | None:
        """Who a token stands for, as the log had it less than a second ago; None where it is nobody.

        Raises:
            Forbidden, InvalidInput: they may not act by that delegation.
        """
        key = token, delegation
        known, looked_at = self._known.get(key, (None, -inf))
        now = time.monotonic()
        if known is None or now - self._heard_at > TRUSTED_S or now - looked_at > LOOKED_UP_EVERY_S:
            news = self._news
            known = await self._services.writes(who, self._services, token, delegation)
            if known is not None and news == self._news:  # else it may have been said of this very session
                while len(self._known) >= REMEMBERED:
                    self._known.pop(next(iter(self._known)), None)
                self._known[key] = known, now
            return known
        if known.expires_at <= datetime.now(UTC):  # as the database says, whose clock sessions run by
            self._known.pop(key, None)
            return None
        return known

    def forget(self, subject_id: UUID | None) -> None:
        """Look up again whom this concerns: it was closed here, and whoever was told so must find it closed.

        Without a subject everybody is looked up again: what people may do was changed here.
        """
        if subject_id is not None:
            self._drop({subject_id})
        else:
            self._news += 1
            self._known = {}

    def forget_all(self) -> None:
        """Look everybody up again, and let nobody stay on a socket: the log is not the one they were looked up in."""
        self._news += 1
        self._known = {}
        for presence in self.present:
            presence.ended.set()

    async def enter(self, token: str, delegation: str | None = None) -> Presence | None:
        """Take note of somebody on a socket; None where the token stands for nobody."""
        while True:
            news = self._news
            signed_in = await self._found(token, delegation)
            if signed_in is None:
                return None
            if news == self._news:  # else it may have been said of this very session
                break
        presence = Presence(self, token, signed_in, delegation)
        presence.expires_in((signed_in.expires_at - self._services.now()).total_seconds())
        self.present.add(presence)
        return presence

    async def heard(self, subjects: set[UUID], at: float) -> None:
        """Look again at those the log spoke of; it was read to its head at an instant of the monotonic clock."""
        if subjects:
            self._drop(subjects)
            await self._find([p for p in self.present if p.signed_in.concerned_by(subjects)])
        self._heard_at = at

    async def look_again(self) -> None:
        """Look everybody up again who came before the log was listened to."""
        self._news += 1
        self._known = {}
        await self._find([*self.present])

    def unheard(self) -> None:
        """Trust nothing that is remembered: the log cannot be heard."""
        self._heard_at = -inf

    def _drop(self, subjects: set[UUID]) -> None:
        self._news += 1
        self._known = {key: one for key, one in self._known.items() if not one[0].concerned_by(subjects)}

    async def _find(self, some: list[Presence]) -> None:
        found: dict[tuple[str, str | None], SignedIn | None] = {}
        for presence in some:
            key = presence.token, presence.delegation
            if key not in found:
                found[key] = await self._found(*key)
            signed_in = found[key]
            if signed_in is None:
                presence.ended.set()
            else:
                presence.signed_in = signed_in

    async def _found(self, token: str, delegation: str | None) -> SignedIn | None:
        try:
            return await self._services.writes(who, self._services, token, delegation)
        except AWAY:
            raise
        except Refusal:
            return None  # the delegation is not theirs, or not in force any more
        except Exception:
            logger.exception("it cannot be found out who is on a socket")
            return None  # what cannot be decided is denied
