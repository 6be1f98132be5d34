"""Whatever stands in the file, load gives a Site or a ConfigError with places, and never a secret."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.config import ConfigError
from agent.config.document import parse
from tests.config.places import PASSWORD, SECRETS, lay_out, loaded

LOOK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**40), 10**40),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=30),
    st.sampled_from(
        ["", "x" * 5000, "${}", "file:", "file:/", "file:\0", "9" * 400, "24:00-08:00", "1-99999999999", "a@"]
    ),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=8), st.integers(), max_size=3),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOUWANG_TEST_PASSWORD", PASSWORD)
    lay_out(tmp_path)
    return tmp_path


def problems_of(path: Path) -> ConfigError | None:
    try:
        loaded(path)
    except ConfigError as error:
        return error
    return None


def attempt(folder: Path, text: str) -> str:
    """What the problems say in both languages; nothing if there are none."""
    path = folder / "agent.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    error = problems_of(path)
    if error is None:
        return ""
    assert error.problems
    assert all(problem.message.zh and problem.message.en for problem in error.problems)
    told = error.render("zh") + error.render("en")
    assert not any(secret in told for secret in (*SECRETS.values(), PASSWORD) if len(secret) > 4)
    return told


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(below for key, child in keys for below in places(child, (*path, key)))]


@LOOK
@given(st.data())
def test_any_value_in_any_place_is_accepted_or_refused_in_words(folder: Path, data: st.DataObject) -> None:
    example = (Path(__file__).parent / "everything.yaml").read_bytes()
    tree = copy.deepcopy(parse(example, "agent.yaml").value)
    for _ in range(data.draw(st.integers(1, 3))):
        *above, last = data.draw(st.sampled_from([place for place in places(tree) if place]))
        parent: Any = tree
        for key in above:
            parent = parent[key]
        if data.draw(st.integers(0, 4)) == 0 and isinstance(parent, dict):
            parent[data.draw(st.text(max_size=12))] = parent.pop(last)
        else:
            parent[last] = data.draw(VALUES)
    attempt(folder, json.dumps(tree, ensure_ascii=False))


@LOOK
@given(st.data())
def test_any_damage_to_the_text_is_told_in_words(folder: Path, data: st.DataObject) -> None:
    text = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 12))
        put = data.draw(
            st.one_of(
                st.text(max_size=4), st.sampled_from(["\t", "\n", "- ", ": ", "&a ", "*a", "!x ", "{", "]", "---\n"])
            )
        )
        text = text[:start] + put + text[start + length :]
    attempt(folder, text)


@LOOK
@given(st.binary(max_size=200))
def test_any_bytes_are_told_in_words(folder: Path, raw: bytes) -> None:
    path = folder / "agent.yaml"
    path.write_bytes(raw)
    error = problems_of(path)
    assert error is None or error.problems


def test_the_example_itself_is_not_refused(folder: Path) -> None:
    assert attempt(folder, (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")) == ""
    assert os.environ["SHOUWANG_TEST_PASSWORD"] == PASSWORD
