"""The JSON schema says of a file what the loader says of it, as far as a schema can."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from agent.config import json_schema
from agent.config.document import parse
from tests.config.places import HERE
from tests.config.tables import SECTIONS


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json_schema(SECTIONS)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(json.loads(json.dumps(schema)))


@pytest.mark.parametrize("path", [HERE / "small.yaml", HERE / "everything.yaml", HERE.parents[1] / "agent.yaml"])
def test_the_shipped_file_and_the_examples_are_valid(validator: Any, path: Path) -> None:
    value = parse(path.read_bytes(), "agent.yaml").value
    assert [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(value)] == []


@pytest.mark.parametrize(
    "text",
    [
        "hosts: [{id: a, address: 10.0.0.1, adress: b}]",
        "hosts: [{address: 10.0.0.1}]",
        "hosts: {id: a}",
        "langage: zh",
        "language: fr",
        "lines: [{id: a, probes: [{layer: nowhere, icmp: 10.0.0.1}]}]",
        "checklist: {level: 4}",
        "isolation: [{from: a, to: b, port: 70000}]",
        "isolation: [{from: a, to: b, port: telnet}]",
        "isolation: [{from: a, to: b, port: [22, 80-]}]",
        "isolation: [{from: a, to: b, port: []}]",
        "notify: {channels: [{id: a, kind: pigeon}]}",
    ],
)
def test_what_is_wrong_in_form_is_marked(validator: Any, text: str) -> None:
    assert not validator.is_valid(parse(text.encode(), "agent.yaml").value)


def test_it_names_every_section_and_lets_each_be_empty(validator: Any) -> None:
    sections = validator.schema["properties"]
    assert set(SECTIONS) < set(sections)
    assert validator.is_valid(dict.fromkeys(sections))
