"""A small schema that refers to itself, with a connection, a union, an interface and input types."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from enum import Enum
from typing import Annotated

import strawberry

from api.graphql.execution import Schema
from api.graphql.limits import Admission, Limits, Turns
from domain.errors import NotFound


@strawberry.enum
class SampleState(Enum):
    """Where a sample case stands."""

    OPEN = "open"
    CLOSED = "closed"


@strawberry.interface(name="Refusal")
class SampleRefusal:
    """A refusal is data."""

    code: str
    message: str


@strawberry.type
class Denied(SampleRefusal):
    """The sample says no."""


@strawberry.type
class Step:
    """One step of a history."""

    event: str
    by: str


@strawberry.type(name="Case")
class SampleCase:
    """Vụ việc mẫu · A sample case."""

    id: strawberry.ID
    number: str = strawberry.field(description="Số vụ · The number that people use")
    state: SampleState = SampleState.OPEN
    history: list[Step] = strawberry.field(default_factory=list)

    @strawberry.field
    async def related(self) -> list["SampleCase"]:
        """Cases that refer to each other, without end."""
        return [SampleCase(id=strawberry.ID(f"{self.id}{n}"), number=f"DH-{n}") for n in range(3)]


@strawberry.type
class CaseEdge:
    """One row of a page."""

    cursor: str
    node: SampleCase


@strawberry.type
class CaseConnection:
    """A page of cases."""

    total_count: int
    edges: list[CaseEdge]
    nodes: list[SampleCase]


@strawberry.type
class CaseClosed:
    """The case was closed."""

    case: SampleCase
    position: str


@strawberry.input
class CloseCaseInput:
    """What closing takes."""

    case_id: strawberry.ID
    command_id: str
    tags: list[str] = strawberry.field(default_factory=list)


CloseCaseResult = Annotated[CaseClosed | Denied, strawberry.union("CloseCaseResult")]


def _case(number: int) -> SampleCase:
    return SampleCase(
        id=strawberry.ID(str(number)),
        number=f"DH-2026-{number:06}",
        history=[Step(event="Detected", by="máy")],
    )


@strawberry.type
class Query:
    """What may be asked."""

    @strawberry.field
    async def hello(self, name: str = "bạn") -> str:
        """Say hello."""
        return f"Chào {name}"

    @strawberry.field
    async def case(self, id: strawberry.ID) -> SampleCase | None:  # noqa: A002 — the schema's own name
        """One case."""
        return _case(int(id))

    @strawberry.field
    async def cases(self, first: int = 20, after: str | None = None) -> CaseConnection:
        """Cases, page by page."""
        rows = [_case(n) for n in range(first)]
        return CaseConnection(
            total_count=first, edges=[CaseEdge(cursor=row.id, node=row) for row in rows], nodes=rows
        )

    @strawberry.field
    async def broken(self) -> str | None:
        """Fail in a way nobody foresaw."""
        raise RuntimeError("the password of accounts is secret-7")

    @strawberry.field
    async def missing(self) -> str | None:
        """Fail in a way the domain foresaw."""
        raise NotFound("vụ việc", "case", "DH-2026-000404")

    @strawberry.field
    async def slow(self) -> str | None:
        """Wait for ever."""
        await asyncio.Event().wait()
        return None


@strawberry.type
class Mutation:
    """What may be done."""

    @strawberry.mutation
    async def close_case(self, input: CloseCaseInput) -> CloseCaseResult:  # noqa: A002 — as the contract names it
        """Close a case."""
        return CaseClosed(case=_case(int(input.case_id)), position="7")


@strawberry.type
class Subscription:
    """What may be watched."""

    @strawberry.subscription
    async def count(self, to: int = 2) -> AsyncIterator[int]:
        """Count."""
        for number in range(to):
            yield number


def sample_schema(
    limits: Limits | None = None, *, time: timedelta = timedelta(seconds=10), at_once: int = 16
) -> Schema:
    """Build the schema with the limits in front of it."""
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Denied],
        admission=Admission(limits),
        turns=Turns(time.total_seconds(), at_once=at_once),
    )
