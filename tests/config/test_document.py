"""Reading the file: what is no configuration at all is refused before it costs, and values are what one reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from agent.config.document import parse, read, resolve
from agent.config.problem import ConfigError

NOBODY = 65534
SECONDS, MEGABYTES = 1.0, 100


def told(raw: bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(raw, "agent.yaml")
    return str(caught.value)


def told_of(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read(path)
    return str(caught.value).replace(f"{path.parent}/", "")


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    assert told_of(tmp_path / "agent.yaml") == (
        "agent.yaml: no such file; make one with `shouwang init`, or name another with -c"
    )


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "agent.yaml").mkdir()
    assert told_of(tmp_path / "agent.yaml") == "agent.yaml: this is a directory; expected a file"


def test_a_named_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "agent.yaml")
    assert told_of(tmp_path / "agent.yaml") == "agent.yaml: not a plain file"


def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text("language: zh\n")
    path.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)  # root may read everything
    try:
        assert "no permission to read it; let the user that runs the agent read this file" in told_of(path)
    finally:
        if root:
            os.seteuid(0)


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    with path.open("wb") as file:
        file.truncate(10_000_000_000)  # a hole: it takes no room, unless somebody reads it
    assert told_of(path) == ("agent.yaml: 10000000000 bytes; a configuration has at most 1 MiB; is it the right file?")


def test_text_that_is_not_utf8_is_told_with_its_place_and_what_it_looks_like() -> None:
    gbk = b"center: {id: a}\n" + "people: [{name: 王}]\n".encode("gbk")
    assert told(gbk) == "agent.yaml:2: not UTF-8 from byte 32 on (it looks like GBK); save it as UTF-8"
    assert "it looks like UTF-16" in told("language: zh\n".encode("utf-16"))
    assert parse(b"\xef\xbb\xbflanguage: zh\n", "agent.yaml").value == {"language": "zh"}


def test_an_empty_file_says_what_to_write() -> None:
    assert told(b"").startswith("agent.yaml: the file is empty; make one with `shouwang init`")


def test_a_control_character_is_told_with_its_line() -> None:
    assert told(b"a: 1\nb: x\x07\n") == "agent.yaml:2: control characters are not allowed"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("08:30", "08:30"),
        ("1:30", "1:30"),
        ("190:20:30", "190:20:30"),
        ("2026-10-10", "2026-10-10"),
        ("2026-10-10 08:30:00", "2026-10-10 08:30:00"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("0b1", "0b1"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("10", 10),
        ("-3", -3),
        ("+3", "+3"),
        ("-0", "-0"),
        ("0", 0),
        ("2.5", 2.5),
        ("2.10", "2.10"),
        ("1e3", "1e3"),
        (".5", ".5"),
        ("0.30000000000000001", "0.30000000000000001"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("=", "="),
        ("<<", "<<"),
        ("~", None),
        ("null", None),
        ("", None),
        ("1" * 400, "1" * 400),
        ("١٢", "١٢"),
        ("10.0.0.1", "10.0.0.1"),
    ],
)
def test_an_unquoted_word_means_what_one_reads(written: str, meant: object) -> None:
    assert resolve(written) == meant
    assert type(resolve(written)) is type(meant)
    assert parse(f"a: {written}\n".encode(), "agent.yaml").value == {"a": meant}


def test_quoted_and_block_texts_are_texts() -> None:
    text = "a: '1'\nb: \"true\"\nc: |\n  null\nd: >-\n  1\n"
    assert parse(text.encode(), "agent.yaml").value == {"a": "1", "b": "true", "c": "null\n", "d": "1"}


def test_keys_are_always_texts() -> None:
    text = "2026-10-10: a\n1: b\ntrue: c\nnull: d\non: e\n"
    assert list(parse(text.encode(), "agent.yaml").value) == ["2026-10-10", "1", "true", "null", "on"]


def test_every_value_keeps_its_line() -> None:
    document = parse(b"a:\n  - b: 1\n    c:\n      - x\n      - {d: 2}\n  - e\n", "agent.yaml")
    assert document.lines == {
        ("a",): 1,
        ("a", 0): 2,
        ("a", 0, "b"): 2,
        ("a", 0, "c"): 3,
        ("a", 0, "c", 0): 4,
        ("a", 0, "c", 1): 5,
        ("a", 0, "c", 1, "d"): 5,
        ("a", 1): 6,
    }


def test_an_alias_stands_for_the_value_of_its_anchor() -> None:
    document = parse(
        b"a: &x {k: [1, 2]}\nb: *x\nc: [*x, *x]\n&k d: 1\n*k : 2\n".replace(b"*k : 2\n", b""), "agent.yaml"
    )
    assert document.value == {"a": {"k": [1, 2]}, "b": {"k": [1, 2]}, "c": [{"k": [1, 2]}, {"k": [1, 2]}], "d": 1}
    assert document.lines["b", "k"] == 1
    document.value["b"]["k"].append(3)
    assert document.value["a"]["k"] == [1, 2], "each has a value of its own"


def test_tabs_inside_texts_and_between_words_are_no_indentation() -> None:
    text = 'a: "x\n\ty"\nb: |\n  one\n  \ttwo\nc:\t1\nd: 1\n'
    assert parse(text.encode(), "agent.yaml").value == {"a": "x y", "b": "one\n\ttwo\n", "c": 1, "d": 1}


def test_windows_line_ends_are_line_ends() -> None:
    document = parse(b"a: 1\r\nb:\r\n  - 2\r\n", "agent.yaml")
    assert (document.value, document.lines["b", 0]) == ({"a": 1, "b": [2]}, 3)


def test_thirty_two_levels_are_enough_and_one_more_is_refused() -> None:
    assert parse(("a: " + "[" * 31 + "]" * 31).encode(), "agent.yaml").value
    assert told(("a: " + "[" * 32 + "]" * 32).encode()) == "agent.yaml:1: nested deeper than 32 levels"
    ladder = "".join(f"k{n}: &a{n} [*a{n - 1}]\n" if n else "k0: &a0 [x]\n" for n in range(40))
    assert told(ladder.encode()) == "agent.yaml:32: nested deeper than 32 levels"


LAUGHS = (
    "a0: &a0 ["
    + "x, " * 10
    + "]\n"
    + "".join(f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]\n" for n in range(1, 12))
)
MAPPING_LAUGHS = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n} {{" + ", ".join(f"k{k}: *a{n - 1}" for k in range(10)) + "}\n" for n in range(1, 12)
)
BOMBS = {
    "laughs": (LAUGHS, "more than 50000 values, aliases counted wherever they stand"),
    "laughs of mappings": (MAPPING_LAUGHS, "more than 50000 values, aliases counted wherever they stand"),
    "one long text many times": (
        f"a: &a {'x' * 500_000}\nb: [" + "*a, " * 60_000 + "]\n",
        "more than 50000 values, aliases counted wherever they stand",
    ),
    "a long list": ("a: [" + "1," * 500_000 + "]\n", "more than 50000 values"),
    "many keys": ("".join(f"k{n}: 1\n" for n in range(80_000)), "more than 50000 values"),
    "brackets": ("a: " + "[" * 500_000, "nested deeper than 32 levels"),
    "braces": ("a: " + "{a: " * 200_000, "nested deeper than 32 levels"),
    "dashes": ("- " * 500_000, "nested deeper than 32 levels"),
    "questions": ("? " * 500_000, "nested deeper than 32 levels"),
    "anchors": ("".join(f"k{n}: &a{n} [1]\n" for n in range(50_000)), "more than 50000 values"),
    "a quote that never ends": ('a: "' + "x\n" * 400_000, "a quoted text is not closed"),
    "spaces": ("a:\n" + " " * 1_000_000 + "b: 1\n", ""),
    "a key that never ends": ("a" * 1_000_000, "the top level must be"),
    "colons": ("a:" * 500_000 + " b\n", ""),
    "tags": ("a: [" + "!!python/object:x {}, " * 40_000 + "]\n", ""),
}
# Not ru_maxrss: a child begins with that of the process that forked it, which here is a test run of any size.
CHILD = """
    import json, re, sys, time
    from pathlib import Path
    from agent.config.document import read
    from agent.config.problem import ConfigError
    begun = time.process_time()
    try:
        read(Path(sys.argv[1]))
        told = ""
    except ConfigError as error:
        told = str(error)
    used = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
    print(json.dumps([time.process_time() - begun, used / 1024, told]))
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_under_a_second_of_work_and_a_hundred_megabytes(name: str, tmp_path: Path) -> None:
    text, words = BOMBS[name]
    path = tmp_path / "agent.yaml"
    path.write_text(text, encoding="utf-8")
    assert path.stat().st_size < 1024 * 1024, "else it would be refused for its size"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    seconds, megabytes, said = json.loads(done.stdout)
    assert words in said
    assert len(said) < 150_000, "a page and a terminal must bear what is said"
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
