"""`minhchung replay`: one noun, event by event, with its state before and after and the names of the time."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import typer

from cli.console import Stop, usage

PERSONAL = {"plate", "text", "note", "full_name", "rejection", "owner_name", "owner_contact"}


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def replay(
        noun: str = typer.Argument(help="case | camera | extraction | unit | account"),
        id: str = typer.Argument(help="Số hồ sơ, mã hoặc id · Number, code or id"),  # noqa: A002
        as_of: str = typer.Option(None, "--as-of", help="RFC 3339, có múi giờ · with an offset"),
        purpose: str = typer.Option("AUDIT", "--purpose", help="Mục đích · Purpose"),
        as_json: bool = typer.Option(False, "--json"),
    ) -> None:
        """Xem lại từng bước, tên như lúc đó · Replay step by step, with the names of the time."""
        from cli.settings import load, resolve
        from cli.wiring import application, rulebook

        instant = _instant(as_of)
        listed = rulebook().purposes_of("")  # whoever is at the machine is of no unit
        if purpose not in listed:
            usage(f"--purpose: {purpose} is none of {', '.join(sorted(listed))}")
        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            steps = Replay(cases).steps(noun, id, instant, purpose)
        if as_json:
            sys.stdout.write(orjson.dumps(steps).decode() + "\n")
            return
        for step in steps:
            _print(step)


def _instant(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        usage(
            f"--as-of: {given} is no instant; expected RFC 3339 with an offset, such as 2026-07-01T08:00:00+07:00"
        )
    return instant


class Replay:
    """Reads one noun's events and shows what each did."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def steps(self, noun: str, given: str, as_of: datetime | None, purpose: str) -> list[dict[str, Any]]:
        """Every step up to an instant; that somebody looked is recorded first."""
        from projections import history

        with self._app.factory.datastore.get_connection() as pooled:
            conn = _tuples(pooled)
            originator_id, fold = self._find(conn, noun, given)
            recorded = history.read(conn, self._app.mapper, originator_id, as_of=as_of)
            first = fold(None, recorded[0].event, recorded[0].position) if recorded else None
            if first is None or getattr(first, "noun", noun) != noun:
                raise Stop(
                    f"replay: there is no {noun} {given}" + (f" as of {as_of.isoformat()}" if as_of else "")
                )
            camera_id = getattr(first, "camera_id", None)  # of a case or an extraction, or the camera itself
            self._record(noun, originator_id, purpose, _area_of(self._app, first), camera_id)
            found: list[dict[str, Any]] = []
            row: Any = None
            for step in history.steps(conn, recorded):
                before, row = row, fold(row, step.event, step.position)
                found.append(self._step(step, before, row))
        return found

    def _find(self, conn: Any, noun: str, given: str) -> tuple[UUID, Callable[..., Any]]:  # noqa: RET503 — usage() never returns
        from domain.account import Account
        from domain.camera import Camera
        from domain.unit import Unit
        from projections import account_log, camera_registry, case_queue, directory, extraction_log

        try:
            known: UUID | None = UUID(given)
        except ValueError:
            known = None
        match noun:
            case "case":
                row = case_queue.by_number(conn, given) if known is None else None
                return known or (row.case_id if row else UUID(int=0)), case_queue.fold
            case "camera":
                return known or Camera.create_id(given), lambda row, event, _: camera_registry.fold(
                    row, event
                )
            case "extraction":
                log = extraction_log.by_number(conn, given) if known is None else None
                return known or (log.extraction_id if log else UUID(int=0)), extraction_log.fold
            case "unit":
                return known or Unit.create_id(given), _kept(directory.fold)
            case "account":
                return known or Account.create_id(given), account_log.fold
        usage(f"replay: {noun} is none of case, camera, extraction, unit, account")

    def _record(
        self, noun: str, originator_id: UUID, purpose: str, area_path: str | None, camera_id: UUID | None
    ) -> None:
        from cli.wiring import at_the_machine
        from domain.envelope import acting
        from domain.reading import Reading

        with acting(at_the_machine(reason=purpose)):
            self._app.record(
                Reading.record(
                    Reading.create_id(),
                    way="replay",
                    noun=noun,
                    ids=[originator_id],
                    purpose=purpose,
                    area_path=area_path,
                    address=None,
                    camera_id=camera_id,
                )
            )

    def _step(self, step: Any, before: Any, after: Any) -> dict[str, Any]:
        from api.graphql.common import shown_position

        envelope = step.event.envelope
        by = envelope.by
        if step.actor is not None and step.actor.sealed_name is not None:
            by = f"{self._open(step.actor.sealed_name)} ({step.actor.code})"
        return {
            "position": shown_position(step.position),
            "at": envelope.took_place_at.isoformat(),
            "recorded_at": step.event.timestamp.isoformat(),
            "event": step.event.TOPIC,
            "by": by,
            "unit": step.unit.name if step.unit else None,
            "reason": envelope.reason,
            "rule": envelope.rule,
            "before": self._state(before),
            "after": self._state(after),
        }

    def _state(self, row: Any) -> dict[str, Any] | None:
        from domain.personal import Personal

        if row is None:
            return None
        state = asdict(row)
        known = ("extraction_id", "case_id", "subject_id", "camera_id", "account_id")
        subject = next(filter(None, map(state.get, known)), None)
        for name in PERSONAL & state.keys():
            if state[name] is not None and subject is not None:
                state[name] = self._open(Personal(subject, sealed=state[name]))
        return {
            name: sorted(value) if isinstance(value, set) else value
            for name, value in state.items()
            if name not in {"tier", "position"}
        }

    def _open(self, value: Any) -> str:
        [opened] = self._app.factory.keys.open([value])
        return str(opened)


def _area_of(app: Any, row: Any) -> str | None:
    """Where it lies; a person lies where their unit does."""
    from domain.unit import Unit
    from projections.account_log import AccountRow

    if isinstance(row, AccountRow):
        area: str = app.find(Unit, row.owner_unit).area_path
        return area
    found: str | None = getattr(row, "area_path", None)
    return found


def _kept(fold: Callable[..., Any]) -> Callable[..., Any]:
    """The directory's fold gives an entry where a name changes; in between the entry stays."""
    return lambda entry, event, position: fold(entry, event, position) or entry


def _tuples(conn: Any) -> Any:
    from psycopg.rows import tuple_row

    conn.row_factory = tuple_row
    return conn


def _print(step: dict[str, Any]) -> None:
    changed = {
        name: value
        for name, value in (step["after"] or {}).items()
        if (step["before"] or {}).get(name) != value and name != "version"
    }
    lines = [f"{step['at']}  {step['event']}  {step['by']}" + (f", {step['unit']}" if step["unit"] else "")]
    if step["rule"] or step["reason"]:
        lines.append("    " + "  ".join(filter(None, [step["rule"], step["reason"]])))
    lines += [f"    {name}: {value}" for name, value in changed.items() if value is not None]
    sys.stdout.write("\n".join(lines) + "\n")
