"""The facts of each document of a case, as the case itself says them; what it does not know stays absent."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from api.documents.on_record import CaseOnRecord, clock_of, last_day
from api.documents.render import signed
from api.documents.values import day
from domain.case.explanation import Explained
from domain.case.record import RecordDrawn, RecordTransferred
from domain.case.review import Correctable
from domain.case.sanction import DecisionIssued
from domain.case.state import DocumentKind, Explanation
from domain.case.verification import Concluded
from domain.case.violator import NoticeSent, OwnerIdentified, ViolatorDetermined
from domain.clock import legal_date
from domain.rules import Bracket, VehicleGroup
from policies.documents import Template, templates
from policies.profile import Instrument

Facts = dict[str, Any]

WORDED: Final = frozenset({"violation_domain", "vehicle_kind", "signer_title"})
"""What the case knows as one of a list, such as a group of vehicles: whoever issues may word it more nearly."""
ADDED_TO: Final = frozenset({"legal_bases", "papers"})
"""Lists that the case begins, and whoever issues goes on with."""

ROADS: Final = "trật tự, an toàn giao thông đường bộ"
VEHICLES: Final = {
    VehicleGroup.CAR: "xe ô tô",
    VehicleGroup.MOTORBIKE: "xe mô tô, xe gắn máy",
    VehicleGroup.SPECIAL: "xe máy chuyên dùng",
    VehicleGroup.BICYCLE: "xe đạp, xe thô sơ",
}
EVIDENCE: Final = {
    "FRAME_BEFORE": "Ảnh trước vi phạm",
    "FRAME_AT": "Ảnh khi vi phạm",
    "FRAME_AFTER": "Ảnh sau vi phạm",
    "CLIP": "Đoạn ghi hình",
}
MANNERS: Final = {
    "EXPLAIN_WRITTEN": "Giải trình bằng văn bản",
    "EXPLAIN_REQUEST": "Đề nghị giải trình trực tiếp",
}
INSTRUMENTS: Final = (
    (re.compile(r"NĐ (\d+/\d+)(?:/NĐ-CP)?"), r"Nghị định số \1/NĐ-CP"),
    (re.compile(r"^(\d[\d/]*/QĐ-UBND)$"), r"Quyết định số \1"),
    (re.compile(r"^(\d[\d/]*/UBND-VP)$"), r"Công văn số \1"),
    (re.compile(r" (?:as amended by|with) "), ", sửa đổi, bổ sung bởi "),
)
"""How a rulebook names an instrument, and how a document does."""
DECREE: Final = re.compile(r"NĐ \d+/\d+")
PROVISION: Final = re.compile(r" Đ\S+| \[\w+\]")
"""What a citation says beside its decree: where in it, and how surely that is known."""


def fields_of(kind: DocumentKind, case: CaseOnRecord) -> Facts:
    """Return what the case says of a document of this kind."""
    facts = {
        "case_number": case.first.number,
        "log_position": f"{case.position:016d}",
        "violation_name": case.rulebook.violation_kinds[case.first.rule].vi,
        **FACTS[kind](case),
    }
    return {name: value for name, value in facts.items() if value is not None and value != []}


def number_of(kind: DocumentKind, case: CaseOnRecord) -> str | None:
    """Return the number that the case has for such a document, as it is signed."""
    record, decision, notice = case.last(RecordDrawn), case.last(DecisionIssued), case.last(NoticeSent)
    number = {
        DocumentKind.RECORD: record.contents.number if record else None,
        DocumentKind.DECISION: decision.number if decision else None,
        DocumentKind.NOTICE: notice.reference if notice else None,
    }.get(kind)
    return signed(number, template_of(kind, case)) if number else None


def template_of(kind: DocumentKind, case: CaseOnRecord) -> Template:
    """Return the template of a kind in the profile of the installation."""
    return templates(case.rulebook.profile)[kind.lower()]


# -- each kind --------------------------------------------------------------------------


def _notice(case: CaseOnRecord) -> Facts:
    sent = case.last(NoticeSent)
    appear = clock_of(sent, "OWNER_APPEARANCE") if sent else None
    return {
        **_act(case),
        **_vehicle(case),
        "unit_name": case.unit(NoticeSent) or case.holder,
        "owner_name": case.value(Correctable.OWNER_NAME),
        "owner_address": case.value(Correctable.OWNER_ADDRESS),
        "detecting_unit": case.detector,
        "handling_unit": case.holder,
        "camera_code": case.camera.code,
        "come_by": last_day(appear.due) if appear else None,
        "evidence": _evidence(case),
    }


def _record(case: CaseOnRecord) -> Facts:
    record = _drawn(case)
    said = record.contents
    return {
        **_act(case),
        **_vehicle(case),
        **_violator(case),
        "unit_name": case.unit(RecordDrawn),
        "violation_domain": ROADS,
        "drawn_at": said.drawn_at,
        "drawn_place": case.opened(said.place),
        "legal_bases": [
            f"kết quả thu được bằng phương tiện, thiết bị kỹ thuật nghiệp vụ của {case.detector}",
            *_concluded(case),
            *_decrees(case, said.drawn_at),
            *_own_instruments(case, said.drawn_at),
        ],
        "record_maker": case.person(RecordDrawn),
        "record_maker_title": said.maker_title,
        "witnesses": [{"name": line} for line in _lines(case.opened(said.witnesses))],
        "violation_description": case.opened(said.behaviour),
        "violation_provision": _provision(case),
        "camera_code": case.camera.code,
        "evidence": _evidence(case),
        "violator_statement": case.opened(said.statement),
        "preventive_measures": case.opened(said.measures),
        "explanation_right": record.explainable,
        "explanation_deadlines": [
            {"manner": manner, "until": last_day(clock.due)}
            for timer, manner in MANNERS.items()
            if (clock := clock_of(record, timer))
        ],
        "copies": said.copies,
        "violator_signed": said.signed_by_violator,
        "signature_refusal_reason": case.opened(said.no_signature_reason),
    }


def _transfer_minutes(case: CaseOnRecord) -> Facts:
    record, sent = _drawn(case), case.last(RecordTransferred)
    clock = clock_of(record, "TRANSFER_RECORD")
    limit = case.rulebook.deadline("TRANSFER_RECORD", record.contents.drawn_at)
    due = clock.due if clock else limit.due if limit else None
    return {
        "unit_name": case.unit(RecordTransferred) or case.holder,
        "transferred_at": sent.envelope.took_place_at if sent else None,
        "record_number": number_of(DocumentKind.RECORD, case),
        "drawn_at": record.contents.drawn_at,
        "due_at": due,
        "lateness_reason": case.opened(sent.late_reason) if sent else None,
        "violator_name": case.value(Correctable.VIOLATOR_NAME),
        "sender_name": case.person(RecordTransferred),
        "recipient_unit_name": case.recipient(),
        "papers": _papers(case),
        "evidence": _evidence(case),
    }


def _decision(case: CaseOnRecord) -> Facts:
    decision, record = case.last(DecisionIssued), _drawn(case)
    if decision is None:
        raise LookupError("a decision is made of a decision")
    decided_at = decision.envelope.took_place_at
    explained = case.last(Explained)
    return {
        **_act(case),
        **_vehicle(case),
        **_violator(case),
        "unit_name": case.unit(DecisionIssued),
        "decided_at": legal_date(decided_at),
        "legal_bases": [*_decrees(case, decided_at), *_own_instruments(case, decided_at)],
        "record_number": number_of(DocumentKind.RECORD, case),
        "drawn_at": record.contents.drawn_at,
        "verification_document": next(iter(_concluded(case)), None),
        "explanation_document": _explanation(explained) if explained else None,
        "signer_name": case.person(DecisionIssued),
        "signer_title": case.rulebook.common.titles[decision.signer_title].vi,
        "violation_provision": _provision(case),
        "fine": decision.fine,
        "points": decision.points or None,
        "suspension_months": decision.suspension_months or None,
        "remedies": list(decision.remedies),
        "execute_within_days": decision.execute_within_days,
    }


FACTS: Final[Mapping[DocumentKind, Callable[[CaseOnRecord], Facts]]] = {
    DocumentKind.NOTICE: _notice,
    DocumentKind.RECORD: _record,
    DocumentKind.TRANSFER_MINUTES: _transfer_minutes,
    DocumentKind.DECISION: _decision,
}


def circumstances(case: CaseOnRecord) -> list[str]:
    """Return the circumstances that a decision weighed, a line each; whoever issues says which aggravate."""
    decision = case.last(DecisionIssued)
    return _lines(case.opened(decision.circumstances)) if decision else []


# -- what several share -----------------------------------------------------------------


def _drawn(case: CaseOnRecord) -> RecordDrawn:
    record = case.last(RecordDrawn)
    if record is None:
        raise LookupError("there is no record")
    return record


def _act(case: CaseOnRecord) -> Facts:
    return {"occurred_at": case.first.occurred_at, "place": case.camera.name}


def _vehicle(case: CaseOnRecord) -> Facts:
    plate = case.value(Correctable.PLATE)
    if plate is None:
        return {}
    owner, record = case.last(OwnerIdentified), case.last(RecordDrawn)
    group = record.vehicle_group if record else owner.vehicle_group if owner else None
    return {
        "plate": plate,
        "plate_colour": owner.plate_colour if owner else None,
        "vehicle_kind": VEHICLES[VehicleGroup(group)] if group else None,
    }


def _violator(case: CaseOnRecord) -> Facts:
    violator = case.last(ViolatorDetermined)
    return {
        "violator_is_organisation": violator.is_organisation if violator else None,
        "violator_name": case.value(Correctable.VIOLATOR_NAME),
        "violator_address": case.value(Correctable.VIOLATOR_ADDRESS),
        "violator_identity_number": case.value(Correctable.VIOLATOR_IDENTITY_NUMBER),
    }


def _evidence(case: CaseOnRecord) -> list[Facts]:
    return [
        {
            "kind": EVIDENCE.get(item.kind, item.kind),
            "captured_at": item.captured_at.replace(microsecond=0),
            "sha256": item.sha256,
        }
        for item in case.evidence
    ]


def _papers(case: CaseOnRecord) -> list[Facts]:
    """Return what lies in the file when it goes on, with the hash of what was made here."""
    notice, explained = case.last(NoticeSent), case.last(Explained)
    listed = [(f"Biên bản vi phạm hành chính số {number_of(DocumentKind.RECORD, case)}", "RECORD")]
    listed += [(text, "") for text in _concluded(case)]
    listed += [(f"Thông báo vi phạm số {number_of(DocumentKind.NOTICE, case)}", "NOTICE")] * bool(notice)
    listed += [(_explanation(explained), "")] if explained else []
    return [
        {"document": text, "sha256": made.sha256 if (made := case.papers.get(kind)) else None}
        for text, kind in listed
    ]


def _concluded(case: CaseOnRecord) -> list[str]:
    concluded = case.last(Concluded)
    return [f"Kết luận xác minh {_day(concluded.envelope.took_place_at)}"] if concluded else []


def _explanation(explained: Explained) -> str:
    when = _day(explained.envelope.took_place_at)
    if explained.form == Explanation.SESSION:
        number = f" số {explained.minutes}" if explained.minutes else ""
        return f"Biên bản phiên giải trình{number} {when}"
    return f"Văn bản giải trình {when}"


# -- the law ----------------------------------------------------------------------------


def _bracket(case: CaseOnRecord) -> Bracket:
    """The article that the record cites, of the decree in force when the act was committed."""
    record = _drawn(case)
    cited = (record.contents.offence_code, record.vehicle_group)
    on = legal_date(case.first.occurred_at)
    return next(
        one for one in case.rulebook.brackets(case.first.rule, on) if (one.code, one.group.value) == cited
    )


def _provision(case: CaseOnRecord) -> str | None:
    """The point that is cited; None where the article is known and not which of its points."""
    bracket = _bracket(case)
    _, *within = bracket.code.split(".")
    if within[1:] and not within[1].isalpha():
        return None
    return f"{article(bracket.code)} {_decree(bracket)}"


def article(code: str) -> str:
    """Return a place in an instrument as it is cited: 6.9.b is *điểm b khoản 9 Điều 6*."""
    number, *within = code.split(".")
    words = [f"điểm {point}" for point in within[1:]] + [f"khoản {clause}" for clause in within[:1]]
    return " ".join([*words, f"Điều {number}"])


def _decree(bracket: Bracket) -> str:
    return named(PROVISION.sub("", bracket.basis.partition(";")[0]))


def _decrees(case: CaseOnRecord, at: datetime) -> list[str]:
    """The decree on fines of the day of the act, then those on the procedure of the day of the document."""
    on_fines = {number for row in case.rulebook.fines for number in DECREE.findall(row.basis)}
    procedure = [
        named(one.id)
        for one in case.rulebook.common.instruments
        if DECREE.match(one.id) and in_force(one, at) and not on_fines & set(DECREE.findall(one.id))
    ]
    return [_decree(_bracket(case)), *procedure]


def _own_instruments(case: CaseOnRecord, at: datetime) -> list[str]:
    return [named(one.id) for one in case.rulebook.instruments if in_force(one, at)]


def in_force(instrument: Instrument, at: datetime) -> bool:
    """Whether an instrument is law on the day of an instant."""
    on = legal_date(at)
    ended = instrument.effective_to is not None and on > instrument.effective_to
    return instrument.effective_from <= on and not ended


def named(instrument: str) -> str:
    """Return an instrument as a document names it."""
    for pattern, words in INSTRUMENTS:
        instrument = pattern.sub(words, instrument)
    return instrument


# -- words ------------------------------------------------------------------------------


def _day(at: datetime) -> str:
    return day(legal_date(at))


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
