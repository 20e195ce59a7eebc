"""Why nobody, or not yet, is let in."""

from domain.errors import Refusal


class Unauthenticated(Refusal):
    """Nobody is signed in."""

    code = "UNAUTHENTICATED"

    def __init__(self) -> None:
        super().__init__(
            "Cần đăng nhập: gửi Authorization: Bearer <token>",
            "Sign in first: send Authorization: Bearer <token>",
        )


class PasswordExpired(Refusal):
    """The password is too old, or another's: all one may do is change it."""

    code = "PASSWORD_EXPIRED"

    def __init__(self, *, rule: str | None) -> None:
        super().__init__(
            "Mật khẩu phải được đổi trước khi làm việc khác: gọi changePassword",
            "The password has to be changed before anything else: call changePassword",
            rule=rule,
        )


class SecondFactorMissing(Refusal):
    """The function asks for a second factor and there is none: all one may do is enrol it."""

    code = "SECOND_FACTOR_MISSING"

    def __init__(self) -> None:
        super().__init__(
            "Chức năng này cần yếu tố xác thực thứ hai: gọi enrolSecondFactor rồi confirmSecondFactor",
            "This function needs a second factor: call enrolSecondFactor, then confirmSecondFactor",
        )


class SecondFactorNeeded(Refusal):
    """The password is right; a code of the device, or a recovery code, is asked for besides."""

    code = "SECOND_FACTOR_NEEDED"

    def __init__(self) -> None:
        super().__init__(
            "Cần mã xác thực: gửi lại với secondFactor", "A code is needed: send it again with secondFactor"
        )
