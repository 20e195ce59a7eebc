"""Commands on reports: what GraphQL and the tests call."""

from collections.abc import Callable
from datetime import datetime

from domain.clock import legal_date
from domain.commands.application import Answer, CaseSystem, Command
from domain.context import Context, Rulebook
from domain.periods import Period
from domain.report import Counted, Report

Count = Callable[[Period, datetime], Counted]
"""The numbers of a period as of an instant; a read model answers."""

NUMBERED = "BC"
"""*Báo cáo*: what tells the number of a report from that of a case, as in DH-BC-2026-000001."""


def issue_report(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    period: Period,
    as_of: datetime,
    count: Count,
    rule: str | None = None,
) -> Answer:
    """Put a report on record."""

    def decide() -> Report:
        return Report.issue(
            context,
            report_id=Report.create_id(context.actor.account_id, command.command_id),
            number=lambda: drawn(app, context, NUMBERED),
            period=period,
            as_of=as_of,
            count=lambda: count(period, as_of),
            rule=rule,
        )

    return app.perform(command, decide)


def drawn(app: CaseSystem, context: Context, series: str) -> str:
    """The next number of a series of this profile and year; gaps are allowed."""
    return drawn_on(app, context.rulebook, context.now, series)


def drawn_on(app: CaseSystem, rulebook: Rulebook, now: datetime, series: str) -> str:
    """The same, for what nobody does."""
    code, year = f"{rulebook.code}-{series}", legal_date(now).year
    [number] = app.commands.next_numbers(code, year, 1)
    return f"{code}-{year}-{number:06d}"
