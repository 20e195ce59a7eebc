"""Reports as the schema has them: what is due, what was issued, and the numbers of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import strawberry

from api.graphql.columns import Link, column, of_source
from api.graphql.common import AvailableAction, Position, Rule, Step, rule, rules
from api.graphql.context import Info, legal, utc
from api.graphql.pages import Connection, ListOf, instant
from api.graphql.register import acts, steps
from api.graphql.report.statistics_cells import FactCount, ValueCount, count_of
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of
from domain.periods import ReportKind
from domain.report import GUARDS, canonical, check_view, digest
from projections import report_log
from projections.case_facts import CaseFact
from projections.follower import Recorded
from projections.report_log import ReportNarrow, ReportRow
from projections.statistics import Count

strawberry.enum(ReportKind, description="Loại báo cáo · Kind of report")


def counts_of(numbers: str) -> list[FactCount]:
    """The total of a report, in the order of the procedure."""
    total = orjson.loads(numbers)["total"]
    return [
        count_of(
            fact,
            Count(total[fact]["cases"], total[fact].get("dong", 0), total[fact].get("by", {})),
        )
        for fact in CaseFact
        if fact in total
    ]


def standing_of(numbers: str) -> list[ValueCount]:
    """Where all cases stood."""
    standing = orjson.loads(numbers)["standing"]
    return [ValueCount(value=state, cases=cases) for state, cases in standing.items()]


NUMBERS = (
    "Mọi con số, JSON chuẩn tắc, không có dữ liệu cá nhân · Every number, as canonical JSON, naming nobody"
)
HASH = "SHA-256 của numbers · SHA-256 of numbers"


@strawberry.type(
    description="Số liệu chạy thử, chưa lập báo cáo · Numbers that were run, and not put on record"
)
class ReportDraft:
    """What a report would say."""

    kind: ReportKind = strawberry.field(description="Loại · Kind")
    period: str | None = strawberry.field(description="Kỳ, chẳng hạn 2026-06 · Period, such as 2026-06")
    from_: datetime = strawberry.field(name="from", description="Từ · From")
    to: datetime = strawberry.field(description="Đến trước · Up to")
    due: datetime | None = strawberry.field(description="Hạn · When it is due, where a day is set")
    due_rule: Rule | None = strawberry.field(description="Căn cứ của hạn · The rule that sets the day")
    as_of: datetime = strawberry.field(description="Theo những gì đã ghi nhận đến lúc này · As of")
    position: Position = strawberry.field(description="Đếm đến vị trí này · Counted up to here")
    numbers: str = strawberry.field(description=NUMBERS)
    sha256: str = strawberry.field(description=HASH)

    @strawberry.field(description="Tổng số · The total")
    def counts(self) -> list[FactCount]:
        """The total."""
        return counts_of(self.numbers)

    @strawberry.field(description="Hồ sơ theo trạng thái · Cases by where they stood")
    def standing(self) -> list[ValueCount]:
        """Where all cases stood."""
        return standing_of(self.numbers)


@strawberry.type(description="Đếm lại một báo cáo · A report counted again")
class Recount:
    """Whether the log still gives the numbers that were put on record."""

    same: bool = strawberry.field(description="Đúng từng con số không · Whether every number is the same")
    sha256: str = strawberry.field(description="SHA-256 của lần đếm lại · SHA-256 of what was counted now")


@strawberry.type(description="Văn bản của báo cáo · A document made of a report")
class ReportDocument:
    """A document that was made, and the hash its bytes must still have."""

    id: strawberry.ID = strawberry.field(description="Mã để mở bằng openDocument · Id, for openDocument")
    number: str = strawberry.field(description="Số hiệu · Number")
    edition: int = strawberry.field(description="Lần lập · Edition")
    sha256: str = strawberry.field(description="SHA-256 của tệp · SHA-256 of its bytes")
    size: int = strawberry.field(description="Số byte · Bytes")
    at: datetime = strawberry.field(description="Lập lúc · When it was made")


def document_of(item: dict[str, Any]) -> ReportDocument:
    """A document as the log keeps it."""
    return ReportDocument(
        id=strawberry.ID(item["document_id"]),
        number=item["number"],
        edition=item["edition"],
        sha256=item["sha256"],
        size=item["size"],
        at=legal(datetime.fromisoformat(item["at"])),
    )


@strawberry.type(description="Báo cáo đã lập · A report on record")
class Report:
    """A report as it was issued, and the documents that were made of it."""

    row: strawberry.Private[ReportRow]
    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    id: strawberry.ID = column("report_id", "Mã định danh · Id", str)
    number: str = column("number", "Số, ví dụ DH-BC-2026-000001 · Number, such as DH-BC-2026-000001")
    kind: ReportKind = column("kind", "Loại · Kind", ReportKind)
    period: str | None = column("period", "Kỳ, chẳng hạn 2026-06 · Period, such as 2026-06")
    from_: datetime = column("starts_at", "Từ · From", legal, named="from")
    to: datetime = column("ends_at", "Đến trước · Up to", legal)
    due: datetime | None = column("due", "Hạn · When it was due, where a day is set", legal)
    late: bool = column("late", "Lập sau hạn · Whether it was issued after it was due")
    as_of: datetime = column("as_of", "Theo những gì đã ghi nhận đến lúc này · As of", legal)
    issued_at: datetime = column("issued_at", "Lập lúc · When it was issued", legal)
    area: str = column("area_path", "Địa bàn · Area")
    numbers: str = column("numbers", NUMBERS)
    sha256: str = column("sha256", HASH)
    rulebook: str = column("rulebook", "Phiên bản quy định · Version of the rulebook")
    version: int = column("version", "Phiên bản · Version")
    unit: Unit = unit_of("owner_unit", "Đơn vị lập · The unit that issued it")

    @strawberry.field(description="Căn cứ · The rule it stands on", metadata=of_source(Link("rule", rules)))
    def rule(self, info: Info) -> Rule | None:
        """The rule it stands on."""
        return rule(info, self.row.rule)

    @strawberry.field(description="Người lập · Who issued it")
    def issued_by(self) -> Person:
        """Who issued it."""
        return Person(account_id=strawberry.ID(self.row.issued_by), unit_id=self.row.owner_unit)

    @strawberry.field(description="Đếm đến vị trí này · Counted up to here")
    def position(self) -> Position:
        """The last place in the log that counts."""
        return Position(self.row.upto)

    @strawberry.field(description="Tổng số · The total")
    def counts(self) -> list[FactCount]:
        """The total."""
        return counts_of(self.row.numbers)

    @strawberry.field(description="Hồ sơ theo trạng thái · Cases by where they stood")
    def standing(self) -> list[ValueCount]:
        """Where all cases stood."""
        return standing_of(self.row.numbers)

    @strawberry.field(description="Đếm lại từ sổ sự kiện · Count it again, from what is on record")
    async def recount(self, info: Info) -> Recount:
        """Whether it is still so."""
        again = digest(canonical(await info.context.read(report_log.counted_again, self.row)))
        return Recount(same=again == self.row.sha256, sha256=again)

    @strawberry.field(description="Văn bản đã lập từ báo cáo · The documents that were made of it")
    def documents(self) -> list[ReportDocument]:
        """Every edition, oldest first."""
        return [document_of(item) for item in self.row.documents]

    history: list[Step] = steps("report_id")
    available_actions: list[AvailableAction] = acts(GUARDS)


@strawberry.type(description="Một báo cáo trong danh sách · A report in a list")
class ReportEdge:
    """A report in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Report = strawberry.field(description="Báo cáo · The report")


