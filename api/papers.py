"""Documents as bytes: made of the record itself, kept sealed, opened in memory, never written anywhere in the clear."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate
from psycopg import Connection

from api.documents import case_papers, given, handover, report_papers
from api.documents.on_record import CameraNamed, CaseOnRecord, Names, personal_in, wanted_names
from api.documents.render import signed
from api.services import Services
from api.urls import Ticket
from domain.case import Case
from domain.case.state import DocumentKind
from domain.clock import legal_date
from domain.commands.document import Press, PressMinutes, PressReport
from domain.context import Context
from domain.documents import Made
from domain.errors import InvalidInput, NotYetVisible, WrongState
from domain.extraction import FootageExtraction
from domain.extraction.events import Requested
from domain.personal import Erased
from domain.report import Report
from policies.documents import Template, templates
from policies.rulebook import Rulebook
from projections import camera_registry, directory, history, report_log
from projections.directory import Entry
from projections.follower import Recorded
from store.keys import KeyUnreadableError

MEDIA_TYPE = "application/pdf"
SEALED = "sealed"
"""The suffix of what is kept: what it is shows only to whoever may open it."""


def press(
    services: Services,
    context: Context,
    *,
    kind: DocumentKind,
    number: str | None,
    fields: Sequence[tuple[str, str]],
) -> Press:
    """What a command asks on a writing thread to have a document made of a case."""
    rulebook = services.rulebook.on(legal_date(context.now))
    template = templates(rulebook.profile)[kind.lower()]
    typed = given.read(template, fields)

    def make(case: Case, document_id: UUID) -> Made:
        on_record = _read(services, case, rulebook)
        known = case_papers.fields_of(kind, on_record)
        facts = given.together(
            known, typed, worded=case_papers.WORDED, added_to=case_papers.ADDED_TO & template.fields.keys()
        )
        if kind is DocumentKind.DECISION:
            _weighed(on_record, facts)
        signed_number = given.number(
            number, case_papers.number_of(kind, on_record), lambda typed: signed(typed, template)
        )
        edition = case.editions.get(kind, 0) + 1
        data = given.pressed(template, facts, made_at=context.now, number=signed_number, edition=edition)
        return keep(
            services, case.id, data, template, document_id=document_id, number=signed_number, edition=edition
        )

    return make


def press_minutes(
    services: Services, context: Context, *, number: str, fields: Sequence[tuple[str, str]]
) -> PressMinutes:
    """What a command asks on a writing thread to have the minutes of a handing over made."""
    rulebook = services.rulebook.on(legal_date(context.now))
    template = templates(rulebook.profile)["handover_minutes"]
    typed = given.read(template, fields)

    def make(extraction: FootageExtraction, document_id: UUID) -> Made:
        known = services.reads.sync(_handed_over, services, extraction, rulebook)
        facts = given.together(known, typed, worded=(), added_to=())
        signed_number = given.number(number, None, lambda typed: signed(typed, template))
        edition = len(extraction.minutes) + 1
        data = given.pressed(template, facts, made_at=context.now, number=signed_number, edition=edition)
        return keep(
            services,
            extraction.id,
            data,
            template,
            document_id=document_id,
            number=signed_number,
            edition=edition,
        )

    return make


def press_report(
    services: Services, context: Context, *, number: str, fields: Sequence[tuple[str, str]]
) -> PressReport:
    """What a command asks on a writing thread to have a report made a document."""
    rulebook = services.rulebook.on(legal_date(context.now))
    template = templates(rulebook.profile)["monthly_report"]
    typed = given.read(template, fields)

    def make(report: Report, document_id: UUID) -> Made:
        known = services.reads.sync(_reported, services, report, rulebook)
        facts = given.together(known, typed, worded=(), added_to=report_papers.ADDED_TO)
        signed_number = given.number(number, None, lambda typed: signed(typed, template))
        edition = len(report.documents) + 1
        data = given.pressed(template, facts, made_at=context.now, number=signed_number, edition=edition)
        return keep(
            services,
            report.id,
            data,
            template,
            document_id=document_id,
            number=signed_number,
            edition=edition,
        )

    return make


def keep(
    services: Services,
    subject: UUID,
    data: bytes,
    template: Template,
    *,
    document_id: UUID,
    number: str,
    edition: int,
) -> Made:
    """Keep a document sealed under the key of whom it is about; it is durable when this returns."""
    return Made(
        document_id=document_id,
        number=number,
        edition=edition,
        template=f"{template.kind}@{template.digest}",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        name=services.footage.keep(services.keys.seal_bytes(subject, data), SEALED),
    )


Entries = dict[tuple[UUID, int], Entry]


class Damaged(Exception):  # noqa: N818 — it says what has become of the document
    """What is kept is not what was made, or is not there any more."""


def opened(services: Services, ticket: Ticket) -> bytes | None:
    """Return a document as it was made; None where the key was destroyed with which it was sealed.

    Raises:
        Damaged: it is not what was made.
        FootageAwayError: the store is away.
    """
    subject, size = ticket.sealed_for, services.footage.size(ticket.name)
    if subject is None or size is None:
        raise Damaged
    try:
        found = services.keys.open_bytes(subject, services.footage.read_range(ticket.name, 0, size))
    except KeyUnreadableError:
        raise Damaged from None
    if isinstance(found, Erased):
        return None
    if hashlib.sha256(found).hexdigest() != ticket.sha256:
        raise Damaged
    return found


def _weighed(on_record: CaseOnRecord, facts: dict[str, Any]) -> None:
    """Each circumstance of the decision is printed as aggravating or as mitigating, and no other one."""
    on_paper = sorted([*facts.get("aggravating", ()), *facts.get("mitigating", ())])
    lines = case_papers.circumstances(on_record)
    if on_paper != sorted(lines):
        named = "; ".join(lines) or "—"
        raise InvalidInput(
            "fields.mitigating",
            f"mỗi tình tiết quyết định đã ghi thuộc aggravating hoặc mitigating: {named}",
            f"each circumstance of the decision goes to aggravating or to mitigating: {named}",
        )


def _read(services: Services, case: Case, rulebook: Rulebook) -> CaseOnRecord:
    """The case from the log itself, up to the version that is decided on."""
    recorded, entries, camera = services.reads.sync(_queried, services, case)
    said = {value for one in recorded for value in personal_in(one.event)}
    values = list(said)
    clear = dict(zip(values, services.keys.open(values), strict=True))
    if any(isinstance(text, Erased) for text in clear.values()):
        raise WrongState(
            "Dữ liệu cá nhân của hồ sơ đã bị xóa, không lập được văn bản",
            "The personal data of the case was erased, and no document can be made of it",
        )
    return CaseOnRecord(
        recorded,
        holder_unit_id=case.holder_unit_id,
        opened={value: text for value, text in clear.items() if isinstance(text, str)},
        names=_named(services, entries),
        camera=camera,
        rulebook=rulebook,
    )


def _queried(
    conn: Connection[Any], services: Services, case: Case
) -> tuple[list[Recorded], Entries, CameraNamed]:
    recorded = _upto(conn, services, case)
    entries = _entries(conn, wanted_names(recorded, case.holder_unit_id))
    return recorded, entries, _camera(conn, services, case.camera_id, recorded[0].position)


def _handed_over(
    conn: Connection[Any], services: Services, extraction: FootageExtraction, rulebook: Rulebook
) -> dict[str, Any]:
    recorded = _upto(conn, services, extraction)
    entries = _entries(conn, handover.wanted_names(recorded))
    asked = recorded[0].event
    case_id = asked.case_id if isinstance(asked, Requested) else None
    return handover.facts_of(
        recorded,
        names=_named(services, entries),
        camera=_camera(conn, services, extraction.camera_id, recorded[0].position),
        rulebook=rulebook,
        case_number=services.app.find(Case, case_id).number if case_id else None,
    )


def _reported(
    conn: Connection[Any], services: Services, report: Report, rulebook: Rulebook
) -> dict[str, Any]:
    issued, *_ = _upto(conn, services, report)
    row = report_log.fold(None, issued.event, issued.position)
    if row is None:
        raise LookupError(f"report {report.id} was not issued")
    entries = _entries(conn, report_papers.wanted_names(row))
    return report_papers.facts_of(row, names=_named(services, entries), rulebook=rulebook)


def _upto(conn: Connection[Any], services: Services, of: Aggregate) -> list[Recorded]:
    """What happened, up to the version that is decided on."""
    everything = history.read(conn, services.app.mapper, of.id)
    return [one for one in everything if one.event.originator_version <= of.version]


def _entries(conn: Connection[Any], wanted: set[tuple[UUID, int]]) -> Entries:
    """Who was called what.

    Raises:
        NotYetVisible: the directory has not come so far.
    """
    entries = directory.as_of(conn, wanted)
    if missing := wanted - entries.keys():
        raise NotYetVisible(max(position for _, position in missing))
    return entries


def _named(services: Services, entries: Entries) -> Names:
    """The names; of a person who was erased there is none."""
    people = {place: entry.sealed_name for place, entry in entries.items() if entry.sealed_name}
    clear = dict(zip(people, services.keys.open(list(people.values())), strict=True))
    names = {place: clear.get(place, entry.name) for place, entry in entries.items()}
    return {place: name for place, name in names.items() if isinstance(name, str)}


def _camera(conn: Connection[Any], services: Services, camera_id: UUID, position: int) -> CameraNamed:
    then = history.read(conn, services.app.mapper, camera_id, upto=position)
    camera = history.state(then, lambda row, event, _: camera_registry.fold(row, event))
    if camera is None:
        raise LookupError(f"camera {camera_id} was not registered when it saw something")
    return CameraNamed(camera.code, camera.name)
