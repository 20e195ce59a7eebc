"""The numbers of statistics as the schema has them, and the key that leads from a group to its cases."""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NewType
from uuid import UUID

import orjson
import strawberry

from api.graphql.camera.camera import open_camera
from api.graphql.common import Position
from api.graphql.context import Info
from api.graphql.pages import instant, text, whole
from api.graphql.unit.unit import Unit
from domain.case import CaseState
from domain.errors import InvalidInput
from projections.case_facts import CaseFact, Outcome
from projections.statistics import By, Cell, Count, Question

strawberry.enum(CaseFact, description="Việc được đếm · What is counted")
strawberry.enum(Outcome, name="CaseOutcome", description="Kết quả của hồ sơ · What came of a case so far")
strawberry.enum(By, name="StatisticsBy", description="Chia theo · What cases are told apart by")

Dong = NewType("Dong", int)
DONG: Final = strawberry.scalar(
    name="Dong",
    description="Số tiền nguyên, tính bằng đồng · A whole amount in đồng (VND)",
    serialize=int,
    parse_value=int,
)


@strawberry.type(description="Số hồ sơ theo một giá trị · Cases by one value")
class ValueCount:
    """How many cases say so: a reason, a finding, a timer, a state."""

    value: str = strawberry.field(description="Giá trị, chẳng hạn FALSE_ALARM · The value")
    cases: int = strawberry.field(description="Số hồ sơ · How many cases")


@strawberry.type(description="Một con số · One number")
class FactCount:
    """How many cases a fact stands about."""

    fact: CaseFact = strawberry.field(description="Việc · The fact")
    cases: int = strawberry.field(description="Số hồ sơ · How many cases")
    amount: Dong | None = strawberry.field(
        description="Tổng tiền, chỉ với DECIDED và PAID · Sum, of fines decided and of what was paid"
    )
    by: list[ValueCount] = strawberry.field(
        description="Theo lý do, kết luận, thời hạn… · By reason, finding, time limit…"
    )


def counts(cell: Cell) -> list[FactCount]:
    """The numbers of a cell, in the order of the procedure."""
    return [count_of(fact, cell.facts[fact]) for fact in CaseFact if fact in cell.facts]


def count_of(fact: CaseFact, count: Count) -> FactCount:
    """One number."""
    return FactCount(
        fact=fact,
        cases=count.cases,
        amount=Dong(count.amount) if fact in {CaseFact.DECIDED, CaseFact.PAID} else None,
        by=[ValueCount(value=value, cases=cases) for value, cases in sorted(count.by.items())],
    )


def _cases(fact: CaseFact, description: str) -> Any:
    def shown(self: Any) -> int:
        return self.cell[fact].cases  # type: ignore[no-any-return] # a cell counts in whole numbers

    del shown.__annotations__["self"]
    return strawberry.field(resolver=shown, description=description)


def _amount(fact: CaseFact, description: str) -> Any:
    def shown(self: Any) -> Dong:
        return Dong(self.cell[fact].amount)

    del shown.__annotations__["self"]
    return strawberry.field(resolver=shown, description=description)


@strawberry.type(description="Một nhóm hồ sơ và các con số · The numbers of one group of cases")
class StatisticsCell:
    """What is counted of one group; what it is not told apart by is null."""

    cell: strawberry.Private[Cell]
    question: strawberry.Private[Question]

    detected: int = _cases(CaseFact.DETECTED, "Phát hiện · Detected")
    discarded: int = _cases(CaseFact.DISCARDED, "Loại bỏ · Discarded")
    transferred: int = _cases(CaseFact.TRANSFERRED, "Đã chuyển · Approved and transferred")
    concluded: int = _cases(CaseFact.CONCLUDED, "Đã kết luận · Concluded")
    recorded: int = _cases(CaseFact.RECORDED, "Đã lập biên bản · Recorded")
    decided: int = _cases(CaseFact.DECIDED, "Đã ra quyết định xử phạt · Penalty decided")
    executed: int = _cases(CaseFact.EXECUTED, "Đã chấp hành xong · Fully executed")
    late: int = _cases(CaseFact.LATE, "Có bước trễ hạn · With a time limit missed")
    fines: Dong = _amount(CaseFact.DECIDED, "Tiền phạt đã quyết định · Fines decided")
    paid: Dong = _amount(CaseFact.PAID, "Tiền phạt đã nộp · Fines paid")

    @strawberry.field(description="Khóa của nhóm, cho casesBehind · Key of the group, for casesBehind")
    def key(self) -> str:
        """What casesBehind takes."""
        return written(self.question, self.cell.group)

    @strawberry.field(description="Địa bàn · Area")
    def area(self) -> str | None:
        """The area of the group."""
        return self.cell.group.get(By.AREA)

    @strawberry.field(description="Mã định danh camera · Id of the camera")
    def camera_id(self) -> strawberry.ID | None:
        """The camera of the group."""
        camera = self.cell.group.get(By.CAMERA)
        return strawberry.ID(camera) if camera else None

    @strawberry.field(description="Mã camera · Code of the camera")
    async def camera_code(self, info: Info) -> str | None:
        """What the camera is called."""
        return await _code(info, self.cell.group.get(By.CAMERA))

    @strawberry.field(description="Hành vi · Violating act")
    def kind(self) -> str | None:
        """The act of the group."""
        return self.cell.group.get(By.KIND)

    @strawberry.field(description="Tháng, chẳng hạn 2026-06 · Month, such as 2026-06")
    def month(self) -> str | None:
        """The month of Viet Nam in which it took place."""
        return self.cell.group.get(By.MONTH)

    @strawberry.field(description="Kết quả vào thời điểm asOf · What had come of them by asOf")
    def outcome(self) -> Outcome | None:
        """What came of the cases."""
        outcome = self.cell.group.get(By.OUTCOME)
        return Outcome(outcome) if outcome else None

    @strawberry.field(description="Trạng thái vào thời điểm asOf · Where they stood at asOf")
    def state(self) -> CaseState | None:
        """Where the cases stood."""
        state = self.cell.group.get(By.STATE)
        return CaseState(state) if state else None

    @strawberry.field(description="Đơn vị đã thực hiện, hoặc để trễ hạn · The unit that acted, or was late")
    async def unit(self, info: Info) -> Unit | None:
        """The unit of the group."""
        unit = self.cell.group.get(By.UNIT)
        entry = await info.context.entry.load((UUID(unit), None)) if unit else None
        return Unit(row=entry) if entry else None

    @strawberry.field(description="Mọi con số, theo giá trị · Every number, by value")
    def counts(self) -> list[FactCount]:
        """Every number of the group."""
        return counts(self.cell)


