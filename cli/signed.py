"""What somebody does at the machine in their own name, by MINHCHUNG_TOKEN, under the rules of every mutation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from cli import settings, wiring
from cli.console import Stop, usage
from domain.clock import legal_date
from domain.commands.account import actor_of
from domain.commands.application import CaseSystem
from domain.commands.reading import Look, is_attempt, record_refusal
from domain.context import Context
from domain.errors import Refusal
from store.credentials import Credentials


def signed_in(app: CaseSystem) -> Context:
    """The circumstances of an act here and now by the person whose session the token opens.

    Raises:
        Stop: there is no token, or it opens nothing.
    """
    token = settings.load().session
    if token is None:
        usage("MINHCHUNG_TOKEN: expected the token of a session, as the mutation login answers it")
    session = Credentials(app.factory.datastore).session(token.get_secret_value())  # type: ignore[attr-defined] # our factory has one
    if session is None:
        raise Stop("MINHCHUNG_TOKEN: the session has ended or never was: sign in again")
    now = datetime.now(UTC)
    try:
        actor = actor_of(app, session.account_id, now=now)
    except Refusal as refusal:
        raise Stop(f"MINHCHUNG_TOKEN: {refusal}") from None
    rulebook = wiring.rulebook().on(legal_date(now))
    return Context(actor=actor, now=now, rulebook=rulebook, authority=rulebook.authority)


@contextmanager
def answered(
    app: CaseSystem, context: Context, way: str, noun: str, ids: tuple[UUID, ...] = ()
) -> Iterator[None]:
    """Turn a refusal into the line for the person; whoever was not allowed to is on record as having tried."""
    try:
        yield
    except Refusal as refusal:
        if is_attempt(refusal):
            look = Look(way=way, noun=noun, ids=ids, area_path=context.actor.area_path, address="")
            record_refusal(app, context, look, refusal)
        raise Stop(f"{noun}: {refusal}") from None
