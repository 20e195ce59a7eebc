"""`minhchung accounts`: what an operator does to accounts at the machine, beginning with the first ones of all."""

from typing import Annotated

import typer

from cli.console import Stop, answer


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    accounts = typer.Typer(help="Tài khoản · Accounts.", no_args_is_help=True)
    app.add_typer(accounts, name="accounts")

    @accounts.callback()
    def group() -> None:
        """Tài khoản · Accounts."""

    _reset(accounts)
    _bootstrap(accounts)
    _open(accounts)
    _changing(accounts, "suspend", "Tạm khóa tài khoản · Suspend an account, where nobody is named who does.")
    _changing(accounts, "resume", "Mở lại tài khoản · Give a suspended account back, where nobody is named.")
    _changing(
        accounts, "close", "Đóng tài khoản · Close an account for good, where nobody is named who does."
    )


def _reset(accounts: typer.Typer) -> None:
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


def _bootstrap(accounts: typer.Typer) -> None:
    @accounts.command()
    def bootstrap(
        unit: Annotated[
            str, typer.Argument(help="Mã đơn vị; đăng ký nếu chưa có · Code; registered if new.")
        ],
        administrator: Annotated[
            tuple[str, str], typer.Option(help="Tên đăng nhập, họ tên · Account name and full name.")
        ],
        leader: Annotated[
            tuple[str, str], typer.Option(help="Tên đăng nhập, họ tên · Account name and full name.")
        ],
        document: Annotated[str, typer.Option(help="Văn bản · The document that names them.")],
        name: Annotated[str, typer.Option(help="Tên đơn vị · Name of a new unit.")] = "",
        kind: Annotated[str, typer.Option(help="Loại đơn vị · Kind of a new unit.")] = "",
        area: Annotated[str, typer.Option(help="Địa bàn · Area of a new unit.")] = "",
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Hai tài khoản đầu tiên: quản trị và lãnh đạo · The first two accounts: administrator and leader.

        Two, because nobody gives an account to whom they nominated. Refused once somebody can give them.
        """
        from cli.founding import found
        from cli.settings import load, resolve
        from cli.wiring import application, at_the_machine, rulebook
        from domain.envelope import acting
        from domain.errors import Refusal

        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            try:
                with acting(at_the_machine(reason=document)):
                    given = found(
                        cases,
                        rulebook(),
                        code=unit,
                        new=(name, kind, area),
                        administrator=administrator,
                        leader=leader,
                    )
            except Refusal as refusal:
                raise Stop(f"accounts: {refusal}") from None
        lines = "\n".join(f"{one['name']}: {one['password']}" for one in given)
        answer({"accounts": given}, as_json=as_json, text=lines)


def _open(accounts: typer.Typer) -> None:
    @accounts.command(name="open")
    def open_(
        name: Annotated[str, typer.Argument(help="Tên đăng nhập · Account name.")],
        full_name: Annotated[str, typer.Argument(help="Họ tên · Full name.")],
        unit: Annotated[str, typer.Option(help="Mã đơn vị · Code of the unit.")],
        role: Annotated[str, typer.Option(help="Chức năng · Function.")],
        document: Annotated[str, typer.Option(help="Văn bản · The document that names them.")],
        leader: Annotated[bool, typer.Option(help="Lãnh đạo đơn vị · Leader of the unit.")] = False,
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Cấp tài khoản nơi quy định không nêu ai cấp · Give an account where the regulation names nobody who does."""
        from cli.founding import open_one
        from cli.settings import load, resolve
        from cli.wiring import application, at_the_machine, rulebook
        from domain.envelope import acting
        from domain.errors import Refusal

        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            try:
                with acting(at_the_machine(reason=document)):
                    given = open_one(
                        cases, rulebook(), code=unit, name=name, full_name=full_name, role=role, leader=leader
                    )
            except Refusal as refusal:
                raise Stop(f"accounts: {refusal}") from None
        answer(given, as_json=as_json, text=f"{given['name']}: {given['password']}")


def _changing(accounts: typer.Typer, name: str, does: str) -> None:
    @accounts.command(name, help=does)
    def change(
        account: Annotated[str, typer.Argument(help="Tên đăng nhập · Account name.")],
        reason: Annotated[str, typer.Option(help="Lý do · Why.")],
        document: Annotated[str, typer.Option(help="Văn bản · The document that says so.")],
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        from cli.founding import Change, change_one
        from cli.keeping import keeping, kept
        from cli.settings import load, resolve
        from cli.wiring import application

        with application(resolve(load(), nats=False), role="minhchung_operator") as cases, kept("accounts"):
            context = keeping("account.administer", document)
            change_one(cases, context, Change(name), name=account, reason=reason)
        answer({"name": account, "done": name}, as_json=as_json, text=f"{account}: {name}")
