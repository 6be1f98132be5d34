"""Printers of an application (ticket printer, kiosk), by what the entry of each in agent.yaml is read to say."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.model import Sample
from agent.core.others import Known
from agent.core.reach import Poll
from collectors.application import words
from collectors.application.metrics import PRINTER
from collectors.application.options import ApplicationOptions
from collectors.device_metrics import PRINTER_STATES

PRINTER_SENSOR = "printer"  # what collectors/printer_state.py calls the first; the others have a number behind it
ALIVE = ("host_up", "device_up")


def of_printers(options: ApplicationOptions, poll: Poll) -> Iterator[Sample]:
    for each in options.printers:
        printer = str(each)
        found = list(_told(printer, poll.known))
        if not found and _silent(printer, poll.known):
            found = [Sample(PRINTER, float(state == "offline"), (printer, state)) for state in PRINTER_STATES]
        if not found:
            poll.remarks.append(words.NO_PAPER_TOLD.format(printer=printer))
        yield from found


def _told(printer: str, known: Known) -> Iterator[Sample]:
    reading = known.reading(printer, "device_state")
    if reading is None or not reading.up:
        return
    for sample in reading.by_metric["device_state"]:
        sensor, state = sample.labels
        name, _, number = sensor.partition(" ")
        if name == PRINTER_SENSOR and state in PRINTER_STATES:
            yield Sample(PRINTER, sample.value, (f"{printer} {number}".strip(), state))


def _silent(printer: str, known: Known) -> bool:
    readings = [known.reading(printer, metric) for metric in ALIVE]
    said = [
        sample.value for reading in readings if reading and reading.up for metric in ALIVE
        for sample in reading.by_metric.get(metric, ())
    ]  # fmt: skip
    return bool(said) and not any(said)
