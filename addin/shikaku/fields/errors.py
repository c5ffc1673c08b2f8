"""What can be wrong with an identifier. No error carries the value: it may be a secret."""


class FieldError(ValueError):
    """The value is no such identifier. ``str()`` is a Japanese sentence without the value."""

    message = "値を読み取れません。"

    def __init__(self, message: str = ""):
        super().__init__(message or self.message)


class InvalidFormat(FieldError):
    """A character that does not belong there."""

    message = "使えない文字があります。"


class InvalidLength(InvalidFormat):
    """Too long or too short."""

    message = "桁数が違います。"


class InvalidChecksum(FieldError):
    """The check digit does not fit."""

    message = "検査用数字が合いません。"


class InvalidComponent(FieldError):
    """The form is right, but a part of it can't be (a dummy, an unknown prefecture)."""

    message = "ありえない値です。"


class NotADate(FieldError):
    """No day can be read from it (DT01)."""

    message = "日付として読めません。"


class NoSuchDay(NotADate):
    """Written like a date, but the calendar has no such day (令和8年2月30日)."""

    message = "暦にない日付です。"


class Contradiction(NotADate):
    """It names two different days (a weekday or a bracketed date that does not fit)."""

    message = "曜日やかっこ内の日付と食い違っています。"


class ImpossibleEra(FieldError):
    """The era did not have that day (S64.1.8, R0.1.1) (DT02)."""

    message = "その元号にはない日付です。"


class OutOfRange(FieldError):
    """A day that no record of a health insurance can hold (DT03)."""

    message = "ありえない年の日付です。"
