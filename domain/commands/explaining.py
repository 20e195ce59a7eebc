"""Why somebody may do something, or may not: as everything stands on record, or as it stood at a past instant.

It is decided by what decides the act itself: the guard of the act, or the matrix with the facts that held then.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.account import Account
from domain.camera import Camera
from domain.camera.guards import check_camera
from domain.case import Case
from domain.case import guards as case_guards
from domain.clock import legal_date
from domain.commands.account import actor_of
from domain.commands.acts import ACTS, ANEW, CONTROLS, CREDENTIALS, OF_CAMERA, acts_on, nouns_of
from domain.commands.application import NOUNS, Record
from domain.context import Actor, Authority, Context, Delegation, Grant, Permission
from domain.control import CameraControl, Controls
from domain.errors import Forbidden, InvalidInput, NotFound, Refusal
from domain.extraction import FootageExtraction
from domain.unit import Unit

Decides = Callable[[Context], Refusal | None]
"""What decides one act on one thing, of whoever acts."""


@dataclass(frozen=True, kw_only=True)
class Heard(Context):
    """Circumstances that keep what the matrix answered: what a yes or a no of a guard stands on."""

    answers: list[Permission] = field(default_factory=list)
    checked: list[tuple[Permission, Refusal | None]] = field(default_factory=list)

    def permission(
        self, action: str, *, on: str | None = None, facts: frozenset[str] = frozenset()
    ) -> Permission:
        """Ask the authority, and keep the answer."""
        self.answers.append(super().permission(action, on=on, facts=facts))
        return self.answers[-1]

    def check_may(
        self, action: str, *, on: str | None = None, facts: frozenset[str] = frozenset()
    ) -> Refusal | None:
        """Guard: as it is, and keep what it was decided by."""
        refusal = super().check_may(action, on=on, facts=facts)
        self.checked.append((self.answers[-1], refusal))
        return refusal

    def decisive(self, refusal: Refusal | None) -> Permission | None:
        """The answer that refused, or the last of those that allowed; None where the matrix was not asked."""
        if refusal is not None:
            refused = next((one for one, said in self.checked if said is refusal), None)
            if refused is not None:
                return refused
        allowed = [one for one, said in self.checked if said is None]
        return next((one for one in (*reversed(allowed), *reversed(self.answers)) if one.allowed), None)


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A yes or a no, what it stands on, and what it would take besides."""

    action: str
    at: datetime
    account_id: UUID
    actor: Actor | None
    """As the account stood then; None where it could not act at all."""
    refusal: Refusal | None
    rules: tuple[str, ...] = ()
    basis: str = ""
    missing: tuple[str, ...] = ()
    grant: Grant | None = None
    """Without which it would be a no."""
    delegation: Delegation | None = None
    rulebook: str = ""
    state: str | None = None
    """Of what it is done on."""

    @property
    def allowed(self) -> bool:
        """Whether it is a yes."""
        return self.refusal is None


def explain(
    record: Record,
    circumstances: Callable[[Actor], Context],
    *,
    account_id: UUID,
    action: str,
    subject: Aggregate | None,
    at: datetime,
) -> Explanation:
    """Say whether an account may do it, as *record* has the account; *circumstances* are those of that instant.

    Raises:
        NotFound: there was no such account, or no unit of it.
        InvalidInput: it is not done to this.
    """
    decide = decides(record, action, subject)
    state = getattr(subject, "state", None)
    found = Explanation(
        action=action,
        at=at,
        account_id=account_id,
        actor=None,
        refusal=None,
        state=None if state is None else str(state),
    )
    try:
        actor = actor_of(record, account_id)
    except NotFound:
        raise
    except Refusal as closed:
        return replace(found, refusal=closed)
    context = Heard(**vars(circumstances(actor)))
    refusal = decide(context)
    decisive = context.decisive(refusal)
    rules, basis = (decisive.rules, decisive.basis) if decisive else ((), "")
    if refusal is not None and refusal.rule is not None and refusal.rule not in rules:
        rules, basis = (refusal.rule,), _citation(context, refusal.rule)
    return replace(
        found,
        actor=actor,
        refusal=refusal,
        rules=rules,
        basis=basis,
        missing=decisive.missing if decisive is not None and not decisive.allowed else (),
        grant=None if refusal else _opening(decide, context),
        delegation=actor.delegation,
        rulebook=context.rulebook.version,
    )


def subject_of(record: Record, subject_id: UUID) -> Aggregate | None:
    """What has this id, if it is something that acts are done to; None where there was nothing."""
    for noun in ACTS:
        try:
            return cast("Aggregate", record.find(noun, subject_id))
        except NotFound:
            continue
    return None


