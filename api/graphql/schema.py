"""The schema: every noun's queries and mutations, behind the limits."""

from datetime import date
from typing import Final

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.graphql.account.account import AccountMutation, AccountQuery
from api.graphql.account.change_mutations import AccountChangeMutation
from api.graphql.account.credentials import CredentialsQuery
from api.graphql.account.credentials_mutations import CredentialsMutation
from api.graphql.account.decision_mutations import AccountDecisionMutation
from api.graphql.account.identity_mutations import IdentityMutation
from api.graphql.account.mutations import AccountWayMutation
from api.graphql.account.query import AccountsQuery
from api.graphql.account.review import AccountReviewQuery
from api.graphql.account.review_due import AccountReviewDueQuery
from api.graphql.account.review_mutations import AccountReviewMutation
from api.graphql.account.right_mutations import AccountRightMutation
from api.graphql.breach.breach import BreachQuery
from api.graphql.breach.mutations import BreachMutation
from api.graphql.breach.report import BreachReportQuery
from api.graphql.camera.address import CameraAddressMutation
from api.graphql.camera.control_mutations import ControlMutation
from api.graphql.camera.mutations import CameraMutation
from api.graphql.camera.query import CameraQuery
from api.graphql.camera.use import CameraUseQuery
from api.graphql.camera.use_mutations import CameraUseMutation
from api.graphql.case.export import CaseExportQuery
from api.graphql.case.mutations import CaseMutation
from api.graphql.case.query import CaseQuery
from api.graphql.case.subscription import CaseSubscription
from api.graphql.case.vehicle import VehicleQuery
from api.graphql.client.client import ClientQuery
from api.graphql.client.mutations import ClientMutation
from api.graphql.common import DATE, POSITION, Position
from api.graphql.document import DocumentMutation
from api.graphql.execution import Execution, Schema
from api.graphql.extraction.extraction import ExtractionQuery
from api.graphql.extraction.mutations import ExtractionMutation
from api.graphql.guidance.acknowledgement import AcknowledgementQuery
from api.graphql.guidance.guidance import GuidanceQuery
from api.graphql.guidance.mutations import GuidanceMutation
from api.graphql.limits import Admission, Limits, Turns
from api.graphql.obligation.deadline import DeadlineQuery
from api.graphql.obligation.query import ObligationQuery
from api.graphql.operation.duty import DutyQuery
from api.graphql.operation.incident import IncidentQuery
from api.graphql.operation.incident_mutations import IncidentMutation
from api.graphql.operation.obstacle import ObstacleQuery
from api.graphql.operation.obstacle_mutations import ObstacleMutation
from api.graphql.operation.operation import OperationQuery
from api.graphql.operation.recommendation import RecommendationQuery
from api.graphql.operation.recommendation_mutations import RecommendationMutation
from api.graphql.operation.roster import RosterQuery
from api.graphql.operation.roster_mutations import RosterMutation
from api.graphql.operation.shift import ShiftQuery
from api.graphql.operation.shift_mutations import ShiftMutation
from api.graphql.operation.work_order import WorkOrderQuery
from api.graphql.operation.work_order_mutations import WorkOrderMutation
from api.graphql.reading.access_log import ReadingQuery
from api.graphql.reading.evidence import EvidenceMutation
from api.graphql.reading.explaining import ExplainingQuery
from api.graphql.reading.unusual import UnusualAccessQuery
from api.graphql.reading.who_saw import WhoSawQuery
from api.graphql.report.mutations import ReportMutation
from api.graphql.report.report import ReportQuery
from api.graphql.report.statistics import StatisticsQuery
from api.graphql.report.statistics_cells import DONG, Dong
from api.graphql.unit.area import AreaQuery
from api.graphql.unit.area_mutations import AreaMutation
from api.graphql.unit.mutations import UnitMutation
from api.graphql.unit.record import UnitRecordQuery
from api.graphql.unit.unit import UnitQuery

OPERATION_SECONDS: Final = 10.0

