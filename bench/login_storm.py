"""A page of the queue while twenty people a second sign in, beside the same page while nobody does.

`minhchung serve` and `project` run as in production. Pages are asked for at a steady pace, each on time whether or not
the one before was answered, so that a wait is counted from the moment the page was wanted. Every sign-in has the right
password: its hash is verified, a session is opened and goes on record.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median, quantiles

from bench.installation import Installation
from bench.load import request
from bench.measure import in_turns, line
from bench.queue import extend
from bench.queue_page import ASKED, PAGE
from bench.sample import Sample, found
from bench.serving import free_port, listens, of_minhchung, process, signed_in
from domain.commands import account as accounts
from domain.commands.application import CaseSystem
from domain.envelope import acting
from store.credentials import Credentials

ROWS = 10_000
ROUNDS = 5
SECONDS = 6.0
PAGES, SIGN_INS = 50, 20
"""A second."""
PEOPLE = 40
CONNECTIONS = 16
PATIENCE_S = 30.0
PASSWORD = "Bão đăng nhập 7!"  # noqa: S105 — of invented people on servers that are gone a minute later
LOGIN = "mutation($input: LoginInput!) { login(input: $input) { __typename ... on Session { token } } }"


def run(
    at: Installation, *, rows: int = ROWS, seconds: float = SECONDS, rounds: int = ROUNDS
) -> Iterator[dict[str, object]]:
    """Yield the milliseconds within which 99 of 100 pages are there."""
    with ExitStack() as stack:
        operator = stack.enter_context(at.application("minhchung_operator"))
        sample = found(operator)
        page = request("/graphql", ASKED, signed_in(operator, sample))
        sign_ins = [request("/graphql", _login(name)) for name in _people(operator, sample)]
        extend(at, sample, 1, rows)
        port = free_port()
        stack.enter_context(process(*of_minhchung("project", at, port)))
        stack.enter_context(process(*of_minhchung("serve", at, port)))
        listens(port)
        storms: list[float] = []

        def side(*, storm: bool) -> float:
            pages, opened = asyncio.run(_both(port, page, sign_ins if storm else [], seconds))
            storms.extend(opened)
            return 1000 * quantiles(pages, n=100)[98]

        side(storm=True)  # to warm up
        storms.clear()
        value, baseline = in_turns(rounds, lambda: side(storm=True), lambda: side(storm=False))
    yield line(
        "login_storm",
        value,
        baseline,
        unit="ms p99",
        target="ratio <= 1.5",
        rows=rows,
        pages_a_second=PAGES,
        sign_ins_a_second=SIGN_INS,
        sign_ins=len(storms),
        sign_in_ms=round(1000 * median(storms), 1),
        sign_in_p99_ms=round(1000 * quantiles(storms, n=100)[98], 1),
        **at.settings(),
    )


def _people(operator: CaseSystem, sample: Sample) -> list[str]:
    """Open accounts at the Centre; their names."""
    credentials = Credentials(operator.factory.datastore)  # type: ignore[attr-defined] # our factory has one
    names = [f"storm.{n}.{sample.centre.code.lower()}" for n in range(PEOPLE)]
    for name in names:
        with acting(sample.at_centre().envelope("case.view")):
            account = accounts.open_account(
                operator,
                name=name,
                full_name="Người Mẫu",
                unit_id=sample.centre.id,
                role="APPROVER",
                leader=False,
            )
        credentials.set_password(account.id, PASSWORD)
    return names


def _login(name: str) -> bytes:
    return json.dumps({"query": LOGIN, "variables": {"input": {"name": name, "password": PASSWORD}}}).encode()


async def _both(
    port: int, page: bytes, sign_ins: list[bytes], seconds: float
) -> tuple[list[float], list[float]]:
    def shows_a_page(body: bytes) -> bool:
        return body.count(b'"number"') == PAGE

    def is_signed_in(body: bytes) -> bool:
        return b'"__typename":"Session"' in body

    pages = _paced(port, [page], shows_a_page, PAGES, seconds)
    storm = _paced(port, sign_ins, is_signed_in, SIGN_INS, seconds if sign_ins else 0)
    found = await asyncio.gather(pages, storm)
    return found[0], found[1]


async def _paced(
    port: int, asked: list[bytes], right: Callable[[bytes], bool], rate: int, seconds: float
) -> list[float]:
    """Ask so often a second, in turns; how long each waits from the moment it was due."""
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    began = time.perf_counter()

    async def one(n: int) -> float:
        due = began + n / rate
        await asyncio.sleep(due - time.perf_counter())
        reader, writer = await free.get()
        writer.write(asked[n % len(asked)])
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        took = time.perf_counter() - due
        if not right(body):
            raise AssertionError(f"expected a page or a session, not {body[:300]!r}")
        free.put_nowait((reader, writer))
        return took

    async with asyncio.timeout(seconds + PATIENCE_S):
        waits = await asyncio.gather(*(one(n) for n in range(int(rate * seconds))))
    while not free.empty():
        free.get_nowait()[1].close()
    return waits
