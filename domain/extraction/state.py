"""The words an extraction is described with."""

from enum import StrEnum


class ExtractionState(StrEnum):
    """Where an extraction stands."""

    REQUESTED = "REQUESTED"
    REJECTED = "REJECTED"
    APPROVED = "APPROVED"
    EXECUTED = "EXECUTED"
    HANDED_OVER = "HANDED_OVER"
    ACCEPTED = "ACCEPTED"


class GapReason(StrEnum):
    """Why a part of the window that was asked for is not in what was cut."""

    NO_RECORDING = "NO_RECORDING"
    DAMAGED = "DAMAGED"
    UNREADABLE = "UNREADABLE"
