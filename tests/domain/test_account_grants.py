"""A right is given by a grant only where the regulation says that a grant opens something."""

from datetime import timedelta

import pytest

from domain.account import Account
from domain.account.rights import Right
from domain.context import Context
from domain.errors import Forbidden, Refusal
from domain.personal import Personal
from domain.unit import Unit
from tests.support.spec import ADMINISTRATOR, ID, NOW, POLICE, actor, context, fact, given, unit

PROVINCE = "tinh"
MANAGER = actor(32, unit("STTTT", "LEVEL_1_MANAGER", PROVINCE), "ADMINISTRATOR")


def refusal(act: Context, give: str, of: Unit, action: str) -> Refusal | None:
    """What is said to whoever gives somebody of a unit a right, or directs that it be given."""
    right = Right(
        action=action,
        purpose="SECURITY",
        document="16/QĐ-UBND",
        starts_at=NOW,
        ends_at=NOW + timedelta(days=30),
    )
    opened = fact(
        Account.Opened,
        name="ai.do",
        full_name=Personal.said(ID, "Người Mẫu"),
        unit_id=of.id,
        role="HANDLER",
        leader=False,
    )
    return given(Account, opened).when(lambda one: getattr(one, give)(act, of, right)).refusal


@pytest.mark.rule("R-DB-7.4.0", "R-DB-8.1.0", "R-DB-8.2.0")
@pytest.mark.parametrize(
    "kind, action, opened",
    [
        ("PROVINCIAL_POLICE", "camera.ptz", False),
        ("PROVINCIAL_POLICE", "camera.view", True),
        ("EXPLOITING_BODY", "camera.view", True),
    ],
)
def test_dien_bien(kind: str, action: str, *, opened: bool) -> None:
    """What is of one's own system only is opened by no grant; the refusal says how what lies beyond is."""
    said = refusal(context(MANAGER, profile="dien-bien"), "direct_grant", unit("X", kind, PROVINCE), action)
    assert (said is None) == opened
    if said is not None:
        assert isinstance(said, Forbidden)
        assert "outOfFunction (R-DB-8.2.0)" in said.en


@pytest.mark.rule("R-DH-12.2.d")
@pytest.mark.parametrize("of, opened", [(unit("TTR", "OTHER_BODY"), True), (POLICE, False)])
def test_in_writing(of: Unit, *, opened: bool) -> None:
    """In Đồng Hới other bodies are given sight of cameras by a document; to the police it would open nothing."""
    assert (refusal(context(ADMINISTRATOR), "give_grant", of, "camera.view") is None) == opened
