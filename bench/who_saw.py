"""Who saw it, out of a long log of accesses: a page with its total and the totals by person and unit, over HTTP.

Each question is asked of things that nobody asked of before (cold), then of the same again (warm). The baseline is the
same four statements by bare psycopg on the same rows, without scope, of the same things after both; of a plate, the
statement that reads the sealed plates of all searches, none of which it opens.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from time import perf_counter
from typing import LiteralString
from uuid import UUID

import psycopg
from psycopg.sql import SQL

from bench.installation import Installation
from bench.load import load, request
from bench.measure import line
from bench.sample import AREA, Sample, found
from bench.serving import free_port, listens, of_minhchung, process, token_of
from domain.account import Account
from domain.commands import account as accounts
from domain.commands.application import CaseSystem
from domain.envelope import acting
from domain.plates import Plate
from domain.reading import searches_of
from domain.unit import Unit
from store.keys import Keys

ROWS = 200_000
SUBJECTS = 40
CAMERAS, PEOPLE, UNITS, COMMUNES = 1_000, 2_000, 60, 40
YEAR = timedelta(days=365)
SEARCHES = 100
"""One in so many accesses is a search by plate."""
USES = 50
"""One in so many is a search of the footage of three cameras."""
DELEGATED = 40
"""One in so many is by another's rights."""
TOTALS = "{ by unit looks refused firstAt lastAt }"
ASKED = (
    "query($camera: ID, $case: ID, $account: ID, $plate: String, $from: DateTime!, $to: DateTime!) {"
    " whoSaw(camera: $camera, case: $case, account: $account, plate: $plate, from: $from, to: $to) {"
    f" totalCount nodes {{ position at by unit way purpose refused }} byPerson {TOTALS} byUnit {TOTALS} }} }}"
)
COPY: LiteralString = """
COPY access_log (position, at, by, on_behalf_of, unit_id, way, noun, ids, purpose, refused, address, camera_id,
    plate, area_path, owner_unit, tier) FROM STDIN
"""
GROUP: LiteralString = """
SELECT by, unit_id, count(*), count(refused), min(at), max(at), max(position) FROM access_log WHERE {}
GROUP BY {} ORDER BY count(*) DESC LIMIT 100
"""
BARE: tuple[LiteralString, ...] = (
    "SELECT * FROM access_log WHERE {} ORDER BY at DESC, position DESC LIMIT 21",
    "SELECT count(*) FROM access_log WHERE {}",
    GROUP.replace("GROUP BY {}", "GROUP BY by, on_behalf_of, unit_id"),
    GROUP.replace("SELECT by,", "SELECT NULL,").replace("GROUP BY {}", "GROUP BY unit_id"),
)
SEALED: LiteralString = "SELECT position, at, plate FROM access_log WHERE plate IS NOT NULL"
OF: dict[str, LiteralString] = {
    "camera": "camera_id = %(of)s OR ids @> ARRAY[%(of)s::uuid]",
    "case": "ids @> ARRAY[%(of)s::uuid]",
    "account": "by = %(of)s OR on_behalf_of = %(of)s",
}