LIST_SIZES: Final = {
    "Case.availableActions": 45,
    "Case.complaints": 1,
    "Case.corrections": 1,
    "Case.documents": 4,
    "Case.duplicates": 1,
    "Case.evidence": 4,
    "Case.evidenceFlags": 2,
    "Case.lateWithoutReason": 1,
    "Case.obligations": 4,
    "Case.payments": 1,
    "Case.transfers": 2,
    "CameraUse.cameraIds": 4,
    "Camera.availableActions": 32,
    "Camera.certificates": 2,
    "Camera.consents": 6,
    "Camera.faults": 4,
    "Camera.recordings": 20,
    "Extraction.availableActions": 6,
    "Extraction.minutes": 1,
    "ExtractionExecution.files": 4,
    "ExtractionExecution.gaps": 4,
    "AccessEntry.ids": 2,
    "Account.availableActions": 18,
    "Account.delegations": 2,
    "Account.directions": 1,
    "Account.duties": 1,
    "Account.grants": 4,
    "AccountGrant.cameraIds": 4,
    "AccountReview.availableActions": 2,
    "AccountReview.reviewed": 50,
    "AccountReview.suspended": 10,
    "AccountReview.unreviewed": 50,
    "Delegation.actions": 4,
    "AvailableAction.reasons": 1,
    "ObligationEntry.holders": 4,
    "Query.obligationSummary": 50,
    "Query.sessions": 4,
    "Query.signInHistory": 10,
    "VehicleFlags.flags": 4,
    "CaseStatistics.cells": 50,
    "StatisticsCell.counts": 12,
    "FactCount.by": 4,
    "Area.availableActions": 2,
    "UnitRecord.availableActions": 6,
    "UnitRecord.regulations": 4,
    "AccessExplanation.missing": 2,
    "AccessExplanation.rules": 2,
    "UnusualAccess.accesses": 20,
    "UnusualAccessReport.lines": 20,
    "WhoCouldPage.nodes": 20,
    "WhoSawConnection.byPerson": 100,
    "WhoSawConnection.byUnit": 50,
    "Query.availability": 20,
    "Query.links": 20,
    "Incident.availableActions": 6,
    "WorkOrder.availableActions": 3,
    "Client.availableActions": 3,
    "Client.models": 2,
    "Shift.availableActions": 4,
    "Roster.availableActions": 3,
    "Breach.answers": 2,
    "Breach.attempts": 4,
    "Breach.availableActions": 5,
    "Breach.cameraIds": 2,
    "Breach.caseIds": 2,
    "Breach.measures": 2,
    "BreachNumbers.measures": 6,
    "BreachReport.rows": 50,
    "Guidance.availableActions": 4,
    "Guidance.unitKinds": 4,
}
"""How long lists without `first` are, for the cost of a document; any other counts as 10."""


@strawberry.type(description="Truy vấn · Queries")
class Query(
    AccountQuery,
    CaseQuery,
    CameraQuery,
    ExtractionQuery,
    UnitQuery,
    ReadingQuery,
    DeadlineQuery,
    ObligationQuery,
    VehicleQuery,
    StatisticsQuery,
    ReportQuery,
    RecommendationQuery,
    ObstacleQuery,
    AreaQuery,
    UnitRecordQuery,
    CameraUseQuery,
    CredentialsQuery,
    WhoSawQuery,
    ExplainingQuery,
    UnusualAccessQuery,
    AccountsQuery,
    AccountReviewQuery,
    CaseExportQuery,
    IncidentQuery,
    WorkOrderQuery,
    ShiftQuery,
    RosterQuery,
    DutyQuery,
    AccountReviewDueQuery,
    OperationQuery,
    BreachQuery,
    BreachReportQuery,
    GuidanceQuery,
    AcknowledgementQuery,
    ClientQuery,
):
    """All queries."""


@strawberry.type(description="Lệnh · Commands")
class Mutation(
    AccountMutation,
    CaseMutation,
    DocumentMutation,
    EvidenceMutation,
    ExtractionMutation,
    ReportMutation,
    RecommendationMutation,
    ObstacleMutation,
    AreaMutation,
    UnitMutation,
    CameraUseMutation,
    ControlMutation,
    CredentialsMutation,
    CameraMutation,
    CameraAddressMutation,
    IdentityMutation,
    AccountWayMutation,
    AccountChangeMutation,
    AccountDecisionMutation,
    AccountRightMutation,
    AccountReviewMutation,
    IncidentMutation,
    WorkOrderMutation,
    ShiftMutation,
    RosterMutation,
    BreachMutation,
    GuidanceMutation,
    ClientMutation,
):
    """All mutations."""


@strawberry.type(description="Theo dõi, chỉ qua WebSocket · Subscriptions, over WebSocket only")
class Subscription(CaseSubscription):
    """All subscriptions."""


def build() -> Schema:
    """The schema with its limits; built by a composition root, never at import."""
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        execution_context_class=Execution,
        config=StrawberryConfig(scalar_map={Position: POSITION, date: DATE, Dong: DONG}),
        admission=Admission(Limits(list_sizes=LIST_SIZES)),
        turns=Turns(OPERATION_SECONDS),
    )
