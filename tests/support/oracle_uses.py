"""Who may watch, search and move which camera, and who sees that, said a second time in plain sentences."""

from tests.support.oracle import (
    CENTRE,
    COMMITTEE,
    DONE,
    POLICE,
    CameraFacts,
    Somebody,
    outcome,
    sees,
    watches,
)
from tests.support.oracle_facts import UseFacts

USES_OF_CAMERAS = (
    "openLiveView",
    "searchFootage",
    "recogniseFaces",
    "reserveCamera",
    "moveCamera",
    "stopCamera",
    "releaseCamera",
    "forceReleaseCamera",
)


def using(noun: CameraFacts, who: Somebody, act: str) -> str:
    """What one may watch the police search; handlers move what lies in their area, once they hold it.

    Whoever administers ends a hold, of what they may not watch as well; nobody in this world holds one, or a grant
    for faces.
    """
    if act == "forceReleaseCamera":
        return "WrongState" if who.kind == CENTRE and who.role == "ADMINISTRATOR" else "Forbidden"
    if not watches(noun, who):
        return "Forbidden"
    if act == "openLiveView":
        return DONE
    if act == "searchFootage":
        return (
            DONE if who.kind in POLICE or (who.kind == CENTRE and noun.domain == "TRAFFIC") else "Forbidden"
        )
    moves = who.kind in POLICE | {COMMITTEE} and who.role == "HANDLER" and who.covers(noun.area)
    if act == "recogniseFaces" or not moves:
        return "Forbidden"
    return DONE if act == "reserveCamera" else "WrongState"


@sees.register
def _(noun: UseFacts, who: Somebody) -> bool:
    """One's own, the unit's for its head, the area's for the audit."""
    own = who.name == noun.used_by or (who.leader and who.unit == noun.owner)
    return own or (who.audits and who.covers(noun.area))


@outcome.register
def _(noun: UseFacts, who: Somebody, act: str) -> str:
    """It is extended and ended by whoever watches."""
    assert act in {"extendLiveView", "endLiveView"}
    if not sees(noun, who):
        return "NotFound"
    return DONE if who.name == noun.used_by else "Forbidden"