def run(at: Installation, *, rows: int = ROWS, subjects: int = SUBJECTS) -> Iterator[dict[str, object]]:
    """Yield the milliseconds within which 95 % of the answers come, for each thing it is asked of."""
    with ExitStack() as stack:
        operator = stack.enter_context(at.application("minhchung_operator"))
        token = _auditor(operator, found(operator))
        now = datetime.now(UTC).replace(microsecond=0)
        keys: Keys = operator.factory.keys  # type: ignore[attr-defined] # our factory has one
        filled_s = _fill(at, keys, rows, now)
        port = free_port()
        stack.enter_context(process(*of_minhchung("serve", at, port)))
        listens(port)
        chance = random.Random(11)  # noqa: S311 — what is asked of, not a secret
        named: dict[str, list[str]] = {
            "camera": [str(_id(1, n)) for n in _some(chance, CAMERAS, subjects)],
            "case": [str(_id(4, n)) for n in chance.sample(range(max(rows // 20, subjects)), subjects)],
            "account": [str(_id(2, n)) for n in _some(chance, PEOPLE, subjects)],
            "plate": [_plate(n) for n in range(subjects)],
        }

        def ask(kind: str, subject: str) -> Callable[[], int]:
            given = {kind: subject, "from": (now - YEAR).isoformat(), "to": (now + YEAR).isoformat()}
            body = json.dumps({"query": ASKED, "variables": given}).encode()

            def once() -> int:
                answer = json.loads(
                    load(port, request("/graphql", body, token), connections=1, seconds=0.0).body
                )
                return int(answer["data"]["whoSaw"]["totalCount"])

            return once

        with at.connect() as conn:
            for kind, things in named.items():
                ask(
                    kind, str(UUID(int=0)) if kind != "plate" else _plate(99_999)
                )()  # the first of its statement
                asks = [ask(kind, thing) for thing in things]
                cold, counts = _timed(asks)
                warm, _ = _timed(asks)
                baseline, same = _timed([_bare(conn, OF.get(kind), thing) for thing in things])
                if kind in OF and same != counts:
                    raise AssertionError(f"both sides must count the same accesses of a {kind}")
                yield line(
                    f"who_saw_{kind}",
                    _p95(cold),
                    _p95(baseline),
                    unit="ms p95 cold",
                    target="<= 2000",
                    warm_p95_ms=round(_p95(warm), 1),
                    worst_ms=round(max(cold), 1),
                    most_accesses=max(counts),
                    rows=rows,
                    filled_s=round(filled_s, 1),
                    **at.settings(),
                )


def _timed(asks: Sequence[Callable[[], int]]) -> tuple[list[float], list[int]]:
    waits, counts = [], []
    for ask in asks:
        began = perf_counter()
        counts.append(ask())
        waits.append(1000 * (perf_counter() - began))
    return waits, counts


def _p95(waits: list[float]) -> float:
    return quantiles(waits, n=20)[18]


def _bare(
    conn: psycopg.Connection[tuple[object, ...]], clause: LiteralString | None, thing: str
) -> Callable[[], int]:
    def once() -> int:
        if clause is None:
            return len(conn.execute(SEALED).fetchall())
        answers = [conn.execute(SQL(one).format(SQL(clause)), {"of": thing}).fetchall() for one in BARE]
        return int(str(answers[1][0][0]))

    return once


# -- the log ------------------------------------------------------------------


def _id(kind: int, n: int) -> UUID:
    return UUID(int=kind << 64 | n)


def _plate(n: int) -> str:
    return f"73A-{n // 100 % 1000:03d}.{n % 100:02d}"


def _some(chance: random.Random, of: int, count: int) -> list[int]:
    """The one that is looked at most, and others."""
    return [0, *chance.sample(range(1, of), count - 1)]


def _auditor(operator: CaseSystem, sample: Sample) -> str:
    """The token of somebody who may replay the audit of the whole city."""
    with acting(sample.at_centre().envelope("case.view")):
        body = Unit(code="BENCH-TTR", name="Đoàn kiểm tra", kind="OTHER_BODY", area_path=AREA)
        operator.record(body)
        account: Account = accounts.open_account(
            operator, name="bench.audit", full_name="Người Mẫu", unit_id=body.id, role="AUDITOR", leader=False
        )
        now = datetime.now(UTC)
        account.grant("audit.replay", document="01/QĐ-UBND", starts_at=now - YEAR, ends_at=None)
        operator.record(account)
    return token_of(operator, account.id, sample.rulebook.version)


def _fill(at: Installation, keys: Keys, rows: int, now: datetime) -> float:
    """Write so many accesses by COPY, past the log, and build the indexes afterwards, as a restore does."""
    began = perf_counter()
    with at.connect() as conn:
        indexes = conn.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE tablename = 'access_log' AND indexname <> 'access_log_pkey'"
        ).fetchall()
        for name, _ in indexes:
            conn.execute(SQL("DROP INDEX {}").format(SQL(name)))
        with conn.cursor() as curs, conn.transaction(), curs.copy(COPY) as copy:
            for some in _rows(keys, rows, now):
                copy.write(some)
        conn.execute("SET maintenance_work_mem = '1GB'")
        for _, definition in indexes:
            conn.execute(SQL(definition))
        conn.execute("VACUUM (ANALYZE) access_log")
    return perf_counter() - began


def _rows(keys: Keys, rows: int, now: datetime) -> Iterator[str]:
    """Accesses of a year, in the order of time; few cameras and few people are in most of them."""
    chance = random.Random(7)  # noqa: S311 — invented accesses, not a secret
    cameras = [str(_id(1, n)) for n in range(CAMERAS)]
    people = [(str(_id(2, n)), str(_id(3, n % UNITS))) for n in range(PEOPLE)]
    areas = [f"{AREA}/phuong-{n}" for n in range(COMMUNES)]
    cases = max(rows // 20, SUBJECTS)
    draw, some = chance.random, []
    for position in range(1, rows + 1):
        at = now - YEAR * (1 - position / rows)
        camera = int(CAMERAS * draw() ** 2)
        by, unit = people[int(PEOPLE * draw() ** 2)]
        way, noun, ids = "case", "case", f"{{{_id(4, int(cases * draw()))}}}"
        seen, plate, refused = cameras[camera], "\\N", "FORBIDDEN" if position % 33 == 0 else "\\N"
        if position % SEARCHES == 0:
            way, ids, seen = "casesByPlate", "{}", "\\N"
            wanted = Plate.read(_plate(int(20_000 * draw())))
            plate = keys.seal(searches_of(at), wanted.text if wanted else "")
        elif position % USES == 1:
            way, noun, seen = "searchFootage", "camera", "\\N"
            ids = f"{{{','.join(cameras[camera - n] for n in range(3))},{_id(5, position)}}}"
        elif position % 3 == 0:
            way, noun = "openEvidence", "evidence"
        whose = people[int(PEOPLE * draw())][0] if position % DELEGATED == 0 else "\\N"
        area = areas[camera % COMMUNES]
        some.append(
            f"{position}\t{at.isoformat()}\t{by}\t{whose}\t{unit}\t{way}\t{noun}\t{ids}\tVIOLATION_HANDLING\t{refused}\t\\N\t{seen}"
            f"\t{plate}\t{area}\t{unit}\t0\n"
        )
        if len(some) == 10_000:  # noqa: PLR2004 — as much as one write takes
            yield "".join(some)
            some = []
    yield "".join(some)
