"""The first people of an installation, and those whom a regulation leaves to whoever keeps it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from domain.account import Account, AccountState
from domain.account.way import NAME
from domain.area import Area, AreaKind
from domain.commands.account import find_by_name, open_account
from domain.commands.application import CaseSystem
from domain.commands.sessions import ended_with
from domain.context import Context, within
from domain.errors import InvalidInput, NotFound, WrongState
from domain.passwords import generated
from domain.rules import AccountStep, Stage
from domain.unit import Unit
from domain.unit_guards import has_ended
from policies.rulebook import Rulebook
from store.credentials import Credentials

ADMINISTRATOR, LEADER = "ADMINISTRATOR", "LEADER"


def found(
    app: CaseSystem,
    rules: Rulebook,
    *,
    code: str,
    new: tuple[str, str, str],
    administrator: tuple[str, str],
    leader: tuple[str, str],
) -> list[dict[str, str]]:
    """Open the accounts of an administrator and a leader of a unit, which is registered if it is new; inside of an act.

    Raises:
        WrongState: somebody can give accounts there already.
        InvalidInput: the unit, or a name, cannot be accepted.
    """
    known = Unit.create_id(code) in app.repository
    unit = app.find(Unit, Unit.create_id(code)) if known else _unit(rules, code, *new)
    if ADMINISTRATOR not in rules.account_rules.roles.get(unit.kind, ()):
        listed = ", ".join(
            sorted(kind for kind, roles in rules.account_rules.roles.items() if ADMINISTRATOR in roles)
        )
        raise InvalidInput(
            "kind",
            f"đơn vị loại {unit.kind} không có người quản trị; "
            + (f"chỉ {listed}" if listed else "hãy dùng `accounts open`, cho từng người"),
            f"a {unit.kind} has no administrator; "
            + (f"only {listed}" if listed else "use `accounts open`, for each person"),
            rule=rules.account_rules.roles_rule,
        )
    if _given_by_somebody(app, rules, unit):
        raise WrongState(
            "đã có người quản trị cấp được tài khoản; hãy dùng nominateAccount, issueAccount",
            "there are administrators who can give accounts; use nominateAccount and issueAccount",
        )
    people = [(*administrator, ADMINISTRATOR), (*leader, LEADER)]
    for name, *_ in people:
        _check_name(app, name)
    if not known:
        app.record_all([*_areas(app, unit.area_path), unit])
    return [
        _open(app, unit, name=name, full_name=full_name, role=role, leader=role == LEADER)
        for name, full_name, role in people
    ]


def open_one(
    app: CaseSystem, rules: Rulebook, *, code: str, name: str, full_name: str, role: str, leader: bool
) -> dict[str, str]:
    """Open an account in a unit where the regulation names nobody who gives them, inside of an act.

    Raises:
        WrongState: the regulation names who gives accounts there.
        InvalidInput, NotFound: the function, the name or the unit cannot be accepted.
    """
    if Unit.create_id(code) not in app.repository:
        raise InvalidInput(
            "unit",
            f"không có đơn vị {code}; hãy nhập bằng `areas import`, `units import`",
            f"there is no unit {code}; take it in by `areas import` and `units import`",
        )
    unit = app.find(Unit, Unit.create_id(code))
    if rules.account_rules.paths.get(unit.kind):
        raise WrongState(
            "quy định nêu ai cấp tài khoản; hãy dùng nominateAccount",
            "the regulation names who gives accounts; use nominateAccount",
        )
    fitting = rules.account_rules.roles.get(unit.kind, frozenset())
    if role not in fitting:
        listed = ", ".join(sorted(fitting)) or "–"
        raise InvalidInput("role", f"phải là một trong {listed}", f"must be one of {listed}")
    _check_name(app, name)
    return _open(app, unit, name=name, full_name=full_name, role=role, leader=leader)


class Change(StrEnum):
    """What becomes of an account that was opened so."""

    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"


BEGINS: Final = {
    Change.SUSPEND: {AccountState.ACTIVE},
    Change.RESUME: {AccountState.SUSPENDED},
    Change.CLOSE: {AccountState.ACTIVE, AccountState.SUSPENDED},
}
"""The states in which each begins."""


def change_one(app: CaseSystem, context: Context, change: Change, *, name: str, reason: str) -> None:
    """Suspend, give back or close an account where the regulation names nobody who does.

    Raises:
        InvalidInput: there is no such account, or nothing is said of why.
        WrongState: it is not in use, or was not suspended.
    """
    account = find_by_name(app, name)
    if account is None:
        raise InvalidInput("name", f"không có tài khoản {name}", f"there is no account {name}")
    if account.state not in BEGINS[change]:
        wanted = ", ".join(sorted(BEGINS[change]))
        raise WrongState(
            f"Tài khoản {name} ở trạng thái {account.state}, cần {wanted}",
            f"The account {name} is {account.state}, it must be {wanted}",
        )
    if change is Change.SUSPEND:
        account.take_back(context, text=reason)
    elif change is Change.CLOSE:
        account.end(context, text=reason)
    else:
        account.give_back(context, document=reason)
    app.record(*ended_with(app, account), account)


def _unit(rules: Rulebook, code: str, name: str, kind: str, area: str) -> Unit:
    for path, given in (("name", name), ("kind", kind), ("area", area)):
        if not given.strip():
            raise InvalidInput(path, "đơn vị mới cần có", "a new unit needs one")
    if kind not in rules.unit_kinds:
        listed = ", ".join(rules.unit_kinds)
        raise InvalidInput("kind", f"phải là một trong {listed}", f"must be one of {listed}")
    return Unit(code=code, name=name, kind=kind, area_path=area)


def _areas(app: CaseSystem, path: str) -> list[Area]:
    """The area of the first unit and those it lies in, where they are not on record yet."""
    made: list[Area] = []
    parent: Area | None = None
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        own = "/".join(parts[:depth])
        if Area.create_id(own) in app.repository:
            parent = app.find(Area, Area.create_id(own))
            continue
        name = parts[depth - 1].replace("-", " ").title()
        kind = list(AreaKind)[min(depth, len(AreaKind)) - 1]
        parent = Area.enter(path=own, parent=parent, name=name, kind=kind, valid_from=datetime.now(UTC))
        made.append(parent)
    return made


def _given_by_somebody(app: CaseSystem, rules: Rulebook, unit: Unit) -> bool:
    """Whether every step after the nomination has somebody in use who can take it, in a unit that has not ended."""
    path = rules.account_rules.paths.get(unit.kind, ())
    wanted = [stage for stage in path if stage.step is not AccountStep.NOMINATE]
    now = datetime.now(UTC)
    seats = [(one, app.find(Unit, one.unit_id)) for one in _in_use(app)]
    return bool(wanted) and all(
        any(
            (one.leader if stage.step is AccountStep.APPROVE else one.role == ADMINISTRATOR)
            and not has_ended(of, now)
            and _takes(stage, of, unit)
            for one, of in seats
        )
        for stage in wanted
    )


def _takes(stage: Stage, of: Unit, unit: Unit) -> bool:
    """Whether people *of* a unit take a step to an account of another, or of their own."""
    if stage.own_unit and of.id == unit.id:
        return True
    return of.kind in stage.unit_kinds and within(unit.area_path, of.area_path)


def _in_use(app: CaseSystem) -> Iterator[Account]:
    """The leaders and administrators in use, as the log itself has them: a read model may be behind."""
    with app.factory.datastore.get_connection() as conn:  # type: ignore[attr-defined] # our factory has one
        rows = conn.execute(
            "SELECT originator_id FROM events WHERE originator_version = 1 AND topic = ANY(%s)",
            ([Account.Opened.TOPIC, Account.Nominated.TOPIC],),
        ).fetchall()
    for row in rows:
        account = app.find(Account, row["originator_id"])
        if account.state == AccountState.ACTIVE and (account.leader or account.role == ADMINISTRATOR):
            yield account


def _check_name(app: CaseSystem, name: str) -> None:
    if NAME.fullmatch(name) is None:
        raise InvalidInput("name", f"{name} không phải tên đăng nhập", f"{name} is no account name")
    try:
        app.find(Account, Account.create_id(name))
    except NotFound:
        return
    raise InvalidInput("name", f"đã có tài khoản {name}", f"there is an account {name} already")


def _open(
    app: CaseSystem, unit: Unit, *, name: str, full_name: str, role: str, leader: bool
) -> dict[str, str]:
    account = open_account(app, name=name, full_name=full_name, unit_id=unit.id, role=role, leader=leader)
    password = generated()
    Credentials(app.factory.datastore).set_password(account.id, password, must_change=True)  # type: ignore[attr-defined] # our factory has one
    account.set_password()
    app.record(account)
    return {"name": name, "password": password, "unit_kind": unit.kind, "role": role}
