"""Simulated devices that answer SNMP: an access switch, a core switch, two kinds of UPS, a room's sensors.

A device is a plain object. Whoever owns it changes its state and lets time pass with `advance(seconds)`; `objects()` is
what it would tell, a pure function of that state. Serving them: serving.py. One of each: `python -m demo.devices`,
which another process can change: changing.py, control.py.
"""
