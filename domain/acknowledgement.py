"""An acknowledgement: one person confirms, once, that they have read one edition of guidance (R-QT-6.1.a).

It is an aggregate of its own, so that a thousand people who read on one morning do not wait for each other.
"""

from dataclasses import dataclass
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.context import Context
from domain.envelope import acting
from domain.errors import refuse
from domain.guidance import Guidance
from domain.guidance.guards import check_acknowledge


class Acknowledgement(Aggregate):
    """That somebody has read an edition; what the envelope says of them holds: who, of which unit, when."""

    TOPIC = "acknowledgement"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to an acknowledgement."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "acknowledgement:created"

    @dataclass(frozen=True)
    class Given(Created):
        """The person confirmed it."""

        TOPIC = "acknowledgement:given"
        guidance_id: UUID
        account_id: UUID

    @staticmethod
    def create_id(guidance_id: UUID, account_id: UUID) -> UUID:
        """One person, one edition, one confirmation."""
        return uuid5(guidance_id, f"/acknowledgements/{account_id}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def give(cls, context: Context, edition: Guidance) -> "Acknowledgement":
        """Confirm, in one's own name, that one has read it."""
        refuse(check_acknowledge(edition, context))
        account_id = context.actor.account_id
        rule = context.rulebook.settings.guidance.before_use_rule
        with acting(context.envelope("guidance.view", rule=rule)):
            return cls._create(
                cls.Given,
                id=cls.create_id(edition.id, account_id),
                guidance_id=edition.id,
                account_id=account_id,
            )

    # -- state --------------------------------------------------------------

    @event(Given)
    def __init__(self, guidance_id: UUID, account_id: UUID) -> None:
        self.guidance_id = guidance_id
        self.account_id = account_id
