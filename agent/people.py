"""What people enter at the desk: each step of a register, by its verb of the control socket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agent import attestations, inspections, tickets, waivers

# Each takes the store, the request, the desk and the time, and gives the entry as it stands then; Unfit where it is
# not taken.
STEPS: Mapping[str, Callable[..., Any]] = {
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
