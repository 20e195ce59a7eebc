"""`minhchung accounts`: what an operator does to accounts at the machine."""

import typer

from cli.console import Stop, answer


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    accounts = typer.Typer(help="Tài khoản · Accounts.", no_args_is_help=True)
    app.add_typer(accounts, name="accounts")

    @accounts.callback()
    def group() -> None:
        """Tài khoản · Accounts."""

    @accounts.command()
    def reset(
        name: str,
        temporary: bool = typer.Option(
            False, "--temporary", help="Người dùng phải đổi khi đăng nhập · The person has to change it"
        ),
        as_json: bool = typer.Option(False, "--json"),
    ) -> None:
        """Cấp mật khẩu mới và kết thúc mọi phiên · Give a new password and end every session."""
        from cli.demo import reset as give
        from cli.settings import load, resolve
        from cli.wiring import application, at_the_machine
        from domain.commands.account import find_by_name
        from domain.envelope import acting
        from store.credentials import Credentials

        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            account = find_by_name(cases, name)
            if account is None:
                raise Stop(f"accounts: there is no account {name}")
            with acting(at_the_machine()):
                credentials = Credentials(cases.factory.datastore)  # type: ignore[attr-defined] # our factory has one
                password = give(cases, credentials, account, must_change=temporary)
        answer({"name": name, "password": password}, as_json=as_json, text=f"{name}: {password}")
