"""What the domain refuses to do, and why. A refusal is a value first: guards return it, decisions raise it.

* Refusal
  + Forbidden            the actor's unit, function or area does not allow it, or nobody is signed in as claimed
  + NotFound             nothing by that identity is on record, or the actor may not know that there is
  + WrongState           the act is not open in the present state
  + SamePerson           two acts that two people must do
  + SameUnit             two acts that two units must do
  + InvalidInput         a field that cannot be accepted, named by its path
  + VersionConflict      somebody else acted since the caller looked
  + CommandIdReused      the idempotency key was used for another input
  + NotYetVisible        the read model has not reached the position asked for
"""

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 — a refusal is an answer, not a failure
    """One line in Vietnamese and one in English, the rule that wants it so, and whether to try again."""

    code: ClassVar[str]

    def __init__(self, vi: str, en: str, *, rule: str | None = None, retryable: bool = False) -> None:
        super().__init__(f"{vi} · {en}")
        self.vi = vi
        self.en = en
        self.rule = rule
        self.retryable = retryable


class Forbidden(Refusal):
    """The actor may not do this."""

    code = "FORBIDDEN"


class NotFound(Refusal):
    """Nothing by that identity is on record for this actor."""

    code = "NOT_FOUND"

    def __init__(self, noun_vi: str, noun_en: str, identity: object) -> None:
        super().__init__(f"Không có {noun_vi} {identity}", f"There is no {noun_en} {identity}")


class WrongState(Refusal):
    """The act is not open in the present state."""

    code = "WRONG_STATE"


def wrong_state(vi: str, en: str, state: str, *expected: str, rule: str | None) -> WrongState:
    """Return the refusal to act on what is in another state than the act begins in, and say in which it does."""
    return WrongState(
        f"{vi} đang ở bước {state}, cần {' hoặc '.join(expected)}",
        f"{en} is {state}, it must be {' or '.join(expected)}",
        rule=rule,
    )


class SamePerson(Refusal):
    """Two acts that two people must do."""

    code = "SAME_PERSON"


class SameUnit(Refusal):
    """Two acts that two units must do."""

    code = "SAME_UNIT"


class InvalidInput(Refusal):
    """A field that cannot be accepted."""

    code = "INVALID_INPUT"

    def __init__(self, path: str, vi: str, en: str, *, rule: str | None = None) -> None:
        super().__init__(f"{path}: {vi}", f"{path}: {en}", rule=rule)
        self.path = path


class VersionConflict(Refusal):
    """Somebody else acted since the caller looked."""

    code = "VERSION_CONFLICT"

    def __init__(self, expected: int | None = None, actual: int | None = None) -> None:
        detail_vi = f" (đã xem phiên bản {expected}, nay là {actual})" if expected is not None else ""
        detail_en = f" (seen version {expected}, now {actual})" if expected is not None else ""
        super().__init__(
            f"Hồ sơ vừa được người khác thay đổi{detail_vi}; hãy xem lại rồi quyết định",
            f"Somebody else has just acted on it{detail_en}; look again, then decide",
            retryable=True,
        )


class CommandIdReused(Refusal):
    """The idempotency key was used for another input."""

    code = "COMMAND_ID_REUSED"

    def __init__(self, command_id: str) -> None:
        super().__init__(
            f"commandId {command_id} đã dùng cho một nội dung khác; mỗi lệnh mới cần một commandId mới",
            f"commandId {command_id} was used for another input; a new command needs a new commandId",
        )


class NotYetVisible(Refusal):
    """The read model has not reached the position asked for."""

    code = "NOT_YET_VISIBLE"

    def __init__(self, position: int) -> None:
        super().__init__(
            f"Chưa hiển thị đến vị trí {position}; hãy thử lại sau giây lát",
            f"Position {position} is not visible yet; try again in a moment",
            retryable=True,
        )


def refuse(refusal: Refusal | None) -> None:
    """Raise what a guard returned, if it returned anything."""
    if refusal is not None:
        raise refusal
