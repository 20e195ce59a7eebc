"""`minhchung may`: what the permission matrix of a regulation says of a kind of unit."""

from typing import Annotated

import typer

from cli.console import NO, Stop, answer, usage


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def may(
        profile: Annotated[str, typer.Option(help="Profile of the regulation, such as dong-hoi.")],
        unit: Annotated[str, typer.Option(help="Kind of unit, such as CITY_POLICE.")],
        action: Annotated[str, typer.Option(help="Action, such as case.conclude.")],
        leader: Annotated[bool, typer.Option("--leader", help="The leader of the unit asks.")] = False,
        on: Annotated[str | None, typer.Option(help="What it is done on, such as TRAFFIC.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Answer as one line of JSON.")] = False,
    ) -> None:
        """Đơn vị được làm gì theo quy định · What a kind of unit may do, and under which rules."""
        from policies.rulebook import RulebookInvalid, UnknownProfile, load

        try:
            grant = load(profile).access.decide(unit, action, on=on, leader=leader)
        except (UnknownProfile, RulebookInvalid) as error:
            usage(str(error))
        needs = f"; needs {', '.join(grant.needs)}" if grant.needs else ""
        answer(
            {"allowed": grant.allowed, "basis": grant.rules, "needs": grant.needs},
            as_json=as_json,
            text=f"{'allowed' if grant.allowed else 'denied'}: {' '.join(grant.rules)} ({grant.basis}){needs}",
        )
        if not grant.allowed:
            raise Stop("", NO)
