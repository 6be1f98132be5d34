"""Whatever can be set in the simulated centre holds against what else goes on there, and is undone by heal."""

import json
from pathlib import Path
from typing import Any

import pytest

from demo.centre.plan import centre
from demo.faults import FAULTS
from demo.settings import named, places
from demo.settings.values import Kind, Line, Number, Words
from demo.verbs import answer
from demo.world.world import World

HOSTILE = ("", "\x1b[2J", "../../etc/passwd", "x" * 10_000, "nan", "__class__", "celsius.__init__", "安装")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(centre(), wall=lambda: 1_790_000_000.0, tree=tmp_path)


def other(kind: Kind, now: Any) -> str:
    """A value that is not so now, as it is typed."""
    match kind:
        case Number():
            return kind.say(kind.low if now != kind.low else kind.high)
        case Words():
            return next(word for word, value in kind.values.items() if value != now)
        case Line():
            return "another"
    raise AssertionError(kind)


def firsts(world: World) -> list[tuple[str, str]]:
    """A node and the name of one part, for each setting of each kind of model."""
    found = {(type(place.model), place.setting.name): place.key for place in reversed(places(world))}
    return list(found.values())


def test_every_setting_holds_while_time_passes_and_is_as_before_when_healed(world: World) -> None:
    for node, name in firsts(world):
        place = next(each for each in places(world) if each.key == (node, name))
        before, word = place.now, other(place.setting.kind, place.now)
        assert answer(world, ["set", node, name, word])["set"]["now"] == word, (node, name)
        world.advance(20)
        told = {each["name"]: each for each in answer(world, ["set", node])["settings"]}[name]
        assert (told["now"], told["chosen"]) == (word, True), (node, name)
        assert told["ordinarily"] == place.setting.kind.say(before), (node, name)
        assert answer(world, ["heal", name, node]) == {"healed": [[name, node]]}
        assert place.setting.kind.say(place.now) == place.setting.kind.say(before), (node, name)


def test_set_without_words_tells_what_is_set_and_what_each_node_has(world: World) -> None:
    answer(world, ["set", "room", "celsius.inlet", "36.5"])
    answer(world, ["set", "room", "celsius.inlet", "37"])
    told = answer(world, ["set"])
    assert [(each["node"], each["name"], each["now"], each["ordinarily"]) for each in told["settings"]] == [
        ("room", "celsius.inlet", "37", "22.4")
    ]
    assert "ups-2" in next(each["nodes"] for each in told["kinds"] if each["name"] == "load")


def test_heal_all_undoes_faults_and_settings(world: World) -> None:
    answer(world, ["fault", "leak"])
    answer(world, ["set", "ups-1", "load", "0.9"])
    assert answer(world, ["heal", "all"]) == {"healed": [["leak", ""], ["load", "ups-1"]]}
    assert answer(world, ["heal", "all"]) == {"healed": []}


@pytest.mark.parametrize("word", HOSTILE)
def test_a_name_or_value_that_is_none_is_refused_with_what_is_known(world: World, word: str) -> None:
    for words, known in (
        (["set", word, "load", "0.5"], "ups-1"),
        (["set", "ups-1", word, "0.5"], "load"),
        (["set", "ups-1", "load", word], "0 to 1.5"),
        (["set", "ups-1", "bypass", word], "on, off"),
        (["heal", word], "mains-off"),
    ):
        refused = answer(world, words)["refused"]
        assert known in refused["en"], words
        assert len(json.dumps(refused)) < 5000
        assert "\x1b" not in refused["zh"] + refused["en"]
    assert answer(world, ["set"])["settings"] == []


def test_no_setting_is_called_as_a_fault_is(world: World) -> None:
    assert not [name for name in FAULTS if named(world, name)]