@strawberry.type(description="Một trang báo cáo · A page of reports")
class ReportConnection(Connection):
    """A page of reports."""

    edges: list[ReportEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Report] = strawberry.field(description="Các dòng · Rows")


REPORTS = ListOf(
    name="reports",
    listing=report_log.LISTING,
    node=Report,
    edge=ReportEdge,
    connection=ReportConnection,
    kinds=(instant, UUID),
)


@strawberry.type(description="Một kỳ báo cáo theo quy định · A report that the regulation asks for")
class ReportDue:
    """Which period is due, by whom, until when, and whether that was missed."""

    kind: ReportKind = strawberry.field(description="Loại · Kind")
    period: str = strawberry.field(description="Kỳ · Period")
    from_: datetime = strawberry.field(name="from", description="Từ · From")
    to: datetime = strawberry.field(description="Đến trước · Up to")
    due: datetime | None = strawberry.field(
        description="Hạn; không có nghĩa là quy định không nêu ngày · When; none means not set by this regulation"
    )
    rule: Rule = strawberry.field(description="Căn cứ · The rule that asks for it")
    unit_kind: str = strawberry.field(description="Loại đơn vị phải báo cáo · Kind of unit that reports")
    issued_at: datetime | None = strawberry.field(description="Lập lúc · When one was issued")
    missed: bool = strawberry.field(description="Quá hạn · Whether it was due and not issued in time")
    issued: strawberry.Private[ReportRow | None]

    @strawberry.field(description="Báo cáo, nếu được xem · The report, where one may see it")
    def report(self, info: Info) -> Report | None:
        """The first report of the period."""
        row = self.issued
        return Report(row=row) if row and check_view(row, info.context.act) is None else None


@strawberry.input(description="Lọc báo cáo · Narrow the list of reports")
class ReportFilter:
    """What to narrow the list to."""

    kinds: list[ReportKind] | None = strawberry.field(default=None, description="Các loại · Kinds")
    period: str | None = strawberry.field(default=None, description="Kỳ · Period")
    number: str | None = strawberry.field(default=None, description="Số · Number")
    since: datetime | None = strawberry.field(default=None, description="Lập từ · Issued from")
    until: datetime | None = strawberry.field(default=None, description="Lập trước · Issued before")

    def narrow(self) -> ReportNarrow:
        """The filter as the read model takes it."""
        return ReportNarrow(
            kinds=[kind.value for kind in self.kinds] if self.kinds is not None else None,
            period=self.period,
            number=self.number,
            since=utc("filter.since", self.since) if self.since else None,
            until=utc("filter.until", self.until) if self.until else None,
        )