def check_action(action: str, authority: Authority) -> None:
    """Somebody asks of what there is.

    Raises:
        InvalidInput: there is no such action in the matrix, and no such mutation with a guard.
    """
    if not (authority.knows(action) or action in ANEW or nouns_of(action)):
        raise InvalidInput(
            "action",
            "không phải hành vi trong ma trận (như case.view) hay tên lệnh có điều kiện (như approveCase)",
            "neither an action of the matrix (such as case.view) nor a mutation with a guard (such as approveCase)",
        )


def check_audit(record: Record, subject: Aggregate, context: Context) -> Refusal | None:
    """Guard: it lies in the area whose audit one replays: of it one is told what others may."""
    refusal = context.check_may("audit.replay")
    if refusal is None and not context.actor.covers(area_of(record, subject)):
        return Forbidden(
            "Ngoài địa bàn của đơn vị",
            "It lies outside of the unit's area",
            rule=context.rule_of("audit.replay"),
        )
    return refusal


def check_view(record: Record, subject: Aggregate, context: Context) -> Refusal | None:
    """Guard: one is shown it: of it one is told what one may oneself."""
    if check_audit(record, subject, context) is None:
        return None
    return ACTS[type(subject)].check_view(_facts(record, subject), context)


def area_of(record: Record, subject: Aggregate) -> str:
    """Where it lies."""
    return str(_facts(record, subject).area_path)


def decides(record: Record, action: str, subject: Aggregate | None) -> Decides:
    """What decides an act: its guard, or the matrix with the facts that hold.

    Raises:
        InvalidInput: it is not done to this.
    """
    guard = _guard(record, action, subject)
    if guard is not None:
        return guard
    others = nouns_of(action) if "." not in action else []  # the matrix is asked of anything
    if others:
        vi, en = (", ".join(NOUNS[one][language] for one in others) for language in (0, 1))
        raise InvalidInput("on", f"{action} được làm với: {vi}", f"{action} is done to: {en}")
    if subject is None:
        return lambda context: context.check_may(
            action, facts=context.rulebook.facts_about(context.actor.unit_kind)
        )
    if isinstance(subject, Camera):
        return partial(check_camera, subject, action=action)
    if isinstance(subject, Case):
        case = subject
        return lambda context: context.check_may(action, facts=case_guards.facts_of(case, context))
    known, (vi, en) = ", ".join(acts_on(type(subject))), NOUNS[type(subject)]
    raise InvalidInput(
        "action", f"với {vi}, hãy hỏi theo tên lệnh: {known}", f"of this ({en}) ask by mutation: {known}"
    )


def _guard(record: Record, action: str, subject: Aggregate | None) -> Decides | None:
    """The guard of an act on this, or of what is made anew."""
    if isinstance(subject, Account) and action in CREDENTIALS:
        return partial(CREDENTIALS[action], subject, record.find(Unit, subject.unit_id))
    if isinstance(subject, Camera) and action in CONTROLS:
        camera = subject
        return lambda context: CONTROLS[action](_controls(record, camera, context), context)
    if isinstance(subject, Case | FootageExtraction) and action in OF_CAMERA[type(subject)][0]:
        _, guards = OF_CAMERA[type(subject)]
        return partial(guards(record.find(Camera, subject.camera_id))[action], subject)
    if subject is not None and action in ACTS[type(subject)].guards:
        return partial(ACTS[type(subject)].guards[action], _facts(record, subject))
    return ANEW.get(action)


def _facts(record: Record, subject: Aggregate) -> Any:
    """What the guards of its noun look at: an account is asked of with its unit."""
    if isinstance(subject, Account):
        return subject.placed(record.find(Unit, subject.unit_id))
    return subject


def _controls(record: Record, camera: Camera, context: Context) -> Controls:
    """A camera with who held its controls then."""
    try:
        today = record.find(CameraControl, CameraControl.create_id(camera.id, legal_date(context.now)))
    except NotFound:
        return Controls(camera=camera, hold=None)
    return Controls(camera=camera, hold=today.hold)


def _opening(decide: Decides, context: Heard) -> Grant | None:
    """The grant that makes it so: without any it would be refused, with this one alone it is not."""

    def refused(*grants: Grant) -> bool:
        return decide(replace(context, actor=replace(context.actor, grants=grants))) is not None

    if not context.actor.grants or not refused():
        return None
    return next((one for one in context.actor.grants if not refused(one)), None)


def _citation(context: Context, rule: str) -> str:
    try:
        return context.rulebook.citation(rule)
    except LookupError:
        return rule
