"""The usual case in the three provinces: their invented units and people, and the acts as they do them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from domain.case import Case
from domain.context import Actor, Context
from domain.unit import Unit
from tests.support.cases import LIMITATION, OCCURRED_AT, clock, detected
from tests.support.procedure import CHIEF, PENALTY, WAY, Act
from tests.support.spec import APPROVER, HANDLER, Fact, Given, actor, context, given, legal, unit

CAR: Final = "74A-123.45"


@dataclass(frozen=True, kw_only=True)
class Province:
    """Who does in a province what the Centre, the police and their chief do in the usual case."""

    profile: str
    code: str
    area: str
    supplier: Actor
    handler: Actor
    chief: Actor
    recipient: Unit
    title: str = "TRAFFIC_DIVISION_HEAD"
    tells_result: bool = True

    def on(self, who: Actor, when: str) -> Context:
        """Return an act of somebody at an instant, under the rules of the province."""
        return context(who, legal(when), self.profile)

    def begins(self, **otherwise: Any) -> Fact:
        """Return the proposal of a camera of whoever supplies it; no regulation of a province limits its transfer."""
        holder = otherwise.get("holder_unit_id", self.supplier.unit_id)
        limitation = () if otherwise.get("domain") == "SECURITY" else (_limitation(holder),)
        usual = {
            "number": f"{self.code}-2026-000123",
            "area_path": self.area,
            "holder_unit_id": holder,
            "clocks": limitation,
        }
        return detected(**{**usual, **otherwise})

    def driven(self, until: str, *, begins: Fact | None = None, **otherwise: Act | None) -> Given[Case]:
        """Return the usual case as it is after an act of its way; some acts are done otherwise, or not at all."""
        people = {APPROVER: self.supplier, HANDLER: self.handler, CHIEF: self.chief}
        case = given(Case, begins or self.begins())
        for name, (at, who, usual) in WAY.items():
            act = {**self.acts, **otherwise}.get(name, usual)
            if act is not None:
                case.after(context(people[who], at, self.profile), act)
            if name == until:
                return case
        raise LookupError(until)

    @property
    def acts(self) -> Mapping[str, Act | None]:
        """The acts that are another one's words in each province."""
        penalty = replace(PENALTY, signer_title=self.title)
        tells: dict[str, Act | None] = {} if self.tells_result else {"notifyResult": None}
        return {
            **tells,
            "approveCase": lambda case, ctx: case.approve(ctx, plate=CAR, recipient=self.recipient),
            "decidePenalty": lambda case, ctx: case.decide(ctx, penalty),
        }


def _limitation(holder: Any) -> Any:
    return clock("LIMITATION", OCCURRED_AT, holder, due=LIMITATION)


# -- Quảng Trị -----------------------------------------------------------------------

QT: Final = "quang-tri"
QT_CENTRE: Final = unit("QT-TT", "CENTRE", QT)
QT_POLICE: Final = unit("QT-CAT", "PROVINCIAL_POLICE", QT)
QT_DISTRICT: Final = unit("QT-CAH", "DISTRICT_POLICE", f"{QT}/dong-ha")
QT_TRANSPORT: Final = unit("QT-GTVT", "TRANSPORT_DEPARTMENT", QT)
QT_BOARD: Final = unit("QT-BAN", "SAFETY_BOARD", QT)
QT_STATION: Final = unit("QT-DK", "INSPECTION_CENTRE", QT)
QT_FORCE: Final = unit("QT-LL", "OTHER_FORCE", QT)

QT_APPROVER: Final = actor(0x7401, QT_CENTRE, "APPROVER")
QT_HANDLER: Final = actor(0x7402, QT_POLICE, "HANDLER")
QT_CHIEF: Final = actor(0x7403, QT_POLICE, "LEADER", leader=True)
QT_INSPECTOR: Final = actor(0x7404, QT_TRANSPORT, "HANDLER")
QT_CHIEF_INSPECTOR: Final = actor(0x7405, QT_TRANSPORT, "LEADER", leader=True)
QT_DISTRICT_HANDLER: Final = actor(0x7406, QT_DISTRICT, "HANDLER")
QT_DISTRICT_CHIEF: Final = actor(0x7407, QT_DISTRICT, "LEADER", leader=True)

QUANG_TRI: Final = Province(
    profile=QT,
    code="QT",
    area=f"{QT}/dong-ha",
    supplier=QT_APPROVER,
    handler=QT_HANDLER,
    chief=QT_CHIEF,
    recipient=QT_POLICE,
)

# -- Yên Bái: three equal parties -----------------------------------------------------

YB: Final = "yen-bai"
YB_POLICE: Final = unit("YB-CAT", "PROVINCIAL_POLICE", YB)
YB_OFFICE: Final = unit("YB-VP", "COMMITTEE_OFFICE", YB)
YB_TRANSPORT: Final = unit("YB-GTVT", "TRANSPORT_DEPARTMENT", YB)

YB_HANDLER: Final = actor(0x2101, YB_POLICE, "HANDLER")
YB_CHIEF: Final = actor(0x2102, YB_POLICE, "LEADER", leader=True)
YB_POLICE_APPROVER: Final = actor(0x2103, YB_POLICE, "APPROVER")
YB_APPROVER: Final = actor(0x2104, YB_TRANSPORT, "APPROVER")
YB_INSPECTOR: Final = actor(0x2105, YB_TRANSPORT, "HANDLER")
YB_OFFICER: Final = actor(0x2106, YB_OFFICE, "HANDLER")
YB_OFFICE_APPROVER: Final = actor(0x2107, YB_OFFICE, "APPROVER")

YEN_BAI: Final = Province(
    profile=YB,
    code="YB",
    area=f"{YB}/thanh-pho",
    supplier=YB_APPROVER,
    handler=YB_HANDLER,
    chief=YB_CHIEF,
    recipient=YB_POLICE,
    tells_result=False,
)
