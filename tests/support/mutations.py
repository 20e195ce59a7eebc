"""What holds of every mutation on a case: a contract that the test of each one inherits."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest

from tests.support.api import Installation
from tests.support.people import ACTORS, FACTS, WAY, Person, mutation_of

RULES = {
    "R-DH-11.3.a1": "790/QĐ-UBND (Đồng Hới), Đ11.3.a gạch 1",
    "R-DH-11.3.b3": "790/QĐ-UBND (Đồng Hới), Đ11.3.b gạch 3",
    "R-DH-11.3.b4": "790/QĐ-UBND (Đồng Hới), Đ11.3.b gạch 4",
    "R-DH-11.3.b5": "790/QĐ-UBND (Đồng Hới), Đ11.3.b gạch 4",
    "R-DH-3.5.0": "790/QĐ-UBND (Đồng Hới), Đ3.5",
    "R-DHV-0.0.0": "704/UBND-VP (Đồng Hới), phần mở đầu",
    "R-DHV-1.3.0": "704/UBND-VP (Đồng Hới), phần 1 gạch 3",
    "R-DHV-2.1.a": "704/UBND-VP (Đồng Hới), phần 2 gạch 1",
    "R-VN-LXLVPHC-6.1.a": "Luật XLVPHC Đ6.1.a; NĐ 168/2024 Đ4.3.b",
}
"""The citations of the rules that these tests meet, as their regulations are numbered."""


def rule(rule_id: str) -> dict[str, str]:
    """A rule as the API shows it."""
    return {"id": rule_id, "citation": RULES[rule_id]}


def refused(
    kind: str,
    vi: str,
    en: str,
    *,
    rule_id: str | None = None,
    retryable: bool = False,
    **more: str,
) -> dict[str, Any]:
    """A refusal as the API shows it; its code is its name in capitals."""
    code = "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in kind)[1:]
    return {
        "__typename": kind,
        "code": code,
        "vi": vi,
        "en": en,
        "retryable": retryable,
        "rule": rule(rule_id) if rule_id else None,
        **more,
    }


def no_case(case_id: UUID) -> dict[str, Any]:
    """The refusal that says that there is none, and nothing else."""
    return refused("NotFound", f"Không có hồ sơ {case_id}", f"There is no case {case_id}")


def wrong_state(found: str, wanted: str, rule_id: str) -> dict[str, Any]:
    """The refusal of an act that begins elsewhere."""
    return refused(
        "WrongState",
        f"Hồ sơ ở trạng thái {found}, cần {wanted}",
        f"The case is {found}, it must be {wanted}",
        rule_id=rule_id,
    )


def forbidden(action: str, why: str, rule_id: str) -> dict[str, Any]:
    """The refusal of an act that the unit's kind or the person's function does not allow."""
    return refused(
        "Forbidden",
        f"Đơn vị hoặc chức năng của tài khoản không được thực hiện {action}{why}",
        f"The account's unit or function may not do {action}{why}",
        rule_id=rule_id,
    )


@contextmanager
def nothing_recorded(installation: Installation) -> Iterator[None]:
    """Whatever happens inside leaves no event, but that somebody was refused."""
    before = installation.head()
    yield
    assert set(installation.since(before)) <= {"attempt:refused"}


class EveryMutation:
    """Subclass it with the mutation, the state it begins in, and its event."""

    mutation: ClassVar[str]
    ready: ClassVar[str]
    topic: ClassVar[str]
    other: ClassVar[dict[str, Any] | None] = None  # another input; None where an act has none but its case

    @pytest.fixture
    def person(self, installation: Installation) -> Person:
        """Whoever may do it."""
        return installation.signed_in(ACTORS[self.mutation])

    @pytest.mark.parametrize("times", range(2, 11))
    def test_sent_in_parallel(self, installation: Installation, person: Person, times: int) -> None:
        """A command that is sent several times at once happens once, and each sender gets the same answer."""
        case = installation.case_in(self.ready)
        before, command_id = installation.head(), str(uuid4())
        with ThreadPoolExecutor(times) as pool:
            answers = list(
                pool.map(
                    lambda _: person.does(self.mutation, case.id, commandId=command_id),
                    range(times),
                )
            )
        assert all(answer == answers[0] for answer in answers)
        assert answers[0]["position"] == f"{installation.head():016d}"
        assert installation.topics(case.id)[len(WAY[self.ready]) + 1 :] == [self.topic]
        assert installation.head() > before

    def test_sent_again_later(self, installation: Installation, person: Person) -> None:
        """A command that was answered is answered the same ever after, also once the case has gone on."""
        case = installation.case_in(self.ready)
        command_id = str(uuid4())
        first = person.does(self.mutation, case.id, commandId=command_id)
        with nothing_recorded(installation):
            again = person.does(self.mutation, case.id, commandId=command_id)
        assert again == first

    def test_command_id_reused(self, installation: Installation, person: Person) -> None:
        """A commandId stands for one input; with another one it is refused, and nothing happens."""
        case = installation.case_in(self.ready)
        command_id = str(uuid4())
        person.does(self.mutation, case.id, commandId=command_id)
        another = case if self.other else installation.case_in(self.ready)
        with nothing_recorded(installation):
            answer = person.act(self.mutation, another.id, commandId=command_id, **(self.other or {}))
        assert answer == refused(
            "CommandIdReused",
            f"commandId {command_id} đã dùng cho một nội dung khác; mỗi lệnh mới cần một commandId mới",
            f"commandId {command_id} was used for another input; a new command needs a new commandId",
        )

    def test_version(self, installation: Installation, person: Person) -> None:
        """Who looked at another version is refused, and may send the same command again after looking."""
        case = installation.case_in(self.ready)
        version = len(WAY[self.ready]) + 1
        command_id = str(uuid4())
        with nothing_recorded(installation):
            answer = person.act(self.mutation, case.id, commandId=command_id, expectedVersion=version - 1)
        assert answer == refused(
            "VersionConflict",
            f"Hồ sơ vừa được người khác thay đổi (đã xem phiên bản {version - 1}, nay là {version}); "
            "hãy xem lại rồi quyết định",
            f"Somebody else has just acted on it (seen version {version - 1}, now {version}); "
            "look again, then decide",
            retryable=True,
        )
        done = person.does(self.mutation, case.id, commandId=command_id, expectedVersion=version)
        assert done["case"]["version"] == version + 1

    def test_outside_of_scope(self, installation: Installation) -> None:
        """Of a case of others one learns as much as of one that never was, however one asks."""
        case, never = installation.case_in(self.ready), uuid4()
        unit = installation.register_unit("CATP-2", kind="CITY_POLICE")
        centre = installation.register_unit("TT-2", kind="OPERATIONS_CENTRE")
        strangers = [
            installation.open_account("stranger.handle", unit_id=unit, role="HANDLER"),
            installation.open_account("stranger.approve", unit_id=centre, role="APPROVER"),
        ]
        with nothing_recorded(installation):
            for stranger in strangers:
                for case_id in (case.id, never):
                    ways: list[dict[str, Any]] = [{}, {"expectedVersion": 99}]
                    if self.mutation == "approveCase":
                        ways.append({"recipientUnitId": str(uuid4())})
                    for given in ways:
                        assert stranger.act(self.mutation, case_id, **given) == no_case(case_id)
                    assert stranger.act(self.mutation, str(case_id).upper()) == no_case(case_id)

    def test_nobody(self, installation: Installation) -> None:
        """Nobody acts without signing in."""
        case = installation.case_in(self.ready)
        with nothing_recorded(installation):
            body = installation.anonymous.answer(mutation_of(self.mutation), input=_input(self, case.id))
        assert [e["extensions"]["code"] for e in body["errors"]] == ["UNAUTHENTICATED"]
        assert body["data"] is None

    @pytest.mark.parametrize("command_id", ["", "x" * 65])
    def test_command_id(self, installation: Installation, person: Person, command_id: str) -> None:
        """A commandId has 1 to 64 characters."""
        case = installation.case_in(self.ready)
        with nothing_recorded(installation):
            answer = person.act(self.mutation, case.id, commandId=command_id)
        assert answer == refused(
            "InvalidInput",
            "commandId: từ 1 đến 64 ký tự",
            "commandId: 1 to 64 characters",
            path="commandId",
        )
        assert person.does(self.mutation, case.id, commandId="x" * 64)["case"]["id"] == str(case.id)

    @pytest.mark.parametrize("case_id", ["", "DH-2026-000001", "1", "' OR 1=1 --"])
    def test_no_id(self, installation: Installation, person: Person, case_id: str) -> None:
        """A case is named by its id."""
        with nothing_recorded(installation):
            assert person.act(self.mutation, case_id) == refused(
                "InvalidInput", "caseId: không phải mã định danh", "caseId: not an id", path="caseId"
            )

    def test_id_of_something_else(self, installation: Installation, person: Person) -> None:
        """The id of a unit, an account or a camera is the id of no case."""
        for other in _others(installation):
            with nothing_recorded(installation):
                assert person.act(self.mutation, other) == no_case(other)


def _others(installation: Installation) -> list[UUID]:
    recorder: Any = installation.operator.recorder
    events = recorder.select_notifications(start=1, limit=100)
    kinds = {event.topic.partition(":")[0]: event.originator_id for event in events}
    assert {"unit", "account", "camera", "session"} <= kinds.keys()
    return list(kinds.values())


def _input(contract: EveryMutation, case_id: UUID) -> dict[str, Any]:
    return {"caseId": str(case_id), "commandId": str(uuid4()), **FACTS.get(contract.mutation, {})}
