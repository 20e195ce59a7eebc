"""Histories of people and of what they do with cameras, each come some of its way."""

from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.account import Account
from domain.account_review import AccountReview
from domain.camera_use import CameraUse
from domain.control import CameraControl
from domain.personal import Personal
from tests.support.account_examples import ACCOUNT_EVENTS
from tests.support.spec import CENTRE, Fact, fact
from tests.support.use_examples import USE_EVENTS


def cameras_used(n: int, far: int) -> list[tuple[type[Aggregate], UUID, list[Fact]]]:
    """Return a use of a camera and a day of the controls of one, each come some of its way."""
    ways: dict[type[Aggregate], list[Fact]] = {}
    for cls, (_, said) in USE_EVENTS.items():
        noun = CameraUse if cls in vars(CameraUse).values() else CameraControl
        hold = {"hold_id": UUID(int=0x180000 + n)} if "hold_id" in said else {}
        ways.setdefault(noun, []).append(fact(cls, **{**said, **hold}).under(unit_id=CENTRE.id))
    return [
        (noun, UUID(int=0x190000 + 0x10000 * i + n), way[:far]) for i, (noun, way) in enumerate(ways.items())
    ]


def staff(n: int, far: int) -> list[tuple[type[Aggregate], UUID, list[Fact]]]:
    """Return an account that was nominated, and a review, each come some of its way."""
    person, ways = UUID(int=0x160000 + n), {Account: list[Fact](), AccountReview: list[Fact]()}
    for cls, (_, said) in ACCOUNT_EVENTS.items():
        noun = Account if cls in vars(Account).values() else AccountReview
        own = {
            "name": f"nominated.{n}",
            "full_name": Personal.said(person, "Nguyễn Thị Mẫu"),
            "number": f"DH-RS-2026-{n:06d}",
        }
        named = {name: own[name] for name in said if name in own and not isinstance(said[name], int)}
        ways[noun].append(fact(cls, **{**said, **named}).under(unit_id=CENTRE.id))
    return [
        (Account, person, ways[Account][:far]),
        (AccountReview, UUID(int=0x170000 + n), ways[AccountReview][: 1 + far % 3]),
    ]
