"""A whole command through our recorder against the same command through the library's own.

Both sides make the same decisions with the same aggregates, the same mapper and the same database; only the way
into the log differs. Ours stores the command's key and its answer besides; the library's has neither.
What both pay alike draws the two together: the sync of the disk above all, then the loads, the decision, and in
`approve` the commit of the key that seals the plate.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any, ClassVar
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.persistence import Mapper
from psycopg.conninfo import conninfo_to_dict

from bench.installation import Installation
from bench.measure import line, rate
from bench.sample import Sample, found
from domain.case import Case
from domain.commands.application import CaseSystem, Command
from domain.commands.case import approve_case, receive_case
from domain.unit import Unit

ROUNDS, COMMANDS, WRITERS = 30, 20, 8
PLATE = "73A-123.45"
ROLE = "minhchung_serve"
ACTS = ("create", "approve", "receive")
"""One that creates; one that loads, decides and seals a personal field; one that loads and decides."""


class Stock(Application[UUID]):
    """The baseline: the library's PostgreSQL persistence with its tables as it makes them, and our mapper."""

    name = "stock"
    env: ClassVar[dict[str, str]] = {"PERSISTENCE_MODULE": "eventsourcing.postgres"}

    def __init__(self, at: Installation, mapper: Mapper[Any], *, pool: int = 1) -> None:
        self._sealing = mapper
        url = {name: str(value) for name, value in conninfo_to_dict(at.database_url).items()}
        super().__init__(
            {
                "POSTGRES_DBNAME": url["dbname"],
                "POSTGRES_HOST": url.get("host", ""),
                "POSTGRES_PORT": url.get("port", "5432"),
                "POSTGRES_USER": url.get("user", ""),
                "POSTGRES_PASSWORD": url.get("password", ""),
                "POSTGRES_POOL_SIZE": str(pool),
            }
        )

    def construct_mapper(self) -> Mapper[UUID]:
        """Ours, because the library's cannot seal personal data."""
        return self._sealing

    def create(self, sample: Sample) -> UUID:
        """Open a case."""
        case = sample.propose()
        self.save(case)
        return case.id

    def approve(self, sample: Sample, case_id: UUID) -> None:
        """Load a case and the recipient, approve, save."""
        case: Case = self.repository.get(case_id)
        recipient: Unit = self.repository.get(sample.police.id)
        case.approve(sample.at_centre(), plate=PLATE, recipient=recipient)
        self.save(case)

    def receive(self, sample: Sample, case_id: UUID) -> None:
        """Load a case, take it over, save."""
        case: Case = self.repository.get(case_id)
        case.receive(sample.at_police())
        self.save(case)


class Ours:
    """The same three acts as commands of ours, each under a key of its own."""

    def __init__(self, app: CaseSystem) -> None:
        self.app = app

    def create(self, sample: Sample) -> UUID:
        """Open a case."""
        return self.app.perform(_command("detectCase"), sample.propose).id

    def approve(self, sample: Sample, case_id: UUID) -> None:
        """Load a case and the recipient, approve, save."""
        command = _command("approveCase", caseId=str(case_id), plate=PLATE)
        approve_case(
            self.app,
            sample.at_centre(),
            command,
            case_id=case_id,
            plate=PLATE,
            recipient_unit_id=sample.police.id,
        )

    def receive(self, sample: Sample, case_id: UUID) -> None:
        """Load a case, take it over, save."""
        receive_case(
            self.app, sample.at_police(), _command("receiveCase", caseId=str(case_id)), case_id=case_id
        )


Side = Ours | Stock


def run(
    at: Installation, *, rounds: int = ROUNDS, commands: int = COMMANDS, writers: int = WRITERS
) -> Iterator[dict[str, object]]:
    """Yield commands a second of each act, by one writer and by several, each against as many of the library's.

    The writers are threads of one process, because that is what `serve` has.
    """
    with at.application("minhchung_operator") as operator:
        sample = found(operator)
        known = list(operator.events.get(sample.police.id))
    with at.application(ROLE, pool=writers) as app, Stock(at, app.mapper, pool=writers) as stock:
        stock.events.put(known)
        times: dict[tuple[str, int, str], list[float]] = {}
        with ThreadPoolExecutor(writers) as threads:
            for n in range(rounds + 1):
                turns = [(side, count) for side in (Ours(app), stock) for count in (1, writers)]
                for side, count in turns if n % 2 else reversed(turns):
                    for act, speed in _speeds(side, sample, commands, threads if count > 1 else None):
                        if n:  # the first round warms up
                            times.setdefault((type(side).__name__, count, act), []).append(speed)
        settings = at.settings()
    found_of = {key: round(median(speeds), 1) for key, speeds in times.items()}
    for act in ACTS:
        ours, stocks = found_of["Ours", 1, act], found_of["Stock", 1, act]
        yield line("append_command", ours, stocks, target="ratio >= 2.5", act=act, writers=1, **settings)
    for act in ACTS:
        ours, stocks = found_of["Ours", writers, act], found_of["Stock", writers, act]
        yield line(
            "append_command_writers",
            ours,
            stocks,
            target="ratio >= 2",
            act=act,
            writers=writers,
            of="threads",
            one_writer=found_of["Ours", 1, act],
            **settings,
        )


def _speeds(
    side: Side, sample: Sample, commands: int, threads: ThreadPoolExecutor | None
) -> Iterator[tuple[str, float]]:
    """Each act in its turn, on the cases of the first."""
    each: Callable[..., Any] = threads.map if threads else map
    cases: list[UUID] = []

    def create() -> None:
        cases.extend(each(lambda _: side.create(sample), range(commands)))

    yield "create", rate(commands, create)
    yield "approve", rate(commands, lambda: list(each(lambda case: side.approve(sample, case), cases)))
    yield "receive", rate(commands, lambda: list(each(lambda case: side.receive(sample, case), cases)))


def _command(name: str, **facts: str) -> Command:
    return Command.of(UUID(int=1), str(uuid4()), name, facts, None)
