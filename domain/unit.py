"""A unit: an agency, team or office that holds accounts, cameras and cases, under the name it had at the time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.case.inputs import LONGEST_NAME, words
from domain.clock import legal_date
from domain.context import Rulebook
from domain.errors import InvalidInput, NotFound, Refusal, refuse
from domain.unit_guards import Left, Post, already_ceased, check_kind, has_ended, rule_of, stands

LONGEST_CODE: Final = 40


class Unit(Aggregate):
    """An agency with a kind, an area, a parent and a name that may change."""

    TOPIC = "unit"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a unit."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "unit:created"

    @dataclass(frozen=True)
    class Registered(Created):
        """The unit exists; part of which, since when and by which document since version 2."""

        TOPIC = "unit:registered"
        class_version: ClassVar[int] = 2
        code: str
        name: str
        kind: str
        area_path: str
        parent_unit_id: UUID | None = None
        valid_from: datetime | None = None
        document: str | None = None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Earlier units said none of it."""
            state |= {"parent_unit_id": None, "valid_from": None, "document": None}

    @dataclass(frozen=True)
    class Renamed(Event):
        """The unit has another name from now on; older acts keep the old one."""

        TOPIC = "unit:renamed"
        name: str

    @dataclass(frozen=True)
    class Moved(Event):
        """The unit is part of another from now on, or works in another area."""

        TOPIC = "unit:moved"
        parent_unit_id: UUID | None
        area_path: str
        document: str

    @dataclass(frozen=True)
    class OfficerAssigned(Event):
        """Somebody of the unit heads it, or administers its part of the system, from now on."""

        TOPIC = "unit:officer-assigned"
        post: str
        account_id: UUID
        document: str | None

    @dataclass(frozen=True)
    class RegulationFiled(Event):
        """The unit's own regulation, below that of the jurisdiction, is on file (R-DB-16.1.0, R-DB-18.1.0)."""

        TOPIC = "unit:regulation-filed"
        document: str
        title: str
        issued_at: datetime

    @dataclass(frozen=True)
    class Ceased(Event):
        """The unit is no more from an instant on; what it would be sent goes to its successor, if it has one.

        Said again before that instant, it is otherwise.
        """

        TOPIC = "unit:ceased"
        ceased_at: datetime
        successor_unit_id: UUID | None
        successor_code: str | None
        document: str

    @dataclass(frozen=True)
    class SuccessorNamed(Event):
        """The unit ended before; from now on another follows it and has what is open still."""

        TOPIC = "unit:successor-named"
        successor_unit_id: UUID
        successor_code: str
        document: str

    @dataclass(frozen=True)
    class WorkLeft(Event):
        """The unit ended without a successor, and left work open: the head of the unit above is told.

        Of the work of operation and of the office since version 2.
        """

        TOPIC = "unit:work-left"
        class_version: ClassVar[int] = 2
        parent_unit_id: UUID | None
        head_account_id: UUID | None
        left: Left

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Earlier it was not counted."""
            state["left"] = vars(Left()) | state["left"]

    @staticmethod
    def create_id(code: str) -> UUID:
        """One code, one unit."""
        return uuid5(NAMESPACE_URL, f"/units/{code}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def enter(
        cls,
        rulebook: Rulebook,
        *,
        code: str,
        name: str,
        kind: str,
        area_path: str,
        valid_from: datetime,
        now: datetime,
        parent: "Unit | None" = None,
        document: str | None = None,
    ) -> "Unit":
        """Take a unit in, of a kind the regulation knows and below one that stands; inside an act of whoever may.

        A kind that there was once is none for a unit that is taken in now, whenever it says that it began.
        """
        rule = rule_of(rulebook)
        words("code", code, longest=LONGEST_CODE, rule=rule)
        words("name", name, longest=LONGEST_NAME, rule=rule)
        if document is not None:
            words("document", document, longest=LONGEST_NAME, rule=rule)
        if parent is not None:
            refuse(parent.check_stands("parent", max(valid_from, now), rule))
        check_kind(rulebook, kind, max(valid_from, now), parent)
        return cls._create(
            cls.Registered,
            id=cls.create_id(code),
            code=code,
            name=name.strip(),
            kind=kind,
            area_path=area_path,
            parent_unit_id=parent.id if parent else None,
            valid_from=valid_from,
            document=document,
        )

    def rename(self, name: str) -> None:
        """Give the unit another name; the same name records nothing."""
        words("name", name, longest=LONGEST_NAME)
        if name.strip() != self.name:
            self._renamed(name=name.strip())

    def move(
        self,
        rulebook: Rulebook,
        *,
        parent: "Unit | None",
        line: Collection[UUID],
        area_path: str,
        document: str,
        at: datetime,
    ) -> None:
        """Make it part of another unit, or let it work elsewhere; *line*: that unit and those it is part of."""
        rule = rule_of(rulebook)
        words("document", document, longest=LONGEST_NAME, rule=rule)
        if parent is not None:
            refuse(parent.check_stands("parent", at, rule))
            if self.id in line:
                raise InvalidInput(
                    "parent",
                    f"{parent.code} thuộc chính {self.code}",
                    f"{parent.code} is part of {self.code} itself",
                    rule=rule,
                )
            check_kind(rulebook, self.kind, at, parent)
        wanted = parent.id if parent else None
        if (wanted, area_path) != (self.parent_unit_id, self.area_path):
            self.trigger_event(self.Moved, parent_unit_id=wanted, area_path=area_path, document=document)

    def assign(
        self,
        post: str,
        account_id: UUID,
        of_unit: UUID | None,
        *,
        document: str | None,
        rule: str | None = None,
    ) -> None:
        """Name who heads it or administers its part of the system: one of its own people."""
        if post not in set(Post):
            known = ", ".join(Post)
            raise InvalidInput("post", f"phải là một trong {known}", f"one of {known} is expected", rule=rule)
        if of_unit != self.id:
            raise NotFound(
                f"tài khoản của đơn vị {self.code}", f"account of the unit {self.code}", account_id
            )
        if self.officers.get(post) != account_id:
            self.trigger_event(self.OfficerAssigned, post=post, account_id=account_id, document=document)

    def file_regulation(
        self, *, document: str, title: str, issued_at: datetime, at: datetime, rule: str | None = None
    ) -> None:
        """Put the unit's own regulation on file, under its number; the same records nothing."""
        words("document", document, longest=LONGEST_NAME, rule=rule)
        words("title", title, longest=LONGEST_NAME, rule=rule)
        if issued_at > at:
            raise InvalidInput("issuedAt", "ở tương lai", "lies in the future", rule=rule)
        if document not in self.regulations:
            self.trigger_event(self.RegulationFiled, document=document, title=title, issued_at=issued_at)

    def cease(
        self,
        *,
        at: datetime,
        successor: "Unit | None",
        document: str,
        now: datetime | None = None,
        rule: str | None = None,
    ) -> None:
        """End the unit by a document, as of *now*, which is that day unless said; until then it may be said otherwise.

        Its successor must stand, so that no unit follows itself.
        """
        now = now or at
        if has_ended(self, now):
            raise already_ceased(self.code, rule)
        if self.valid_from is not None and at < self.valid_from:
            raise InvalidInput(
                "at",
                f"trước ngày đơn vị hoạt động {legal_date(self.valid_from):%d/%m/%Y}",
                f"lies before the unit began on {legal_date(self.valid_from)}",
                rule=rule,
            )
        # one that is to end itself follows nobody: so there is no circle
        if successor is not None and (
            successor.id == self.id or successor.ceased_at is not None or not stands(successor, max(at, now))
        ):
            raise InvalidInput(
                "successor",
                f"{successor.code} không phải đơn vị khác đang hoạt động",
                f"{successor.code} is no other unit that stands",
                rule=rule,
            )
        if not document.strip():
            raise InvalidInput("document", "phải nêu văn bản", "names the document that ends it", rule=rule)
        self.trigger_event(
            self.Ceased,
            ceased_at=at,
            successor_unit_id=successor.id if successor else None,
            successor_code=successor.code if successor else None,
            document=document,
        )

    def name_successor(self, successor: "Unit", *, document: str, now: datetime, rule: str | None) -> None:
        """Name who follows a unit that ended without saying so: one that is at work, with no end on record."""
        words("document", document, longest=LONGEST_NAME, rule=rule)
        if successor.id == self.id or successor.ceased_at is not None or not stands(successor, now):
            raise InvalidInput(
                "successor",
                f"{successor.code} không phải đơn vị khác đang hoạt động",
                f"{successor.code} is no other unit that stands",
                rule=rule,
            )
        self.trigger_event(
            self.SuccessorNamed,
            successor_unit_id=successor.id,
            successor_code=successor.code,
            document=document,
        )

    def leave(self, parent: "Unit | None", left: Left) -> None:
        """Tell the head of the unit above of what is open still; once, and only where nobody follows."""
        if self.successor_unit_id is None and not self.told_of_work and left != Left():
            self.trigger_event(
                self.WorkLeft,
                parent_unit_id=parent.id if parent else None,
                head_account_id=parent.officers.get(Post.HEAD) if parent else None,
                left=left,
            )

    def check_stands(self, field: str, at: datetime, rule: str | None = None) -> Refusal | None:
        """Guard: a unit that is not at work yet, or is no more, is given nothing."""
        if stands(self, at):
            return None
        if self.valid_from is not None and not has_ended(self, at):
            return InvalidInput(
                field,
                f"đơn vị {self.code} hoạt động từ {legal_date(self.valid_from):%d/%m/%Y}",
                f"the unit {self.code} begins on {legal_date(self.valid_from)}",
                rule=rule,
            )
        then = self.successor_code
        return InvalidInput(
            field,
            f"đơn vị {self.code} đã kết thúc hoạt động" + (f", đơn vị kế thừa là {then}" if then else ""),
            f"the unit {self.code} has ceased to exist" + (f"; its successor is {then}" if then else ""),
            rule=rule,
        )

    # -- state --------------------------------------------------------------

    @event(Registered)
    def __init__(
        self,
        code: str,
        name: str,
        kind: str,
        area_path: str,
        parent_unit_id: UUID | None = None,
        valid_from: datetime | None = None,
        document: str | None = None,
    ) -> None:
        self.code = code
        self.name = name
        self.kind = kind
        self.area_path = area_path
        self.parent_unit_id = parent_unit_id
        self.valid_from = valid_from
        self.document = document
        self.officers: dict[str, UUID] = {}
        self.regulations: set[str] = set()
        self.ceased_at: datetime | None = None
        self.ended_by: str | None = None
        self.told_of_work = False
        self.successor_unit_id: UUID | None = None
        self.successor_code: str | None = None

    @property
    def unit_id(self) -> UUID:
        """Its id, under the name that rows have it by."""
        return self.id

    @event(Renamed)
    def _renamed(self, name: str) -> None:
        self.name = name

    @event(Moved)
    def _moved(self, parent_unit_id: UUID | None, area_path: str) -> None:
        self.parent_unit_id = parent_unit_id
        self.area_path = area_path

    @event(OfficerAssigned)
    def _officer_assigned(self, post: str, account_id: UUID) -> None:
        self.officers[post] = account_id

    @event(RegulationFiled)
    def _regulation_filed(self, document: str) -> None:
        self.regulations.add(document)

    @event(Ceased)
    def _ceased(
        self,
        ceased_at: datetime,
        successor_unit_id: UUID | None,
        successor_code: str | None,
        document: str,
    ) -> None:
        self.ceased_at = ceased_at
        self.ended_by = document
        self.successor_unit_id = successor_unit_id
        self.successor_code = successor_code

    @event(SuccessorNamed)
    def _successor_named(self, successor_unit_id: UUID, successor_code: str, document: str) -> None:
        self.ended_by = document
        self.successor_unit_id = successor_unit_id
        self.successor_code = successor_code

    @event(WorkLeft)
    def _work_left(self) -> None:
        self.told_of_work = True