@strawberry.type(description="Thống kê · Statistics")
class CaseStatistics:
    """The numbers, and what they count up to."""

    as_of: datetime = strawberry.field(description="Theo những gì đã ghi nhận đến lúc này · As of")
    position: Position = strawberry.field(description="Đếm đến vị trí này · Counted up to here")
    cells: list[StatisticsCell] = strawberry.field(description="Các nhóm · The groups")
    standing: list[ValueCount] = strawberry.field(
        description="Mọi hồ sơ trong phạm vi, theo trạng thái lúc asOf · All cases of the scope, by where they stood"
    )


@strawberry.type(description="Độ chính xác của phát hiện · How often a machine was right")
class DetectionPrecision:
    """Approved against discarded as a false alarm, where somebody has decided."""

    of: strawberry.Private[str]
    by_camera: strawberry.Private[bool]
    approved: int = strawberry.field(description="Được duyệt · Approved")
    false_alarms: int = strawberry.field(description="Loại bỏ vì báo nhầm · Discarded as false alarms")
    other_discards: int = strawberry.field(
        description="Loại bỏ vì lý do khác, không tính · Discarded for other reasons, which do not count"
    )
    precision: float | None = strawberry.field(description="Tỉ lệ đúng · The share that was right")
    low: float | None = strawberry.field(description="Cận dưới 95 % · Lower bound, 95 % confidence")
    high: float | None = strawberry.field(description="Cận trên 95 % · Upper bound, 95 % confidence")
    few: bool = strawberry.field(description="Quá ít để kết luận · Too few to say much")

    @strawberry.field(description="Mã định danh camera · Id of the camera")
    def camera_id(self) -> strawberry.ID | None:
        """The camera, where it is one's."""
        return strawberry.ID(self.of) if self.by_camera else None

    @strawberry.field(description="Mã camera · Code of the camera")
    async def camera_code(self, info: Info) -> str | None:
        """What the camera is called."""
        return await _code(info, self.of if self.by_camera else None)

    @strawberry.field(description="Loại phát hiện · Kind of detection")
    def kind(self) -> str | None:
        """The kind, where it is one's."""
        return None if self.by_camera else self.of


@strawberry.type(description="Điểm nóng · A hotspot")
class Hotspot:
    """A place or a camera where cases of one kind stand."""

    place: strawberry.Private[str]
    by_camera: strawberry.Private[bool]
    kind: str = strawberry.field(description="Hành vi · Violating act")
    cases: int = strawberry.field(description="Số hồ sơ còn giá trị · How many cases stand")

    @strawberry.field(description="Địa bàn · Area")
    def area(self) -> str | None:
        """The place, where it is an area."""
        return None if self.by_camera else self.place

    @strawberry.field(description="Mã định danh camera · Id of the camera")
    def camera_id(self) -> strawberry.ID | None:
        """The camera, where it is one."""
        return strawberry.ID(self.place) if self.by_camera else None

    @strawberry.field(description="Mã camera · Code of the camera")
    async def camera_code(self, info: Info) -> str | None:
        """What the camera is called."""
        return await _code(info, self.place if self.by_camera else None)


async def _code(info: Info, camera_id: str | None) -> str | None:
    row = await open_camera(info, UUID(camera_id)) if camera_id else None
    return row.code if row else None


# -- the key of a group -------------------------------------------------------------------


def written(question: Question, group: dict[By, str | None]) -> str:
    """What was asked and of which group, as clients see it."""
    said = {name: value for name, value in vars(question).items() if value is not None}
    return base64.urlsafe_b64encode(
        orjson.dumps(["cell", said, {one.value: value for one, value in group.items()}])
    ).decode()


KINDS: Final[dict[str, Callable[[Any], Any]]] = {
    "upto": whole,
    "starts_at": instant,
    "ends_at": instant,
    "area": text,
    "camera_id": UUID,
    "kind": text,
    "unit_id": UUID,
}
"""What reads each part of a question back."""


def read_back(key: str) -> tuple[Question, dict[By, str | None]]:
    """What a key says.

    Raises:
        InvalidInput: it is none that a group gave.
    """
    try:
        name, said, apart = orjson.loads(base64.b64decode(key, altchars=b"-_", validate=True))
        question = Question(**{part: KINDS[part](value) for part, value in said.items()})
        group = {By(one): None if value is None else text(value) for one, value in apart.items()}
    except (ValueError, TypeError, AttributeError, KeyError):
        name = None
    if name != "cell":
        raise InvalidInput("cell", "không phải khóa của một nhóm", "no key that a group gave")
    return question, group
