"""Commands over the real record: sent twice, sent late, sent together, they are carried out once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.case import Case, CaseState, Finding, Mark
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.case import (
    approve_case,
    conclude_case,
    discard_case,
    notify_result,
    receive_case,
    start_verification,
)
from domain.context import Actor
from domain.envelope import acting
from domain.errors import CommandIdReused, InvalidInput, NotFound, VersionConflict, WrongState
from domain.unit import Unit
from tests.support.cases import PLATE, TEXT
from tests.support.record import events_of, opened, proposed
from tests.support.spec import (
    APPROVER,
    COLLEAGUE,
    HANDLER,
    POLICE,
    SOMEBODY,
    context,
)


@pytest.fixture
def case(app: CaseSystem, database: str, keys: Path) -> Case:
    """A proposal on record."""
    return proposed(database, keys)[0]


def command(
    command_id: str, who: Actor = APPROVER, *, expected: int | None = None, name: str = "approveCase"
) -> Command:
    """Return a command's key, as the edge makes it."""
    return Command.of(who.account_id, command_id, name, {"plate": PLATE}, expected)


def approve(app: CaseSystem, case: Case, sent: Command, plate: str = PLATE) -> Answer:
    """Let the Centre approve and hand over to the police."""
    return approve_case(
        app, context(APPROVER), sent, case_id=case.id, plate=plate, recipient_unit_id=POLICE.id
    )


