"""Whether a vehicle is inspected: what inspection centres are told of it, and nothing else of any case."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from api.graphql.common import Rule, rule
from api.graphql.context import Info, legal
from api.graphql.looking import Purpose, attempted, looked, plate_of
from domain.case import Mark
from domain.commands.reading import Look
from projections import case_detail
from projections.case_queue import CaseRow


@strawberry.enum(description="Loại cảnh báo · What is held against a vehicle")
class InspectionFlagKind(Enum):
    """What is held against a vehicle at its inspection."""

    REFUSAL = "REFUSAL"
    WARNING = "WARNING"


@strawberry.type(description="Một căn cứ · Something that is held against a vehicle")
class VehicleFlag:
    """One reason to refuse or to warn, and what it stands on."""

    rule_id: strawberry.Private[str]
    kind: InspectionFlagKind = strawberry.field(
        description="Từ chối hay cảnh báo · Whether to refuse or to warn"
    )
    since: datetime = strawberry.field(description="Từ thời điểm · Since")
    decision_number: str | None = strawberry.field(
        description="Số quyết định chưa chấp hành xong · The decision that is not executed in full"
    )

    @strawberry.field(description="Căn cứ · The rule it stands on")
    def rule(self, info: Info) -> Rule | None:
        """The rule it stands on."""
        return rule(info, self.rule_id)


@strawberry.type(description="Tình trạng kiểm định của xe · Whether a vehicle is inspected")
class VehicleFlags:
    """What is held against a vehicle; nothing where it may be inspected."""

    flags: list[VehicleFlag] = strawberry.field(description="Các căn cứ, cũ trước · What it is, oldest first")

    @strawberry.field(description="Phải từ chối kiểm định · Whether its inspection is refused")
    def refused(self) -> bool:
        """Whether any of it refuses the inspection."""
        return any(flag.kind is InspectionFlagKind.REFUSAL for flag in self.flags)

    @strawberry.field(description="Có cảnh báo · Whether there is a warning")
    def warned(self) -> bool:
        """Whether any of it warns of the vehicle."""
        return any(flag.kind is InspectionFlagKind.WARNING for flag in self.flags)


MARKS = {
    Mark.INSPECTION_REFUSAL: InspectionFlagKind.REFUSAL,
    Mark.INSPECTION_WARNING: InspectionFlagKind.WARNING,
}


@strawberry.type
class VehicleQuery:
    """Queries on vehicles."""

    @strawberry.field(
        description="Xe có bị từ chối, cảnh báo kiểm định không; mỗi lượt tra cứu đều được ghi ·"
        " Whether a vehicle is refused or warned of at its inspection; each look-up is on record"
    )
    async def vehicle_flags(
        self,
        info: Info,
        plate: Annotated[str, strawberry.argument(description="Biển số · Plate, such as 74A-123.45")],
        purpose: Purpose,
    ) -> VehicleFlags:
        """What is held against the vehicle of a plate, for units that inspect (R-QT-13.4.0)."""
        ctx = info.context
        act = ctx.act
        actor = act.actor
        look = Look(
            way="vehicleFlags",
            noun="case",
            ids=[],
            area_path=actor.area_path,
            address=ctx.address,
            rule=act.rule_of("inspection.refuse"),
        )
        if (refusal := act.check_may("inspection.refuse")) is not None:
            await attempted(info, look, refusal, purpose)
            raise refusal
        wanted = plate_of("plate", plate)
        rows = await ctx.flagged.load(wanted)
        await ctx.visible(max((row.position for row in rows), default=None), "case_detail")
        details = await ctx.read(case_detail.by_ids, {row.case_id for row in rows})
        held = act.rulebook.settings.inspection_flags
        flags = [flag for row in rows for flag in _flags(row, details[row.case_id].file, held)]
        await looked(info, replace(look, ids=[row.case_id for row in rows], plate=wanted), purpose)
        return VehicleFlags(flags=sorted(flags, key=lambda flag: (flag.since, flag.decision_number or "")))


def _flags(row: CaseRow, file: Mapping[str, Any], held: Mapping[str, str]) -> Iterator[VehicleFlag]:
    """What a case holds against its vehicle, as far as the regulation in force has such a flag."""
    decision = file.get("decision")
    for mark, kind in MARKS.items():
        ground = _ground(kind, file)
        if mark in row.marks and kind.value in held and ground:
            yield VehicleFlag(
                rule_id=held[kind.value],
                kind=kind,
                since=legal(datetime.fromisoformat(ground["at"])),
                decision_number=decision["number"] if decision else None,
            )


def _ground(kind: InspectionFlagKind, file: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What holds it against the vehicle: a decision that says so, a warning, or that time ran out; none if voided."""
    decision, warning = file.get("decision"), file.get("inspection_warning")
    if kind is InspectionFlagKind.REFUSAL and decision and decision["refuses_inspection"]:
        return decision  # type: ignore[no-any-return] # as JSON has it
    if kind is InspectionFlagKind.WARNING and warning:
        return warning  # type: ignore[no-any-return] # as JSON has it
    return file.get("overdue")
