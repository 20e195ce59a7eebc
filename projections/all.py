"""Every read model, in the order in which they are fed."""

from projections.camera_registry import CameraRegistry
from projections.case_detail import CaseDetail
from projections.case_queue import CaseQueue
from projections.directory import Directory
from projections.follower import ReadModel


def read_models() -> list[ReadModel]:
    """One of each."""
    return [Directory(), CameraRegistry(), CaseQueue(), CaseDetail()]
