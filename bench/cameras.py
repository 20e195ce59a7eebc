"""A page of 100 cameras out of 100,000, for whoever sees a tier of them, beside whoever sees all.

Both ask `minhchung serve` under the regulation of Điện Biên for the same fields: the manager of level I sees every
system (R-DB-7.2.0), a body of level II its own (R-DB-7.4.0), which is one camera of fifty, spread over the province.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from statistics import quantiles
from typing import Final
from uuid import uuid4

import orjson

from bench.installation import Installation
from bench.load import load, request
from bench.measure import in_turns, line
from bench.serving import free_port, listens, of_minhchung, process, token_of
from domain.camera import Camera
from domain.envelope import Envelope, acting
from domain.unit import Unit
from policies.rulebook import load as rules
from projections.camera_registry import fold

ROWS: Final = 100_000
BODIES: Final = 50
CONNECTIONS: Final = 2
SECONDS: Final = 2.0
ROUNDS: Final = 5
PAGE: Final = 100
PROFILE: Final = "dien-bien"
FIELDS: Final = "id code name class domain area version"
ASKED: Final = json.dumps({"query": f"{{ cameras(first: {PAGE}) {{ nodes {{ {FIELDS} }} }} }}"}).encode()

FILL: Final = """
INSERT INTO camera_registry
SELECT (json_populate_record(NULL::camera_registry, (%(usual)s::jsonb || jsonb_build_object(
    'camera_id', gen_random_uuid(),
    'code', 'B-' || lpad(n::text, 6, '0'),
    'name', 'Camera ' || n,
    'area_path', 'dien-bien/xa-' || lpad((n / 1000)::text, 3, '0'),
    'owner_unit', CASE WHEN n %% %(bodies)s = 0 THEN %(body)s::uuid ELSE md5((n %% %(bodies)s)::text)::uuid END,
    'manager_unit_id', CASE WHEN n %% %(bodies)s = 0 THEN %(body)s::uuid ELSE md5((n %% %(bodies)s)::text)::uuid END
))::json)).*
FROM generate_series(1, %(rows)s::int) AS n
"""


def run(
    at: Installation, *, rows: int = ROWS, seconds: float = SECONDS, rounds: int = ROUNDS
) -> Iterator[dict[str, object]]:
    """Yield the milliseconds within which 95 % of the pages come."""
    with ExitStack() as stack:
        operator = stack.enter_context(at.application("minhchung_operator"))
        rulebook = rules(PROFILE)
        founding = Envelope(
            by="system:bench",
            unit_id=None,
            took_place_at=datetime.now(UTC),
            rulebook=rulebook.version,
            correlation_id=uuid4(),
        )
        mark = uuid4().hex[:6].upper()
        with acting(founding):
            manager = Unit(code=f"L1-{mark}", name="Sở", kind="LEVEL_1_MANAGER", area_path=PROFILE)
            body = Unit(code=f"L2-{mark}", name="Huyện", kind="LEVEL_2_BODY", area_path=f"{PROFILE}/huyen")
            camera = Camera.in_use(
                code=f"DB-{mark}",
                name="Ngã ba",
                camera_class="LEVEL_2",
                domain="TRAFFIC",
                area_path=body.area_path,
                operating_unit_id=body.id,
            )
            operator.record_all([manager, body])
            tokens = {one.id: token_of(operator, one, rulebook.version) for one in (manager, body)}
        [registered] = camera.collect_events()
        row = fold(None, registered) if isinstance(registered, Camera.Created) else None
        if row is None:
            raise AssertionError("a registered camera has a row")
        with at.connect() as conn:
            usual = orjson.dumps(asdict(row)).decode()
            conn.execute(FILL, {"usual": usual, "rows": rows, "bodies": BODIES, "body": body.id})
            conn.execute("VACUUM (ANALYZE) camera_registry")
        port = free_port()
        command, environment = of_minhchung("serve", at, port)
        stack.enter_context(process(command, {**environment, "MINHCHUNG_PROFILE": PROFILE}))
        listens(port)

        def p95(unit: Unit) -> float:
            found = load(
                port, request("/graphql", ASKED, tokens[unit.id]), connections=CONNECTIONS, seconds=seconds
            )
            nodes = ((json.loads(found.body).get("data") or {}).get("cameras") or {}).get("nodes", ())
            if len(nodes) != min(PAGE, rows // BODIES):
                raise AssertionError(f"a page was expected, not {found.body[:300]!r}")
            return 1000 * quantiles(found.waits, n=20)[18]

        for token in tokens.values():
            load(port, request("/graphql", ASKED, token), connections=CONNECTIONS, seconds=seconds / 2)
        value, baseline = in_turns(rounds, lambda: p95(body), lambda: p95(manager))
    yield line(
        "cameras",
        value,
        baseline,
        unit="ms p95",
        target="ratio <= 1.3",
        rows=rows,
        of_the_tier=rows // BODIES,
        page=PAGE,
        **at.settings(),
    )
