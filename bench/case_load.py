"""A case with a long past, loaded and decided on, against the same events read by bare psycopg.

What is told is our own time: what loading the case and deciding the penalty costs this thread, less what reading its
rows costs it. To wait for the server is neither's. Nothing is saved, so every round decides on the same past.
"""

from collections.abc import Iterator
from dataclasses import replace
from time import thread_time
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection

from bench.installation import Installation
from bench.measure import in_turns, line
from bench.sample import Sample, found
from domain.case import Case, Finding
from domain.case.record import RecordWords
from domain.case.sanction import PenaltyWords
from domain.case.state import ViolatorBasis
from domain.context import Context
from domain.rules import VehicleGroup

ROUNDS, EVENTS = 300, 40
WORDS = "Vượt đèn đỏ, hình ảnh rõ"
PLATE = "73B1-234.56"
ARTICLE = "7.7.c"
BARE: LiteralString = """
    SELECT originator_id, originator_version, topic, state FROM events
    WHERE originator_id = %s ORDER BY originator_version
"""


def run(at: Installation, *, rounds: int = ROUNDS, events: int = EVENTS) -> Iterator[dict[str, object]]:
    """Yield the microseconds that are ours, beside those of reading the rows."""
    with at.application("minhchung_serve") as app, at.connect() as conn:
        sample = found(app)
        case = long_past(sample, events)
        app.record(case)
        signer = chief(sample)

        def ours() -> float:
            began = thread_time()
            decide(app.find(Case, case.id), signer)
            return thread_time() - began

        def bare() -> float:
            began = thread_time()
            rows = read(conn, case.id)
            took = thread_time() - began
            if rows != events:
                raise LookupError(f"{rows} events: expected {events}")
            return took

        ours()
        bare()
        whole, reading = in_turns(rounds, ours, bare)
    yield line(
        "case_load",
        (whole - reading) * 1e6,
        reading * 1e6,
        unit="µs",
        target="value < 3000",
        events=events,
        **at.settings(),
    )


def read(conn: Connection[Any], case_id: UUID) -> int:
    """Read the events of a case; how many there are."""
    return len(conn.execute(BARE, (case_id,)).fetchall())


def long_past(sample: Sample, events: int) -> Case:
    """A case whose record is drawn, with complaints and their answers; not saved."""
    police = sample.at_police()
    case = sample.propose()
    case.approve(sample.at_centre(), plate=PLATE, recipient=sample.police)
    case.receive(police)
    case.start_verification(police)
    case.identify_owner(
        police,
        plate=PLATE,
        plate_colour="WHITE",
        vehicle_group=VehicleGroup.MOTORBIKE,
        owner_name="Nguyễn Thị Mẫu",
        owner_address="Số 1 phố Mẫu",
        owner_is_organisation=False,
        source="Cơ sở dữ liệu đăng ký xe",
    )
    case.send_notice(police, reference="01/TB")
    case.conclude(police, finding=Finding.VIOLATION, text=WORDS)
    case.notify_result(police)
    case.determine_violator(
        police,
        name="Nguyễn Thị Mẫu",
        address="Số 1 phố Mẫu",
        identity_number="000000000000",
        is_organisation=False,
        basis=ViolatorBasis.DETERMINED_BY_POLICE,
        text=WORDS,
    )
    case.draw(
        police,
        RecordWords(
            number="03/BB",
            place="Trụ sở",
            maker_title="Cán bộ",
            behaviour=WORDS,
            offence_code=ARTICLE,
            statement="Không có ý kiến",
            measures="Không",
        ),
    )
    while case.version < events:
        case.complain(police, reference="07/KN", against="03/BB", text=WORDS)
        if case.version < events:
            case.answer(police, reference="08/TL", text=WORDS)
    return case


def chief(sample: Sample) -> Context:
    """An act of the head of the police, now."""
    police = sample.at_police()
    return replace(police, actor=replace(police.actor, role="LEADER", leader=True))


def decide(case: Case, signer: Context) -> None:
    """Decide the penalty."""
    case.decide(
        signer,
        PenaltyWords(
            number="05/QĐ",
            signer_title="TEAM_LEADER",
            offence_code=ARTICLE,
            fine=5_000_000,
            currency="VND",
            points=4,
        ),
    )
