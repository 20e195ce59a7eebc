"""Every read model, in the order in which they are fed."""

from projections import (
    account_review_log,
    areas,
    breach_log,
    client_register,
    duty_roster,
    guidance_log,
    incident_log,
    obstacle_log,
    recommendation_log,
    report_log,
    shift_log,
    work_order_log,
)
from projections.access_log import AccessLog
from projections.account_log import AccountLog
from projections.acknowledgement_log import AcknowledgementLog
from projections.camera_registry import CameraRegistry
from projections.camera_uses import CameraUses
from projections.case_detail import CaseDetail
from projections.case_facts import CaseFacts
from projections.case_queue import CaseQueue
from projections.device_diary import DeviceDiary
from projections.directory import Directory
from projections.extraction_log import ExtractionLog
from projections.follower import ReadModel
from projections.obligations import Obligations
from projections.outages import Outages
from projections.recordings import Recordings


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
        report_log.LOG,
        recommendation_log.LOG,
        obstacle_log.LOG,
        areas.LOG,
        CameraUses(),
        Obligations(),
        AccountLog(),
        account_review_log.LOG,
        incident_log.LOG,
        work_order_log.LOG,
        shift_log.LOG,
        duty_roster.LOG,
        Outages(),
        DeviceDiary(),
        breach_log.LOG,
        guidance_log.LOG,
        AcknowledgementLog(),
        client_register.LOG,
    ]
