"""A list of cases as a file: what is taken out of the system is on record, case by case, with its purpose."""

import csv
import io
from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, Any, Final

import strawberry
from psycopg import Connection

from api.graphql.camera.camera import open_cameras
from api.graphql.case.query import CaseFilter
from api.graphql.common import NARROW
from api.graphql.context import Info, RequestContext, legal
from api.graphql.looking import Purpose, look_at, looked, of_cases
from domain.errors import InvalidInput, refuse
from projections import case_queue, directory, scope
from projections.case_queue import CaseRow

MOST: Final = 1000
COLUMNS: Final = (
    "number",
    "state",
    "rule",
    "camera",
    "occurred_at",
    "detected_at",
    "due",
    "late",
    "finding",
    "holder",
)
"""What a line says of a case; no plate and no person."""


@strawberry.type(description="Danh sách hồ sơ được xuất ra · A list of cases that was taken out")
class CaseExport:
    """A file of cases, with its hash."""

    csv: str = strawberry.field(description="Nội dung CSV, UTF-8 · The file, as CSV")
    count: int = strawberry.field(description="Số hồ sơ · How many cases")
    sha256: str = strawberry.field(description="Mã băm của tệp · Hash of the file")


@strawberry.type
class CaseExportQuery:
    """Cases as a file."""

    @strawberry.field(
        description="Xuất danh sách hồ sơ trong phạm vi, tối đa 1000, không có biển số; phải nêu mục đích, các hồ sơ đã"
        " xuất đều được ghi ·"
        " Take out the cases of one’s scope, at most 1000, without plates; it takes a purpose, and which cases were"
        " taken out is on record"
    )
    async def case_export(
        self,
        info: Info,
        purpose: Purpose,
        filter: Annotated[CaseFilter | None, NARROW] = None,
    ) -> CaseExport:
        """What is taken out is on record before it is given (R-QT-7.3.0); where there is nothing, nothing is."""
        ctx = info.context
        refuse(ctx.act.check_purpose(purpose.value))
        narrow = (filter or CaseFilter()).narrow(ctx.act.actor)
        rows = await ctx.read(case_queue.LISTING.page, scope.of_cases(ctx.act), narrow, first=MOST + 1)
        if len(rows) > MOST:
            raise InvalidInput(
                "filter",
                f"hơn {MOST} hồ sơ; hãy thu hẹp",
                f"more than {MOST} cases are in scope; narrow the filter",
            )
        text = await ctx.read(_written, ctx, rows)
        if rows:
            look = look_at(info, "caseExport", "case", of_cases(rows), ctx.act.actor.area_path)
            await looked(info, look, purpose)
        return CaseExport(csv=text, count=len(rows), sha256=sha256(text.encode()).hexdigest())


def _written(conn: Connection[Any], ctx: RequestContext, rows: Iterable[CaseRow]) -> str:
    """The rows as CSV, with the codes of the cameras that one may know of and of the units that hold them."""
    cameras = open_cameras(conn, ctx, {row.camera_id for row in rows})
    units = directory.current(conn, {row.owner_unit for row in rows})
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for row in rows:
        camera, unit = cameras.get(row.camera_id), units.get(row.owner_unit)
        lines.writerow(
            [
                row.number,
                row.state,
                row.kind,
                camera.code if camera else "",
                legal(row.occurred_at).isoformat(),
                legal(row.detected_at).isoformat(),
                legal(row.due).isoformat() if row.due else "",
                "yes" if row.late else "no",
                row.finding or "",
                unit.code if unit else "",
            ]
        )
    return out.getvalue()
