"""What is paid on top of a fine that is paid late: 0.05 % a day of what is unpaid (Luật XLVPHC Đ78.1).

Amounts are in đồng. The law says "for each day of late payment, of the fine not yet paid" and no more. How days are
counted follows Thông tư 18/2023/TT-BTC Đ5, known here from secondary sources; what that leaves open is decided in
favour of the person who pays:

* every day counts, days off too, from the day after the last day to execute;
* the day of a payment is not late for what is paid on it;
* a payment pays the fine first, so that what it leaves unpaid is less, and nothing is due on the late fee itself;
* a fraction of a đồng is dropped, once, at the end.

Days for which execution was postponed, or a request to reduce, remit or pay in parts was considered, are not late
either: whoever asks leaves them out.
"""

from collections.abc import Iterable
from datetime import date, timedelta

PER_DAY = (5, 10_000)
"""0.05 %, as a fraction."""


def late_fee(fine: int, last_day: date, on: date, payments: Iterable[tuple[date, int]] = ()) -> int:
    """Return what is due on top of *fine* to someone who pays the rest of it *on* a day.

    *last_day* is the last day to execute the decision, *payments* is what was paid of the fine before, with its day;
    what was paid on that day or later changes nothing.
    """
    if fine < 0:
        raise ValueError(f"a fine of {fine} đồng: expected none or more")
    unpaid, day, owed = fine, last_day + timedelta(days=1), 0
    for paid_on, amount in sorted(payments):
        if amount <= 0:
            raise ValueError(f"a payment of {amount} đồng on {paid_on}: expected more than nothing")
        if day < paid_on < on:
            owed += unpaid * (paid_on - day).days
            day = paid_on
        if paid_on < on:
            unpaid = max(0, unpaid - amount)
    owed += unpaid * max(0, (on - day).days)
    rate, of = PER_DAY
    return owed * rate // of
