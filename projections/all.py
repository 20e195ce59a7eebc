"""Every read model, in the order in which they are fed."""

from projections.access_log import AccessLog
from projections.account_log import AccountLog
from projections.account_review_log import AccountReviewLog
from projections.acknowledgement_log import AcknowledgementLog
from projections.areas import Areas
from projections.breach_log import BreachLog
from projections.camera_registry import CameraRegistry
from projections.camera_uses import CameraUses
from projections.case_detail import CaseDetail
from projections.case_facts import CaseFacts
from projections.case_queue import CaseQueue
from projections.client_register import ClientRegister
from projections.device_diary import DeviceDiary
from projections.directory import Directory
from projections.duty_roster import DutyRoster
from projections.extraction_log import ExtractionLog
from projections.follower import ReadModel
from projections.guidance_log import GuidanceLog
from projections.incident_log import IncidentLog
from projections.obligations import Obligations
from projections.obstacle_log import ObstacleLog
from projections.outages import Outages
from projections.recommendation_log import RecommendationLog
from projections.recordings import Recordings
from projections.report_log import ReportLog
from projections.shift_log import ShiftLog
from projections.work_order_log import WorkOrderLog


def read_models() -> list[ReadModel]:
    """One of each."""
    return [
        Directory(),
        CameraRegistry(),
        CaseQueue(),
        CaseDetail(),
        CaseFacts(),
        Recordings(),
        ExtractionLog(),
        AccessLog(),
        ReportLog(),
        RecommendationLog(),
        ObstacleLog(),
        Areas(),
        CameraUses(),
        Obligations(),
        AccountLog(),
        AccountReviewLog(),
        IncidentLog(),
        WorkOrderLog(),
        ShiftLog(),
        DutyRoster(),
        Outages(),
        DeviceDiary(),
        BreachLog(),
        GuidanceLog(),
        AcknowledgementLog(),
        ClientRegister(),
    ]