class TestOnce:
    """A command is carried out once, however often it is sent."""

    def test_twice(self, app: CaseSystem, case: Case) -> None:
        """The same command again gives the same answer and records nothing."""
        first = approve(app, case, command("c-1"))
        head = app.recorder.max_notification_id()
        assert approve(app, case, command("c-1")) == first == Answer(case.id, 2, head or 0)
        assert app.recorder.max_notification_id() == head

    def test_after_a_restart(self, app: CaseSystem, case: Case, database: str, keys: Path) -> None:
        """Another process knows the answer as well, also after the case has gone on."""
        first = approve(app, case, command("c-1"))
        receive_case(app, context(HANDLER), command("c-2", HANDLER), case_id=case.id)
        with opened(database, keys) as restarted:
            assert approve(restarted, case, command("c-1")) == first

    def test_other_input(self, app: CaseSystem, case: Case) -> None:
        """The same id for another input is refused by name, and nothing is recorded."""
        approve(app, case, command("c-1"))
        other = Command.of(APPROVER.account_id, "c-1", "approveCase", {"plate": "73A-999.99"}, None)
        with pytest.raises(CommandIdReused, match="commandId c-1 was used for another input"):
            approve(app, case, other, "73A-999.99")
        assert app.find(Case, case.id).version == 2

    def test_not_to_be_guessed(self, app: CaseSystem, case: Case, database: str) -> None:
        """What is kept of the input is no hash of it: whoever read the table could try every plate."""
        sent = command("c-1")
        approve(app, case, sent)
        with psycopg.connect(database) as conn:
            rows = conn.execute("SELECT input_hash FROM commands WHERE command_id = 'c-1'").fetchall()
        assert len(rows) == 1
        assert bytes(rows[0][0]) != sent.input_hash

    @pytest.mark.parametrize(
        "other",
        [
            Command.of(APPROVER.account_id, "c-1", "discardCase", {"plate": PLATE}, None),
            Command.of(APPROVER.account_id, "c-1", "approveCase", {"plate": PLATE}, 1),
        ],
        ids=["another-command", "another-version"],
    )
    def test_input_is_all_of_it(self, other: Command) -> None:
        """The command's name and the version it expects are part of its input."""
        assert other.input_hash != command("c-1").input_hash

    def test_order_of_facts(self) -> None:
        """The same facts in another order are the same input."""
        one, two = (
            Command.of(APPROVER.account_id, "c-1", "x", facts, None)
            for facts in ({"a": 1, "b": 2}, {"b": 2, "a": 1})
        )
        assert one == two

    def test_when_it_could_be_decided_again(self, app: CaseSystem) -> None:
        """A repeated command gives its first answer also where a second decision would be possible."""

        def rename(name: str, sent: Command) -> Answer:
            def decide() -> Unit:
                unit = app.find(Unit, POLICE.id)
                with acting(SOMEBODY):
                    unit.rename(name)
                return unit

            return app.perform(sent, decide)

        first = rename("Tên một", command("c-1"))
        rename("Tên hai", command("c-2"))
        assert rename("Tên một", command("c-1")) == first
        assert (
            rename("Tên hai", command("c-1")) == first
        )  # decides nothing: its answer is the first's as well
        with pytest.raises(CommandIdReused):
            rename("Tên ba", command("c-1", name="renameUnit"))
        with pytest.raises(CommandIdReused):
            rename("Tên hai", command("c-1", name="renameUnit"))
        assert (app.find(Unit, POLICE.id).name, app.find(Unit, POLICE.id).version) == ("Tên hai", 3)

    def test_other_account(self, app: CaseSystem, case: Case) -> None:
        """Ids are each account's own: another account's command of the same id is another command."""
        approve(app, case, command("c-1"))
        answer = receive_case(app, context(HANDLER), command("c-1", HANDLER), case_id=case.id)
        assert answer.version == 3

    def test_refused_is_not_stored(self, app: CaseSystem, case: Case) -> None:
        """A refused command may be mended and sent again under its id."""
        with pytest.raises(InvalidInput):
            approve(app, case, command("c-1"), "?")
        assert approve(app, case, command("c-1")).version == 2

    def test_together(self, app: CaseSystem, database: str, keys: Path) -> None:
        """Sent five times at once, a command is carried out once and all five are told the same."""
        cases = proposed(database, keys, 40)
        starting = Barrier(5)

        def send(case: Case) -> Answer:
            starting.wait(10)
            return approve(app, case, command(f"c-{case.number}"))

        with ThreadPoolExecutor(5) as pool:
            answers = [
                [sent.result() for sent in [pool.submit(send, case) for _ in range(5)]] for case in cases
            ]
        assert [len(set(same)) for same in answers] == [1] * 40
        assert [len(events_of(app, case.id)) for case in cases] == [2] * 40

    def test_together_with_the_version(self, app: CaseSystem, database: str, keys: Path) -> None:
        """A command that names the version it saw is no conflict with itself."""
        cases = proposed(database, keys, 20)
        starting = Barrier(4)

        def send(case: Case) -> Answer:
            starting.wait(10)
            return approve(app, case, command(f"c-{case.number}", expected=1))

        with ThreadPoolExecutor(4) as pool:
            answers = [
                [sent.result() for sent in [pool.submit(send, case) for _ in range(4)]] for case in cases
            ]
        assert [{answer.version for answer in same} for same in answers] == [{2}] * 20

    def test_one_winner(self, app: CaseSystem, database: str, keys: Path) -> None:
        """Of several commands that decide the same case at once, one decides and the others are refused."""
        cases = proposed(database, keys, 20)
        starting = Barrier(4)

        def send(case: Case, n: int) -> str:
            starting.wait(10)
            try:
                approve(app, case, command(f"c-{case.number}-{n}"))
            except (WrongState, VersionConflict) as refused:
                return refused.code
            return "done"

        with ThreadPoolExecutor(4) as pool:
            for case in cases:
                said = [sent.result() for sent in [pool.submit(send, case, n) for n in range(4)]]
                assert (said.count("done"), len(events_of(app, case.id))) == (1, 2)


