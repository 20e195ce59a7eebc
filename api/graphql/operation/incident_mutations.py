"""The acts on an incident at the GraphQL edge."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.graphql.common import Position
from api.graphql.context import Info, identity, utc
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from api.graphql.operation.incident import REGISTER, Incident
from domain.commands import incident as commands
from domain.incident.guards import check_view

INCIDENTS = Noun("incident", "sự cố", "incident", "incidentId", "incident_id", REGISTER.of_record, check_view)
INCIDENT = strawberry.field(description="Sự cố sau bước này · The incident after this act")
INCIDENT_ID = strawberry.field(description="Mã định danh của sự cố · The incident’s id")


@strawberry.type(description="Đã báo cáo sự cố · An incident was reported")
class IncidentReported:
    """It was reported."""

    incident: Incident = INCIDENT
    position: Position = POSITION


@strawberry.type(description="Đã tiếp nhận sự cố · An incident was received")
class IncidentReceived:
    """A unit took it on."""

    incident: Incident = INCIDENT
    position: Position = POSITION


@strawberry.type(description="Đã bắt đầu xử lý sự cố · The handling of an incident began")
class IncidentHandlingBegan:
    """Somebody is at it."""

    incident: Incident = INCIDENT
    position: Position = POSITION


@strawberry.type(description="Đã khắc phục sự cố · An incident was fixed")
class IncidentFixed:
    """It works again."""

    incident: Incident = INCIDENT
    position: Position = POSITION


@strawberry.type(description="Đã đóng sự cố · An incident was closed")
class IncidentClosed:
    """It is over."""

    incident: Incident = INCIDENT
    position: Position = POSITION


@strawberry.type(description="Sự cố chưa được khắc phục · An incident was reopened")
class IncidentReopened:
    """It is not."""

    incident: Incident = INCIDENT
    position: Position = POSITION


@strawberry.type(description="Đã ghi nhận phát hiện sớm hơn · An earlier detection was put on record")
class IncidentBackdated:
    """It was seen earlier."""

    incident: Incident = INCIDENT
    position: Position = POSITION


ReportIncidentResult = Annotated[
    IncidentReported | Refused, strawberry.union("ReportIncidentResult", description=OUTCOME)
]
ReceiveIncidentResult = Annotated[
    IncidentReceived | Refused, strawberry.union("ReceiveIncidentResult", description=OUTCOME)
]
HandleIncidentResult = Annotated[
    IncidentHandlingBegan | Refused, strawberry.union("HandleIncidentResult", description=OUTCOME)
]
FixIncidentResult = Annotated[
    IncidentFixed | Refused, strawberry.union("FixIncidentResult", description=OUTCOME)
]
CloseIncidentResult = Annotated[
    IncidentClosed | Refused, strawberry.union("CloseIncidentResult", description=OUTCOME)
]
ReopenIncidentResult = Annotated[
    IncidentReopened | Refused, strawberry.union("ReopenIncidentResult", description=OUTCOME)
]
BackdateIncidentResult = Annotated[
    IncidentBackdated | Refused, strawberry.union("BackdateIncidentResult", description=OUTCOME)
]


@strawberry.input(description="Báo cáo sự cố · Report an incident")
class ReportIncidentInput:
    """What reporting needs."""

    kind: str = strawberry.field(description="Loại, xem incidentKinds · Kind, see incidentKinds")
    text: str = strawberry.field(description="Nội dung · What is wrong")
    detected_at: datetime = strawberry.field(description="Phát hiện lúc · When it was detected")
    command_id: str = COMMAND_ID
    camera_id: strawberry.ID | None = strawberry.field(
        default=None, description="Camera; không có nếu là cả hệ thống · The camera; none for the system"
    )
    notified_at: datetime | None = strawberry.field(
        default=None, description="Nơi xử lý được báo lúc, nếu trước đó · When whoever handles it was told"
    )
    leader_account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Lãnh đạo đơn vị đã được báo cáo · The leader of one’s unit who was told"
    )
    leader_told_at: datetime | None = strawberry.field(
        default=None, description="Báo cáo lãnh đạo lúc · When the leader was told"
    )


@strawberry.input(description="Tiếp nhận sự cố · Receive an incident")
class ReceiveIncidentInput:
    """What receiving needs."""

    incident_id: strawberry.ID = INCIDENT_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Bắt đầu xử lý sự cố · Begin to handle an incident")
class HandleIncidentInput:
    """What handling needs: the process it goes by, where one was issued."""

    incident_id: strawberry.ID = INCIDENT_ID
    command_id: str = COMMAND_ID
    process: str | None = strawberry.field(
        default=None, description="Quy trình xử lý, phiên bản · The process, and its version"
    )
    expected_version: int | None = EXPECTED


@strawberry.input(description="Khắc phục sự cố · Fix an incident")
class FixIncidentInput:
    """What fixing needs."""

    incident_id: strawberry.ID = INCIDENT_ID
    text: str = strawberry.field(description="Cách khắc phục · How it was fixed")
    command_id: str = COMMAND_ID
    fixed_at: datetime | None = strawberry.field(
        default=None, description="Xong lúc, nếu trước đó · When it worked again, if earlier"
    )
    late_reason: str | None = strawberry.field(
        default=None, description="Lý do chậm, khi đã quá hạn · Why it comes late, where it does"
    )
    expected_version: int | None = EXPECTED


@strawberry.input(description="Đóng sự cố · Close an incident")
class CloseIncidentInput:
    """What closing needs."""

    incident_id: strawberry.ID = INCIDENT_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Mở lại sự cố · Reopen an incident")
class ReopenIncidentInput:
    """What reopening needs."""

    incident_id: strawberry.ID = INCIDENT_ID
    text: str = strawberry.field(description="Vì sao chưa xong · Why it is not over")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Ghi nhận phát hiện sớm hơn · Put an earlier detection on record")
class BackdateIncidentInput:
    """What an earlier detection needs."""

    incident_id: strawberry.ID = INCIDENT_ID
    detected_at: datetime = strawberry.field(description="Phát hiện lúc · When it was detected")
    text: str = strawberry.field(description="Vì sao biết · How that is known")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.type
class IncidentMutation:
    """The acts on an incident."""

    @strawberry.mutation(
        description="Báo cáo sự cố cho nơi xử lý theo quy định · Report an incident to whoever handles it"
    )
    async def report_incident(
        self, info: Info, input: Annotated[ReportIncidentInput, GIVEN]
    ) -> ReportIncidentResult:
        """Report one."""

        def facts() -> dict[str, Any]:
            camera, leader = input.camera_id, input.leader_account_id
            told, led = input.notified_at, input.leader_told_at
            return {
                "kind": input.kind,
                "text": input.text,
                "detected_at": utc("detectedAt", input.detected_at),
                "notified_at": utc("notifiedAt", told) if told is not None else None,
                "camera_id": identity("cameraId", camera) if camera is not None else None,
                "leader_account_id": identity("leaderAccountId", leader) if leader is not None else None,
                "leader_told_at": utc("leaderToldAt", led) if led is not None else None,
            }

        command = commands.report_incident
        return await create(info, INCIDENTS, "reportIncident", input, IncidentReported, command, facts)

    @strawberry.mutation(description="Tiếp nhận sự cố · Receive an incident")
    async def receive_incident(
        self, info: Info, input: Annotated[ReceiveIncidentInput, GIVEN]
    ) -> ReceiveIncidentResult:
        """Receive one."""
        command = commands.receive_incident
        return await act(info, INCIDENTS, "receiveIncident", input, IncidentReceived, command)

    @strawberry.mutation(description="Bắt đầu xử lý sự cố · Begin to handle an incident")
    async def handle_incident(
        self, info: Info, input: Annotated[HandleIncidentInput, GIVEN]
    ) -> HandleIncidentResult:
        """Begin to handle one."""
        return await act(
            info,
            INCIDENTS,
            "handleIncident",
            input,
            IncidentHandlingBegan,
            commands.handle_incident,
            lambda: {"process": input.process},
        )

    @strawberry.mutation(description="Khắc phục xong sự cố · Say that an incident is fixed")
    async def fix_incident(self, info: Info, input: Annotated[FixIncidentInput, GIVEN]) -> FixIncidentResult:
        """Fix one."""

        def facts() -> dict[str, Any]:
            at = input.fixed_at
            return {
                "text": input.text,
                "fixed_at": utc("fixedAt", at) if at is not None else None,
                "late_reason": input.late_reason,
            }

        return await act(info, INCIDENTS, "fixIncident", input, IncidentFixed, commands.fix_incident, facts)

    @strawberry.mutation(description="Xác nhận, đóng sự cố · Confirm that an incident is over")
    async def close_incident(
        self, info: Info, input: Annotated[CloseIncidentInput, GIVEN]
    ) -> CloseIncidentResult:
        """Close one."""
        return await act(info, INCIDENTS, "closeIncident", input, IncidentClosed, commands.close_incident)

    @strawberry.mutation(description="Chưa khắc phục xong: mở lại · It is not over: reopen it")
    async def reopen_incident(
        self, info: Info, input: Annotated[ReopenIncidentInput, GIVEN]
    ) -> ReopenIncidentResult:
        """Reopen one."""
        return await act(
            info,
            INCIDENTS,
            "reopenIncident",
            input,
            IncidentReopened,
            commands.reopen_incident,
            lambda: {"text": input.text},
        )

    @strawberry.mutation(
        description="Đã phát hiện sớm hơn: hạn tính từ đó · It was seen earlier: its time began then"
    )
    async def backdate_incident(
        self, info: Info, input: Annotated[BackdateIncidentInput, GIVEN]
    ) -> BackdateIncidentResult:
        """Put an earlier detection on record."""
        return await act(
            info,
            INCIDENTS,
            "backdateIncident",
            input,
            IncidentBackdated,
            commands.backdate_incident,
            lambda: {"detected_at": utc("detectedAt", input.detected_at), "text": input.text},
        )
