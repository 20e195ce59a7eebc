"""The table of obligations is true and whole: what it says is shown is shown, and what is missing stands in it."""

from collections import Counter
from dataclasses import replace

import pytest

from tests import trace
from tests.trace import SUBJECTS, Mark, Obligation, Pending, Trace, marks_of, read

SUBJECT = SUBJECTS[0]
TEST = "tests/domain/test_case.py::test_it"


def obligation(id_: str, duty: str = "M") -> Obligation:
    """An invented obligation."""
    return Obligation(id=id_, duty=duty, source="1/QĐ", rule="Somebody does it", software_duty="it is done")


WHOLE = Trace(
    obligations={
        one.id: one for one in (obligation("R-X-1"), obligation("R-X-2", "S"), obligation("R-X-3", "N"))
    },
    pending=[Pending("R-X-2", SUBJECT, "")],
    marks=[Mark("R-X-1", TEST), Mark("R-VN-1", TEST)],
    cited=frozenset({"R-VN-1"}),
    code={"R-X-1": ["domain/case.py"]},
)
"""A table in which nothing is wrong."""


def test_true_and_whole() -> None:
    """Every mark names a rule there is; every obligation to be kept is shown by a test, or stands in the open list."""
    assert read().problems() == []


def test_every_obligation() -> None:
    """The table holds the obligations of the four regulations: 161 must, 79 should be kept, 33 are to be read."""
    assert Counter(one.duty for one in read().obligations.values()) == {"M": 161, "S": 79, "N": 33}


def test_states() -> None:
    """An obligation is shown, open, shown in part, to be read, or nowhere."""
    nobody = obligation("R-X-4")
    part = replace(WHOLE, pending=[Pending("R-X-1", SUBJECT, "the rest")])
    states = [WHOLE.state(one) for one in (*WHOLE.obligations.values(), nobody)]
    assert states == ["shown", "open", "reference", "nowhere"]
    assert part.state(part.obligations["R-X-1"]) == "part"


@pytest.mark.parametrize(
    "wrong, problem",
    [
        pytest.param(
            replace(WHOLE, marks=[]),
            "R-X-1: no test shows it, and it is not in the open list",
            id="not-shown",
        ),
        pytest.param(
            replace(WHOLE, pending=[]),
            "R-X-2: no test shows it, and it is not in the open list",
            id="not-open",
        ),
        pytest.param(
            replace(WHOLE, marks=[*WHOLE.marks, Mark("R-X-9", TEST)]),
            f"{TEST}: there is no rule R-X-9",
            id="unknown",
        ),
        pytest.param(
            replace(WHOLE, marks=[*WHOLE.marks, Mark(None, TEST)]),
            f"{TEST}: a mark names its rules as literal strings",
            id="not-literal",
        ),
        pytest.param(
            replace(WHOLE, marks=[*WHOLE.marks, Mark("R-X-1", "test_a.py::helper")]),
            "test_a.py::helper: a mark stands on a test, here pytest collects none",
            id="on-no-test",
        ),
        pytest.param(
            replace(WHOLE, code={"R-X-9": ["domain/case.py"]}),
            "domain/case.py: there is no rule R-X-9",
            id="unknown-in-code",
        ),
        pytest.param(
            replace(WHOLE, pending=[*WHOLE.pending, Pending("R-X-1", SUBJECT, "")]),
            "R-X-1: open, though a test shows it: take it from the list, or say what is missing still",
            id="open-and-shown",
        ),
        pytest.param(
            replace(WHOLE, pending=[Pending("R-X-2", SUBJECT, "the rest")]),
            "R-X-2: 'the rest' is missing, says the list, but no test shows the rest",
            id="part-and-not-shown",
        ),
        pytest.param(
            replace(WHOLE, pending=[*WHOLE.pending, *WHOLE.pending]),
            "R-X-2: stands 2 times in the open list",
            id="twice",
        ),
        pytest.param(
            replace(WHOLE, pending=[*WHOLE.pending, Pending("R-X-3", SUBJECT, "")]),
            "R-X-3: in the open list, but no obligation to be kept",
            id="only-to-be-read",
        ),
        pytest.param(
            replace(WHOLE, pending=[Pending("R-X-2", "some day", "")]),
            f"R-X-2: no subject 'some day': expected one of {'; '.join(SUBJECTS)}",
            id="no-subject",
        ),
    ],
)
def test_what_is_wrong(
    wrong: Trace, problem: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is not true or not whole is one line, and fails a strict run and no other."""
    assert WHOLE.problems() == []
    assert wrong.problems() == [problem]
    monkeypatch.setattr(trace, "read", lambda: wrong)
    assert (trace.main(["--strict"]), trace.main([])) == (1, 0)
    assert capsys.readouterr().err == f"trace: {problem}\n" * 2


def test_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each obligation stands with its code, its tests and what is to come; then duties and subjects are counted."""
    monkeypatch.setattr(trace, "read", lambda: WHOLE)
    assert trace.main(["--strict"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "R-X-1  M  shown  1/QĐ: Somebody does it",
        "    code  domain/case.py",
        f"    test  {TEST}",
        "R-X-2  S  open  1/QĐ: Somebody does it",
        f"    to come  {SUBJECT}: it is done",
        "R-X-3  N  reference  1/QĐ: Somebody does it",
        "",
        "M 1 (must be enforced): 1 shown",
        "S 1 (should be supported): 1 open",
        f"    {SUBJECT}: 1 open, 0 in part",
        "N 1 (to be read): 1 reference",
    ]


MARKED = """
TABLE = [pytest.param(1, marks=pytest.mark.rule("R-X-1"))]
TestMachine = pytest.mark.rule("R-X-2", "R-X-3")(Machine.TestCase)
@pytest.mark.rule("R-X-4")
class TestAll:
    @pytest.mark.rule("R-X-5")
    @pytest.mark.parametrize("n", [pytest.param(1, marks=[pytest.mark.rule("R-X-6")])])
    async def test_one(self, n): ...
    def test_two(self): pytest.mark.timeout("R-X-7")
@pytest.mark.rule(RULE)
def helper(): ...
@pytest.mark.rule()
def test_three(): "pytest.mark.rule('R-X-8')"
"""


def test_marks_are_found_where_they_stand() -> None:
    """A mark belongs to the test, the class, the parameter or the table it stands on, and is no word in a text."""
    assert list(marks_of("test_a.py", MARKED)) == [
        Mark("R-X-1", "test_a.py::TABLE"),
        Mark("R-X-2", "test_a.py::TestMachine"),
        Mark("R-X-3", "test_a.py::TestMachine"),
        Mark("R-X-5", "test_a.py::TestAll::test_one"),
        Mark("R-X-6", "test_a.py::TestAll::test_one"),
        Mark("R-X-4", "test_a.py::TestAll"),
        Mark(None, "test_a.py::helper"),
        Mark(None, "test_a.py::test_three"),
    ]
