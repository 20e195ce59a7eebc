"""Commands on clients: what GraphQL and the tests call."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from domain.client import Client, ClientState, Model, Registration
from domain.client.guards import check_administer, check_view, client_rule
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.area import known_area
from domain.commands.camera import standing
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, NotFound, refuse


def register_client(
    app: CaseSystem, context: Context, command: Command, *, registration: Registration
) -> Answer:
    """Take a client into the register, with the models that it may send by."""

    def decide() -> tuple[Client | Model, ...]:
        refuse(check_administer(registration, context))
        rule = client_rule(context)
        known_area(app, registration.area_path, context.now, rule=rule)
        standing(app, "operatingUnitId", registration.operating_unit_id, context.now, rule)
        made = Client.register(context, registration)
        if made.id in app.repository:
            raise InvalidInput(
                "code",
                f"mã {made.code} đã có đăng ký khác",
                f"{made.code} is the code of another registration",
                rule=rule,
            )
        with acting(context.envelope("client.administer", rule=rule)):
            return (*(_registered(app, context, sha256, made.id) for sha256 in made.models), made)

    return app.perform(command, decide)


def _registered(app: CaseSystem, context: Context, sha256: str, client_id: UUID) -> Model:
    """A model that is registered to a client, not saved yet; to no second one while the first stands."""
    try:
        model = app.find(Model, Model.create_id(sha256))
    except NotFound:
        return Model.register(sha256, client_id)
    holder = app.find(Client, model.client_ids[-1])
    if holder.state != ClientState.WITHDRAWN:
        of = holder.code if check_view(holder, context) is None else "…"
        raise InvalidInput(
            "models",
            f"mô hình {sha256[:12]}… đã đăng ký cho {of}; thu hồi đăng ký đó trước (withdrawClient)",
            f"the model {sha256[:12]}… is registered to {of}: withdraw that first (withdrawClient)",
            rule=client_rule(context),
        )
    model.register_anew(client_id)
    return model


def entered(registration: Registration) -> tuple[Client | Model, ...]:
    """A client and its models, not saved yet; inside an act of whoever sets the installation up."""
    made = Client.enter(registration)
    return (*(Model.register(sha256, made.id) for sha256 in made.models), made)


def _acted(act: Callable[..., None]) -> Callable[..., Answer]:
    def run(app: CaseSystem, context: Context, command: Command, *, client_id: UUID, **said: Any) -> Answer:
        def decide() -> Client:
            client = app.find(Client, client_id, expected=command.expected_version)
            act(client, context, **said)
            return client

        return app.perform(command, decide)

    return run


suspend_client = _acted(Client.suspend)
resume_client = _acted(Client.resume)
withdraw_client = _acted(Client.withdraw)
