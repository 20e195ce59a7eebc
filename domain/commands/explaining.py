"""Why somebody may do something, or may not: as everything stands on record, or as it stood at a past instant.

It is decided by what decides the act itself: the guard of the act, or the matrix with the facts that held then.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.camera import Camera
from domain.camera import guards as camera_guards
from domain.camera.guards import PUBLIC_SET, check_camera
from domain.case import Case
from domain.case import guards as case_guards
from domain.case.acts import guards_on
from domain.commands.account import actor_of
from domain.commands.application import Record
from domain.context import Actor, Context, Delegation, Grant, Permission
from domain.errors import NotFound, Refusal
from domain.extraction.guards import check_request

Subject = Camera | Case
Check = Callable[[Any, Context], Refusal | None]


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
    subject: Subject | None,
    at: datetime,
) -> Explanation:
    """Say whether an account may do it, as *record* has the account; *circumstances* are those of that instant.

    Raises:
        NotFound: there was no such account, or no unit of it.
    """
    state = str(subject.state) if subject is not None else None
    found = Explanation(action=action, at=at, account_id=account_id, actor=None, refusal=None, state=state)
    try:
        actor = actor_of(record, account_id, now=at)
    except NotFound:
        raise
    except Refusal as closed:
        return replace(found, refusal=closed)
    context = circumstances(actor)
    check = _check_of(record, action, subject)
    refusal = check(subject, context)
    permission = _permission(action, subject, context)
    rules, basis = permission.rules, permission.basis
    if refusal is not None and refusal.rule is not None and refusal.rule not in rules:
        rules, basis = (refusal.rule,), _citation(context, refusal.rule)
    return replace(
        found,
        actor=actor,
        refusal=refusal,
        rules=rules,
        basis=basis,
        missing=() if refusal is None else permission.missing,
        grant=None if refusal else _opening(check, subject, context),
        delegation=actor.delegation,
        rulebook=context.rulebook.version,
    )


def subject_of(record: Record, subject_id: UUID) -> Subject | None:
    """The camera or the case of an id; None where there was none."""
    try:
        return record.find(Camera, subject_id)
    except NotFound:
        pass
    try:
        return record.find(Case, subject_id)
    except NotFound:
        return None


def _check_of(record: Record, action: str, subject: Subject | None) -> Check:
    """The guard that decides the act, with what the camera of a case had on record; else a cell of the matrix."""
    if isinstance(subject, Camera):
        if action == "requestExtraction":
            return check_request
        return lambda camera, context: check_camera(camera, context, action)
    if isinstance(subject, Case):
        camera = record.find(Camera, subject.camera_id)
        acts: dict[str, Check] = {
            **guards_on(camera),
            "case.view": case_guards.check_view,
            "evidence.view": lambda case, context: case_guards.check_open(case, camera, context),
        }
        if action in acts:
            return acts[action]
    return lambda _, context: context.check_may(action, facts=_facts(action, subject, context))


def _permission(action: str, subject: Subject | None, context: Context) -> Permission:
    """What the matrix says; of a camera that everybody may see, what it says of those where that opens it."""
    facts = _facts(action, subject, context)
    if not isinstance(subject, Camera):
        return context.permission(action, facts=facts)
    permission = context.permission(action, on=subject.domain, facts=facts)
    if not permission.allowed and subject.published and not subject.secret:
        public = context.permission(action, on=PUBLIC_SET, facts=facts)
        return public if public.allowed else permission
    return permission


def _facts(action: str, subject: Subject | None, context: Context) -> frozenset[str]:
    if isinstance(subject, Camera):
        return camera_guards.facts_about(subject, context, action)
    if isinstance(subject, Case):
        return case_guards.facts_of(subject, context)
    return context.rulebook.facts_about(context.actor.unit_kind)


def _opening(check: Check, subject: Subject | None, context: Context) -> Grant | None:
    """The grant that makes it so: without any it would be refused, with this one alone it is not."""

    def refused(*grants: Grant) -> bool:
        held = replace(context, actor=replace(context.actor, grants=grants))
        return check(subject, held) is not None

    if not context.actor.grants or not refused():
        return None
    return next((one for one in context.actor.grants if not refused(one)), None)


def _citation(context: Context, rule: str) -> str:
    try:
        return context.rulebook.citation(rule)
    except LookupError:
        return rule
