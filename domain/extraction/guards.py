"""What must hold before each act on an extraction; each rule is written here once.

The command raises what a guard returns, `availableActions` shows it, the state-machine tests enumerate it.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol
from uuid import UUID

from domain.camera.guards import CameraFacts, check_secret, check_see, check_watch
from domain.context import Actor, Context
from domain.errors import Forbidden, Refusal, SamePerson, WrongState
from domain.extraction.state import ExtractionState

WRITTEN: Final = frozenset({"written-request"})
"""What the matrix calls a request with a document, its content and an undertaking (R-DH-12.2.d)."""


class ExtractionFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows an extraction."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def area_path(self) -> str:
        """Where the camera is."""

    @property
    def operating_unit_id(self) -> UUID:
        """The unit that operates the camera."""

    @property
    def requesting_unit_id(self) -> UUID | None:
        """The unit that asked."""

    @property
    def requesting_unit_kind(self) -> str:
        """What kind of unit that is."""

    @property
    def requested_by(self) -> str:
        """The account that asked."""

    @property
    def behind(self) -> Sequence[str]:
        """Who stands behind the request and the decision on it: by whose rights they acted as well."""

    @property
    def decided_by(self) -> str | None:
        """The account that approved or rejected."""

    @property
    def executed_by(self) -> str | None:
        """The account that cut."""

    @property
    def executing_unit_id(self) -> UUID | None:
        """The unit that cut."""

    @property
    def receiver_account_id(self) -> UUID | None:
        """The account it was handed to."""


Guard = Callable[[ExtractionFacts, Context], Refusal | None]


def request_of(unit_kind: str) -> str:
    """What the matrix calls a request of a unit of that kind, such as `request-of-commune-police`."""
    return f"request-of-{unit_kind.lower().replace('_', '-')}"


def decides_for(context: Context, unit_kind: str) -> bool:
    """Whether the regulation has the actor decide on the requests of units of a kind (R-DH-12.2.c2, R-QT-7.4.0)."""
    named = context.actor.unit_kind in context.rulebook.deciders(unit_kind)
    return (
        named and context.permission("extraction.approve", facts=frozenset({request_of(unit_kind)})).allowed
    )


def facts_of(extraction: ExtractionFacts, context: Context) -> frozenset[str]:
    """The conditions of the permission matrix that hold for this actor and this extraction."""
    facts = set()
    if context.actor.covers(extraction.area_path):
        facts.add("own-area")
    facts.add(request_of(extraction.requesting_unit_kind))
    if extraction.receiver_account_id == context.actor.account_id:
        facts.add("receiver")
    if _is_party(extraction, context):
        facts.add("party-to-extraction")
    return frozenset(facts)


UNDECIDED: Final = (ExtractionState.REQUESTED, ExtractionState.REJECTED)
"""Where nothing is to be cut, whoever may cut has nothing to see."""


def _is_party(extraction: ExtractionFacts, context: Context) -> bool:
    """The unit asked, operates the camera or cut, or is one in whose area this is decided on or may be cut."""
    if context.actor.unit_id in {
        extraction.requesting_unit_id,
        extraction.operating_unit_id,
        extraction.executing_unit_id,
    }:
        return True
    if not context.actor.covers(extraction.area_path):
        return False
    cuts = context.permission("extraction.execute").allowed and extraction.state not in UNDECIDED
    return cuts or decides_for(context, extraction.requesting_unit_kind)


def may_receive(extraction: ExtractionFacts, context: Context, receiver: Actor) -> bool:
    """Whether a person is of the unit that asked, with a function that receives and reads."""

    def may(action: str, fact: str) -> bool:
        facts = frozenset({fact})
        return context.authority.may(receiver, action, now=context.now, facts=facts).allowed

    return (
        receiver.unit_id == extraction.requesting_unit_id
        and may("extraction.accept", "receiver")
        and may("extraction.view", "party-to-extraction")
    )


def check_view(extraction: ExtractionFacts, context: Context) -> Refusal | None:
    """Only its parties see an extraction, and whoever may replay the audit of its area.

    These are the rows that `projections.scope.of_extractions` lists.
    """
    if not context.permission("audit.replay").allowed:
        return context.check_may("extraction.view", facts=facts_of(extraction, context))
    if context.actor.covers(extraction.area_path):
        return None
    return Forbidden(
        "Lượt trích xuất ngoài địa bàn của đơn vị",
        "The extraction lies outside of the unit's area",
        rule=context.rule_of("extraction.view"),
    )


def _open(
    extraction: ExtractionFacts,
    context: Context,
    action: str,
    wanted: ExtractionState,
    *others: ExtractionState,
) -> Refusal | None:
    """The matrix allows the act to this actor, in whose area it is, and the extraction is where the act begins."""
    refusal = context.check_may(action, facts=facts_of(extraction, context))
    if refusal is not None:
        return refusal
    rule = context.rule_of(action)
    if not context.actor.covers(extraction.area_path):
        return Forbidden(
            "Camera ngoài địa bàn của đơn vị", "The camera is outside of the unit's area", rule=rule
        )
    if extraction.state not in {wanted, *others}:
        return WrongState(
            f"Lượt trích xuất ở trạng thái {extraction.state}, cần {wanted}",
            f"The extraction is {extraction.state}, it must be {wanted}",
            rule=rule,
        )
    return None


def is_written(document_number: str | None, note: str | None, *, undertaking: bool) -> bool:
    """Whether a request is one in writing: by a document, with its content and the undertaking."""
    return bool(document_number and note and undertaking)


def check_request(camera: CameraFacts, context: Context, *, in_writing: bool = True) -> Refusal | None:
    """Footage is asked for by a unit that may view the camera, and whose requests somebody is named to decide on.

    *in_writing*: with a document, its content, and the undertaking to keep to the purpose (R-DH-12.2.d).
    """
    facts = WRITTEN if in_writing else frozenset[str]()
    refusal = check_watch(camera, context, also=facts) or context.check_may("extraction.request", facts=facts)
    if refusal is None and not context.rulebook.deciders(context.actor.unit_kind):
        return Forbidden(
            "Quy chế không nêu ai duyệt đề nghị trích xuất của đơn vị loại này",
            "Not set by this regulation: who decides on a request of this kind of unit",
            rule=context.rule_of("extraction.approve"),
        )
    return refusal


def check_source(camera: CameraFacts, context: Context, *, in_writing: bool) -> Refusal | None:
    """The camera is there for whoever sees it in the register, and for a request in writing that may ask of it."""
    return check_see(camera, context) and check_request(camera, context, in_writing=in_writing)


def check_approve(extraction: ExtractionFacts, context: Context) -> Refusal | None:
    """A request is decided by whom the regulation names for such requests, and never by who made it."""
    may = context.check_may("extraction.approve", facts=facts_of(extraction, context))
    if may is None and not decides_for(context, extraction.requesting_unit_kind):
        return Forbidden(
            "Quy chế giao đơn vị khác duyệt đề nghị trích xuất của đơn vị loại này",
            "The regulation names others to decide on a request of this kind of unit",
            rule=context.rule_of("extraction.approve"),
        )
    refusal = may or _open(extraction, context, "extraction.approve", ExtractionState.REQUESTED)
    if refusal is None and context.actor.people & set(extraction.behind):
        return SamePerson(
            "Người đề nghị không được duyệt đề nghị của mình",
            "Whoever asked for the extraction may not decide on it",
            rule=context.rule_of("extraction.approve"),
        )
    return refusal


def check_execute(extraction: ExtractionFacts, context: Context) -> Refusal | None:
    """Nothing is copied without leave (R-QT-5.5.0): what was approved is cut, by neither who asked nor who approved."""
    refusal = _open(extraction, context, "extraction.execute", ExtractionState.APPROVED)
    if refusal is None and context.actor.people & set(extraction.behind):
        return SamePerson(
            "Người đề nghị, người duyệt và người thực hiện phải là ba người khác nhau",
            "Requester, approver and executor must be three people",
            rule=context.rule_of("extraction.execute"),
        )
    return refusal


def check_hand_over(extraction: ExtractionFacts, context: Context) -> Refusal | None:
    """The unit that executed it hands it over, and to somebody else as long as nobody has accepted."""
    refusal = _open(
        extraction, context, "extraction.hand_over", ExtractionState.EXECUTED, ExtractionState.HANDED_OVER
    )
    if refusal is None and extraction.executing_unit_id != context.actor.unit_id:
        return Forbidden(
            "Đơn vị thực hiện trích xuất mới được bàn giao",
            "The unit that executed the extraction hands it over",
            rule=context.rule_of("extraction.hand_over"),
        )
    return refusal


def check_minutes(extraction: ExtractionFacts, context: Context) -> Refusal | None:
    """The unit that handed it over makes the minutes of that, from then on."""
    refusal = _open(
        extraction, context, "extraction.hand_over", ExtractionState.HANDED_OVER, ExtractionState.ACCEPTED
    )
    if refusal is None and extraction.executing_unit_id != context.actor.unit_id:
        return Forbidden(
            "Đơn vị thực hiện trích xuất mới được lập biên bản bàn giao",
            "The unit that executed the extraction makes the minutes",
            rule=context.rule_of("extraction.hand_over"),
        )
    return refusal


def check_accept(extraction: ExtractionFacts, context: Context) -> Refusal | None:
    """The named receiver accepts it, nobody else."""
    refusal = context.check_may("extraction.accept", facts=facts_of(extraction, context))
    if refusal is None and extraction.state != ExtractionState.HANDED_OVER:
        return WrongState(
            f"Lượt trích xuất ở trạng thái {extraction.state}, cần {ExtractionState.HANDED_OVER}",
            f"The extraction is {extraction.state}, it must be {ExtractionState.HANDED_OVER}",
            rule=context.rule_of("extraction.accept"),
        )
    return refusal


def check_footage(extraction: ExtractionFacts, camera: CameraFacts, context: Context) -> Refusal | None:
    """What may be a state secret is cut and given by the camera's own system, for a unit of it, or by nobody.

    Asked after the act's own guard: whoever may not act is told nothing of the camera.
    """
    return check_secret(camera, context, extraction.requesting_unit_id)


def check_open(extraction: ExtractionFacts, camera: CameraFacts, context: Context) -> Refusal | None:
    """The files are opened by the receiver who accepted them: opening is part of the handing over."""
    if extraction.receiver_account_id != context.actor.account_id:
        return Forbidden(
            "Chỉ người nhận bàn giao được mở tệp trích xuất",
            "Only the person it was handed to opens the files of an extraction",
            rule=context.rule_of("extraction.accept"),
        )
    if extraction.state != ExtractionState.ACCEPTED:
        return WrongState(
            "Người nhận phải xác nhận bàn giao trước khi mở tệp",
            "The receiver accepts the hand-over before the files are opened",
            rule=context.rule_of("extraction.accept"),
        )
    refusal = context.check_may("extraction.accept", facts=facts_of(extraction, context))
    return refusal or check_footage(extraction, camera, context)


GUARDS: Final[dict[str, Guard]] = {
    "approveExtraction": check_approve,
    "rejectExtraction": check_approve,
    "executeExtraction": check_execute,
    "handOverExtraction": check_hand_over,
    "acceptExtraction": check_accept,
    "issueHandoverMinutes": check_minutes,
}
"""Every act on an extraction that was requested, in the order of the procedure, with its guard."""

GIVING: Final = ("approveExtraction", "executeExtraction", "handOverExtraction", "acceptExtraction")
"""The acts by which footage comes to whoever asked for it; rejecting gives nothing, and minutes show nothing."""


def guards_on(camera: CameraFacts | None) -> dict[str, Guard]:
    """The guards of all acts, with what the camera has on record; a camera that is not shown yet has nothing."""
    if camera is None:
        return dict(GUARDS)

    def on_footage(guard: Guard) -> Guard:
        return lambda extraction, context: (
            guard(extraction, context) or check_footage(extraction, camera, context)
        )

    return {**GUARDS, **{name: on_footage(GUARDS[name]) for name in GIVING}}
