"""Where a camera stands in its life, and in what kind of place."""

from enum import StrEnum


class CameraState(StrEnum):
    """How far a camera is."""

    REGISTERED = "REGISTERED"
    INSTALLED = "INSTALLED"
    CONNECTED = "CONNECTED"
    ACTIVE = "ACTIVE"
    FAULTY = "FAULTY"
    MAINTENANCE = "MAINTENANCE"
    RETIRED = "RETIRED"


class Placement(StrEnum):
    """Whose place it looks at; what lies inside and what is private is out of scope unless its owner connects it.

    R-DB-1.3.0, R-DB-3.7.0, R-DB-6.2.0, R-DB-6.4.0, R-DB-7.6.0.
    """

    PUBLIC = "PUBLIC"
    STATE_AREA = "STATE_AREA"
    INTERNAL = "INTERNAL"
    PRIVATE = "PRIVATE"