class TestVersions:
    """Somebody else may act between looking and deciding."""

    def test_expected(self, app: CaseSystem, case: Case) -> None:
        """The version one saw is still the version."""
        assert approve(app, case, command("c-1", expected=1)).version == 2

    def test_not_expected(self, app: CaseSystem, case: Case) -> None:
        """A version that has passed is refused before anything is recorded, and may be tried again."""
        approve(app, case, command("c-1"))
        with pytest.raises(VersionConflict, match="seen version 1, now 2") as refused:
            receive_case(app, context(HANDLER), command("c-2", HANDLER, expected=1), case_id=case.id)
        assert refused.value.retryable is True
        assert app.find(Case, case.id).state == CaseState.APPROVED

    def test_retried(self, app: CaseSystem, database: str, keys: Path) -> None:
        """Without a version, a command that another got ahead of decides again on what is then so."""
        decide, tries = self._renaming(app, database, keys, ahead=1)
        answer = app.perform(command("c-1"), decide)
        assert (answer.version, len(tries)) == (3, 2)
        assert app.find(Unit, POLICE.id).name == "Tên mới"

    def test_not_retried(self, app: CaseSystem, database: str, keys: Path) -> None:
        """With a version, being overtaken is a conflict."""
        decide, tries = self._renaming(app, database, keys, ahead=1)
        with pytest.raises(VersionConflict):
            app.perform(command("c-1", expected=1), decide)
        assert (app.find(Unit, POLICE.id).name, len(tries)) == ("Tên 1", 1)

    def test_overtaken_for_ever(self, app: CaseSystem, database: str, keys: Path) -> None:
        """Three times overtaken is a conflict that the caller hears of."""
        decide, tries = self._renaming(app, database, keys, ahead=9)
        with pytest.raises(VersionConflict):
            app.perform(command("c-1"), decide)
        assert (app.find(Unit, POLICE.id).name, len(tries)) == ("Tên 3", 3)

    @staticmethod
    def _renaming(
        app: CaseSystem, database: str, keys: Path, *, ahead: int
    ) -> tuple[Callable[[], Unit], list[int]]:
        """A decision that another process gets ahead of so many times, and how often it was taken."""
        tries: list[int] = []

        def decide() -> Unit:
            unit = app.find(Unit, POLICE.id)
            tries.append(unit.version)
            with acting(SOMEBODY):
                unit.rename("Tên mới")
                if len(tries) <= ahead:
                    with opened(database, keys) as other:
                        overtaking = other.find(Unit, POLICE.id)
                        overtaking.rename(f"Tên {len(tries)}")
                        other.record(overtaking)
            return unit

        return decide, tries

    def test_deciding_nothing(self, app: CaseSystem) -> None:
        """A decision that changes nothing records nothing and answers with what is there."""

        def decide() -> Unit:
            unit = app.find(Unit, POLICE.id)
            unit.rename(unit.name)
            return unit

        head = app.recorder.max_notification_id()
        assert app.perform(command("c-1"), decide) == Answer(POLICE.id, 1, head or 0)
        assert app.recorder.max_notification_id() == head


def nothing_alike(_case: Case, _plate: str | None) -> tuple[UUID, ...]:
    """No other case is about the same violation."""
    return ()


def test_the_whole_way(app: CaseSystem, case: Case) -> None:
    """A case goes from detection to the result notice by its commands, each position after the one before."""
    answers = [
        approve(app, case, command("1")),
        receive_case(app, context(HANDLER), command("2", HANDLER), case_id=case.id),
        start_verification(
            app, context(COLLEAGUE), command("3", COLLEAGUE), case_id=case.id, alike=nothing_alike
        ),
        conclude_case(
            app,
            context(HANDLER),
            command("4", HANDLER),
            case_id=case.id,
            alike=nothing_alike,
            finding=Finding.VIOLATION,
            text=TEXT,
        ),
        notify_result(app, context(HANDLER), command("5", HANDLER), case_id=case.id),
    ]
    assert [answer.version for answer in answers] == [2, 3, 4, 5, 6]
    positions = [answer.position for answer in answers]
    assert positions == sorted(set(positions))
    assert Mark.RESULT_NOTIFIED in app.find(Case, case.id).marks


def test_discard(app: CaseSystem, case: Case) -> None:
    """A proposal is discarded by its command."""
    discard_case(app, context(APPROVER), command("1"), case_id=case.id, reason_code="TEST", note=None)
    assert app.find(Case, case.id).state == CaseState.DISCARDED


class TestFind:
    """What is not there, or is something else, is absent alike."""

    def test_nothing(self, app: CaseSystem) -> None:
        """An id nobody ever recorded is absent."""
        with pytest.raises(NotFound, match=f"There is no case {UUID(int=1)}"):
            approve_case(
                app,
                context(APPROVER),
                command("1"),
                case_id=UUID(int=1),
                plate=PLATE,
                recipient_unit_id=POLICE.id,
            )

    def test_another_noun(self, app: CaseSystem) -> None:
        """A unit is no case."""
        with pytest.raises(NotFound, match=f"There is no case {POLICE.id}"):
            app.find(Case, POLICE.id)

    def test_recipient(self, app: CaseSystem, case: Case) -> None:
        """A recipient that does not exist is absent, and the case stays where it is."""
        with pytest.raises(NotFound, match="There is no unit"):
            approve_case(
                app,
                context(APPROVER),
                command("1"),
                case_id=case.id,
                plate=PLATE,
                recipient_unit_id=uuid4(),
            )
        assert app.find(Case, case.id).version == 1
