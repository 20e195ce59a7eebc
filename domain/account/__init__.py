"""An account: one person's way in, how they came to have it, what they hold besides, and how it ends."""

from domain.account import events
from domain.account.account import Account
from domain.account.state import AccountState

__all__ = ["Account", "AccountState", "events"]
