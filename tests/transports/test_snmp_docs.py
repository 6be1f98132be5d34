"""The examples of docs/snmp-client.md do what the page says that they do."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
from pathlib import Path

import pytest

from tests.snmp_agent import SnmpAgent, Value, counter64, ticks
from tests.snmp_v3_agent import SnmpV3Agent

PAGE = Path(__file__).resolve().parents[2] / "docs" / "snmp-client.md"
EXAMPLE = re.compile(
    r"^### \d\. (?P<title>.+?)\n\n```python\n(?P<code>.+?)```\n\n(?P<said>(?:    [^\n]+\n)+)", re.M | re.S
)
EXAMPLES = {found["title"]: (found["code"], found["said"]) for found in EXAMPLE.finditer(PAGE.read_text("utf-8"))}
DEVICE: dict[str, Value] = {
    "1.3.6.1.2.1.1.5.0": "core",
    "1.3.6.1.2.1.1.3.0": ticks(3600),
    "1.3.6.1.2.1.31.1.1.1.1.1": "GigabitEthernet1/0/1",
    "1.3.6.1.2.1.31.1.1.1.1.2": "GigabitEthernet1/0/2",
    "1.3.6.1.2.1.31.1.1.1.6.1": counter64(5_000_000_000),
}


def test_the_page_has_its_five_examples() -> None:
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize(("code", "said"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_an_example_prints_what_the_page_says(code: str, said: str) -> None:
    with (SnmpV3Agent if 'SnmpLogin("3"' in code else SnmpAgent)(DEVICE) as agent:
        here = re.sub(r'open\("10\.0\.0\.1", (\w+)', rf'open("127.0.0.1", replace(\1, port={agent.port})', code)
        assert here != code
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(here, str(PAGE), "exec"), {"__name__": "__main__", "replace": dataclasses.replace})
    expected = "".join(line.removeprefix("    ") + "\n" for line in said.splitlines())
    assert printed.getvalue().replace(f"127.0.0.1:{agent.port}", "10.0.0.1:161") == expected
