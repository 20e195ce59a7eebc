"""What must hold before anything is done with a client: whoever administers cameras administers what connects them."""

from collections.abc import Callable
from typing import Final, Protocol
from uuid import UUID

from domain.client.kinds import ClientState
from domain.context import Context
from domain.errors import Forbidden, Refusal, WrongState


class ClientFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a client."""

    @property
    def code(self) -> str:
        """What it is known by."""

    @property
    def kind(self) -> str:
        """What it does."""

    @property
    def state(self) -> str:
        """How far it is."""

    @property
    def area_path(self) -> str:
        """The area that it serves."""

    @property
    def owner_unit(self) -> UUID:
        """The unit that operates it."""


class Placed(Protocol):
    """What is asked of one that is still to be registered."""

    @property
    def area_path(self) -> str:
        """The area that it serves."""

    @property
    def owner_unit(self) -> UUID:
        """The unit that operates it."""


def client_rule(context: Context) -> str | None:
    """The rule that the register stands on, or the one that says who administers it."""
    return context.rulebook.cameras.acts.get("client") or context.rule_of("client.administer")


def check_administer(one: Placed, context: Context) -> Refusal | None:
    """Whoever administers cameras by the regulation, in their unit's area; where it says so, their unit's alone."""
    actor = context.actor
    own = one.owner_unit == actor.unit_id
    facts = context.rulebook.facts_about(actor.unit_kind) | ({"own-system", "own-unit"} if own else set())
    refusal = context.check_may("client.administer", facts=facts)
    if refusal is None and not own and not actor.covers(one.area_path):
        return Forbidden(
            "Phần mềm, thiết bị phục vụ địa bàn khác",
            "The software or device serves another area",
            rule=client_rule(context),
        )
    return refusal


def check_view(one: ClientFacts, context: Context) -> Refusal | None:
    """Whoever administers it sees it, whoever works with the cameras of its unit, and the audit of its area.

    These are the rows that `projections.scope.of_clients` lists.
    """
    actor = context.actor
    if context.permission("audit.replay").allowed and actor.covers(one.area_path):
        return None
    works = context.permission("camera.operate", facts=frozenset({"own-system"})).allowed
    if works and one.owner_unit == actor.unit_id:
        return None
    return check_administer(one, context)


def _in_state(one: ClientFacts, context: Context, *states: ClientState) -> Refusal | None:
    refusal = check_administer(one, context)
    if refusal is None and one.state not in states:
        wanted = ", ".join(states)
        return WrongState(
            f"Đăng ký ở trạng thái {one.state}, cần {wanted}",
            f"The registration is {one.state}, it must be {wanted}",
            rule=client_rule(context),
        )
    return refusal


def check_suspend(one: ClientFacts, context: Context) -> Refusal | None:
    """What is registered may be suspended."""
    return _in_state(one, context, ClientState.REGISTERED)


def check_resume(one: ClientFacts, context: Context) -> Refusal | None:
    """What is suspended may be let in again."""
    return _in_state(one, context, ClientState.SUSPENDED)


def check_withdraw(one: ClientFacts, context: Context) -> Refusal | None:
    """What is not withdrawn may be, for good."""
    return _in_state(one, context, ClientState.REGISTERED, ClientState.SUSPENDED)


GUARDS: Final[dict[str, Callable[[ClientFacts, Context], Refusal | None]]] = {
    "suspendClient": check_suspend,
    "resumeClient": check_resume,
    "withdrawClient": check_withdraw,
}
