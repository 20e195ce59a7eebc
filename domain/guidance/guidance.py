"""An edition of guidance: issued, replaced, withdrawn, and told of.

Decisions may refuse; state may not, because it is replayed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.case.inputs import LONGEST_NAME, words
from domain.clock import legal_date
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, refuse
from domain.guidance.guards import (
    GuidanceKind,
    GuidanceState,
    check_brief,
    check_issue,
    check_replace,
    check_withdraw,
    rule_of,
)
from domain.personal import Personal

LONGEST_GUIDANCE: Final = 20_000
"""Characters of what it says."""
MOST_BRIEFED: Final = 200
"""People of one briefing; a larger unit holds several."""


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What is said of an edition when it is issued."""

    document: str
    """The number of the paper, as its issuer gave it."""
    dated: date
    title: str
    kind: GuidanceKind
    text: str
    area_path: str
    unit_kinds: tuple[str, ...] = ()
    """The kinds of unit it is for; all where none is named."""
    starts_at: datetime
    ends_at: datetime | None = None
    must_acknowledge: bool = False


class Guidance(Aggregate):
    """One edition of guidance. State keeps what the guards ask for."""

    TOPIC = "guidance"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to an edition."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "guidance:created"

    @dataclass(frozen=True)
    class Issued(Created):
        """A unit issued it, in place of another edition or of none."""

        TOPIC = "guidance:issued"
        number: str
        document: str
        dated: date
        title: str
        kind: str
        area_path: str
        unit_kinds: tuple[str, ...]
        starts_at: datetime
        ends_at: datetime | None
        must_acknowledge: bool
        replaces_id: UUID | None
        text: Personal[str]

    @dataclass(frozen=True)
    class Replaced(Event):
        """Another edition stands for it from an instant on; who confirmed this one has not confirmed that."""

        TOPIC = "guidance:replaced"
        replaced_by_id: UUID
        ends_at: datetime

    @dataclass(frozen=True)
    class Withdrawn(Event):
        """It holds no more; a document says so."""

        TOPIC = "guidance:withdrawn"
        document: str

    @dataclass(frozen=True)
    class Briefed(Event):
        """A head said that these people of their unit were told of it."""

        TOPIC = "guidance:briefed"
        held_at: datetime
        account_ids: tuple[UUID, ...]

    @staticmethod
    def create_id(account_id: UUID, command_id: str) -> UUID:
        """One command issues one edition, however often it is sent."""
        return uuid5(account_id, f"/guidance/{command_id}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def issue(
        cls,
        context: Context,
        said: Edition,
        *,
        guidance_id: UUID,
        number: Callable[[], str],
        replaces: "Guidance | None" = None,
    ) -> "Guidance":
        """Issue an edition; one that stands for another ends that one on the day it begins."""
        refuse(check_issue(context) if replaces is None else check_replace(replaces, context))
        rule = rule_of(context)
        _check(said, context, replaces)
        with acting(context.envelope("guidance.issue", rule=rule)):
            made = cls._create(
                cls.Issued,
                id=guidance_id,
                number=number(),
                document=said.document,
                dated=said.dated,
                title=said.title.strip(),
                kind=said.kind.value,
                area_path=said.area_path,
                unit_kinds=tuple(sorted(set(said.unit_kinds))),
                starts_at=said.starts_at,
                ends_at=said.ends_at,
                must_acknowledge=said.must_acknowledge,
                replaces_id=replaces.id if replaces else None,
                text=Personal.said(guidance_id, said.text),
            )
            if replaces is not None:
                ends = [said.starts_at, *([replaces.ends_at] if replaces.ends_at else [])]
                replaces.trigger_event(cls.Replaced, replaced_by_id=guidance_id, ends_at=min(ends))
        return made

    def withdraw(self, context: Context, *, document: str) -> None:
        """Take it back from now on, with a document."""
        refuse(check_withdraw(self, context))
        words("document", document, longest=LONGEST_NAME, rule=rule_of(context))
        with acting(context.envelope("guidance.issue", rule=rule_of(context))):
            self.trigger_event(self.Withdrawn, document=document)

    def brief(self, context: Context, *, held_at: datetime, account_ids: Sequence[UUID]) -> None:
        """Put on record who of one's unit was told of it, and when; the caller knows that they are of it."""
        refuse(check_brief(self, context))
        rule = context.rulebook.settings.guidance.briefing_rule
        if held_at > context.now:
            raise InvalidInput("heldAt", "ở tương lai", "lies in the future", rule=rule)
        if legal_date(held_at) < self.dated:
            raise InvalidInput(
                "heldAt", "trước ngày văn bản", "lies before the day of the document", rule=rule
            )
        if self.ends_at is not None and held_at >= self.ends_at:
            raise InvalidInput(
                "heldAt", "khi văn bản đã hết hiệu lực", "lies after the end of the edition", rule=rule
            )
        if not 1 <= len(account_ids) <= MOST_BRIEFED:
            raise InvalidInput(
                "accountIds", f"từ 1 đến {MOST_BRIEFED} người", f"1 to {MOST_BRIEFED} people", rule=rule
            )
        with acting(context.envelope("guidance.brief", rule=rule)):
            self.trigger_event(self.Briefed, held_at=held_at, account_ids=tuple(sorted(set(account_ids))))

    # -- state --------------------------------------------------------------

    @event(Issued)
    def __init__(
        self,
        number: str,
        dated: date,
        area_path: str,
        unit_kinds: tuple[str, ...],
        starts_at: datetime,
        ends_at: datetime | None,
        must_acknowledge: bool,  # noqa: FBT001 — the names and order of the event
        envelope: envelope.Envelope,
    ) -> None:
        self.number = number
        self.dated = dated
        self.area_path = area_path
        self.unit_kinds = unit_kinds
        self.starts_at = starts_at
        self.ends_at = ends_at
        self.must_acknowledge = must_acknowledge
        self.state: str = GuidanceState.ISSUED
        self.owner_unit = envelope.unit_id

    @event(Replaced)
    def _replaced(self, ends_at: datetime) -> None:
        self.state = GuidanceState.REPLACED
        self.ends_at = ends_at

    @event(Withdrawn)
    def _withdrawn(self, envelope: envelope.Envelope) -> None:
        self.state = GuidanceState.WITHDRAWN
        self.ends_at = withdrawn_at(self.ends_at, envelope.took_place_at)

    @event(Briefed)
    def _briefed(self) -> None:
        pass


