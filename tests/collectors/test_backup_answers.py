"""Whatever a host answers is read or refused, never stumbled over."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.calendar import Calendar
from agent.core.reach import ReachError
from agent.core.ssh import Answer, Command
from collectors.backup import isolation, manifest, restic, run, sample, space, testing
from collectors.backup.copies import sorted_out
from collectors.backup.formats import format_of
from collectors.backup.listing import File, Listing, files_of
from collectors.backup.options import BackupOptions, Retention, RunOptions
from collectors.backup.schedule import Schedule
from collectors.backup.verdict import Past, judged, samples

NOW = 1_795_500_000.0
RESTIC = BackupOptions.model_validate({"id": "r", "kind": "restic", "path": "/r", "restic": {"password": "x"}})
NUMBERS = st.integers(-(10**19), 10**19)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "id": VALUES,
        "time": VALUES | st.datetimes().map(lambda at: at.isoformat() + "Z"),
        "hostname": VALUES,
        "paths": VALUES | st.just(["/a"]),
        "tags": VALUES,
        "summary": VALUES | st.fixed_dictionaries({"total_bytes_processed": VALUES}),
        "type": st.just("file"),
        "path": VALUES,
        "size": VALUES,
        "mtime": VALUES,
    },
)


def answer(stdout: bytes, stderr: bytes = b"", status: int = 0) -> Answer:
    return Answer(Command(("x",), seconds=5), status, stdout, stderr)


def told(name: str, at: int, size: int) -> bytes:
    """As stat(1) of the host says it."""
    head = f"{at} {size} 644 0 0 //".encode()
    return head + b"/store/./" + name.encode("utf-8", "surrogateescape") + b"//\n"


@given(
    st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.integers(0, 2**40), st.integers(0, 2**60)), max_size=5)
)
def test_every_name_of_bytes_comes_back_as_it_was(files: list[tuple[bytes, int, int]]) -> None:
    kept = [(name.replace(b"/", b"_").replace(b"\0", b"_"), at, size) for name, at, size in files]
    names = [(name.decode("utf-8", "surrogateescape"), at, size) for name, at, size in kept]
    output = b"".join(told(*each) for each in names)
    assert [(file.name, file.at, file.size) for file in files_of(output)] == names


@given(st.binary(max_size=400), st.binary(max_size=200), st.integers(0, 255))
def test_no_output_makes_a_parser_stumble(stdout: bytes, stderr: bytes, status: int) -> None:
    said = answer(stdout, stderr, status)
    files_of(stdout)
    format_of(stdout)
    manifest.checksum(stdout, "/store/./a")
    manifest.told(stdout)
    space.space(said)
    isolation.account_of([said, said])
    isolation.read_only(stdout, "/store")
    isolation.rights_of([said, said, said, said])
    list(sample.nodes(stdout))
    for form in (format_of(b"\x1f\x8b"), format_of(b"-- MySQL dump"), format_of(b"PGDMP"), format_of(b"PK\x03\x04")):
        for test in testing.tests("/store/a", form, None, "0" * 64):
            test.result([said] * len(test.commands))
    for options in (RunOptions(status="/s"), RunOptions(log="/l", failed="x"), RunOptions(unit="u")):
        with contextlib.suppress(ReachError):
            run.failed(options, [said])


@given(st.lists(ROWS, max_size=3))
def test_no_json_of_restics_makes_it_stumble(rows: list[dict[str, Any]]) -> None:
    with contextlib.suppress(ReachError):
        for each in restic.listed(json.dumps(rows).encode(), RESTIC):
            assert each.at >= 0
            assert each.size is None or each.size >= 0
    list(sample.nodes(b"\n".join(json.dumps(row).encode() for row in rows)))


@settings(max_examples=200)
@given(st.lists(st.tuples(NUMBERS, st.integers(0, 10**19)), max_size=6), st.integers(0, 9_999_999_999))
def test_no_time_and_no_size_makes_a_verdict_stumble(files: list[tuple[int, int]], clock: int) -> None:
    listed = tuple(File(f"/b/{number}", size, max(0, at)) for number, (at, size) in enumerate(files))
    found, noted = sorted_out(Listing(clock, listed), "*", None, NOW)
    found, _ = sorted_out(Listing(clock, listed), "*", noted, NOW + 3600)
    schedule = Schedule(86400.0, 3600.0, "working", calendar=Calendar())
    began = min((copy.at for copy in found.good), default=None)
    list(samples(judged(found, Past(NOW, began), schedule, Retention(), NOW + 3600), schedule))
