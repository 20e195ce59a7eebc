"""Ending sessions: whatever ends them says so of each, in the circumstances of the act that does.

The recorder takes the token of a session away in the transaction that says so (`store/recorder.py`).
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from domain.account import Account
from domain.commands.application import CaseSystem
from domain.envelope import acting
from domain.errors import NotFound
from domain.session import Session
from domain.succession import AccountUnfit

TAKEN_BACK: Final = (Account.Disabled, Account.Suspended, Account.Closed, AccountUnfit)


def revoked(app: CaseSystem, session_ids: Iterable[UUID]) -> list[Session]:
    """End some sessions, those that have not ended; inside an act.

    A session that the log does not know was never answered to anybody: its process died in between.
    """
    ended = []
    for session_id in session_ids:
        try:
            session = app.find(Session, session_id)
        except NotFound:
            continue
        if session.check_revoke() is None:
            session.revoke()
            ended.append(session)
    return ended


def ended_with(app: CaseSystem, *accounts: Account) -> list[Session]:
    """The sessions of accounts that were just taken back, to be saved with them: no token outlives that."""
    ended: list[Session] = []
    for account in accounts:
        for said in account.pending_events:
            if isinstance(said, TAKEN_BACK):
                with acting(said.envelope):
                    ended += revoked(app, app.commands.open_sessions(account.id))
    return ended