def withdrawn_at(ends_at: datetime | None, at: datetime) -> datetime:
    """When what is withdrawn at an instant ends: then, unless it had ended before."""
    return at if ends_at is None else min(ends_at, at)


def _check(said: Edition, context: Context, replaces: Guidance | None) -> None:
    """Refuse what does not say enough, or is not the unit's to say."""
    actor, rule = context.actor, rule_of(context)
    words("document", said.document, longest=LONGEST_NAME, rule=rule)
    words("title", said.title, longest=LONGEST_NAME, rule=rule)
    words("text", said.text, longest=LONGEST_GUIDANCE, rule=rule)
    if said.dated > legal_date(context.now):
        raise InvalidInput("dated", "ở tương lai", "lies in the future", rule=rule)
    if not actor.covers(said.area_path):
        raise InvalidInput("area", "ngoài địa bàn của đơn vị", "lies outside of the unit's area", rule=rule)
    known = context.rulebook.unit_kinds
    if unknown := sorted({*said.unit_kinds} - {*known}):
        listed = ", ".join(known)
        raise InvalidInput(
            "unitKinds",
            f"{unknown[0]} không có trong quy định này; phải trong {listed}",
            f"{unknown[0]} is no kind of this regulation; some of {listed} are expected",
            rule=rule,
        )
    if context.rulebook.settings.guidance.issuers[actor.unit_kind].own_kind and {*said.unit_kinds} != {
        actor.unit_kind
    }:
        raise InvalidInput(
            "unitKinds",
            f"đơn vị chỉ hướng dẫn cho loại của mình: {actor.unit_kind}",
            f"the unit issues for its own kind alone: {actor.unit_kind}",
            rule=rule,
        )
    if said.ends_at is not None and said.ends_at <= said.starts_at:
        raise InvalidInput("endsAt", "phải sau khi bắt đầu", "must lie after the beginning", rule=rule)
    if replaces is not None and said.starts_at < replaces.starts_at:
        raise InvalidInput(
            "startsAt",
            "trước khi bản được thay thế có hiệu lực",
            "lies before the beginning of the edition it replaces",
            rule=rule,
        )
