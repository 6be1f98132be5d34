"""What people enter at the desk: each step of a register, by its verb of the control socket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agent import attestations, inspections, tickets, waivers
from agent.attesting import Desk
from agent.core import ledger
from agent.core.store import Store
from agent.core.text import Text
from agent.core.unfit import Unfit
from agent.core.units import moment

CLOCK = Text(
    "时钟是 {now},台账最后一条记录是 {last} 的:先把时钟拨准再登记。若现在的时钟才是准的(先前拨快过),"
    "等运行中的守望写下新的记录再登记",
    "the clock says {now}, the last record of the ledger is of {last}; put the clock right. If it is right now, and "
    "was ahead before, wait until the running agent has written its next record",
)
Step = Callable[..., Any]


def _in_time(step: Step) -> Step:
    """The same step; Unfit where the clock is behind what is on record, so that nothing is entered with an earlier
    date."""

    def taken(store: Store, request: Mapping[str, Any], desk: Desk, now: float) -> Any:
        last = store.ask(ledger.latest, None)
        if last is not None and now < last - ledger.APART:
            raise Unfit(CLOCK.format(now=moment(desk.calendar, now), last=moment(desk.calendar, last)))
        return step(store, request, desk, now)

    return taken


# Each takes the store, the request, the desk and the time, and gives the entry as it stands then; Unfit where it is
# not taken.
_STEPS: Mapping[str, Step] = {
    "attest": attestations.enter,
    "confirm_attestation": attestations.confirm,
    "withdraw_attestation": attestations.withdraw,
    "sign_sheet": inspections.sign,
    "ask_waiver": waivers.ask,
    "approve_waiver": waivers.approve,
    "end_waiver": waivers.end,
    "open_ticket": tickets.open_,
    "hand_ticket": tickets.hand,
    "take_ticket": tickets.take,
    "extend_ticket": tickets.extend,
    "agree_ticket": tickets.agree,
    "close_ticket": tickets.close,
}
STEPS: Mapping[str, Step] = {verb: _in_time(step) for verb, step in _STEPS.items()}
