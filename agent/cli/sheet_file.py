"""sheet.yaml: what somebody saw on the day's round, to be signed at once; and the same from answers on a terminal."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from agent.config.document import read as read_document
from agent.config.messages import flaws
from agent.config.problem import ConfigError
from agent.core.text import Text
from agent.options import Options, Refused, RelativePath, day_of

Seen = Literal["pass", "warn", "fail", "skip"]
WORDS: Mapping[str, Seen] = {
    "pass": "pass",
    "warn": "warn",
    "fail": "fail",
    "skip": "skip",
    "合格": "pass",
    "预警": "warn",
    "不合格": "fail",
    "没看": "skip",
}
ANSWER = re.compile(rf"\s*(?P<item>[A-Za-z]{{3,4}}-\d\d)[\s=::]+(?P<seen>{'|'.join(WORDS)})(?:[\s,,]+(?P<note>.*))?")
NOT_UNDERSTOOD = Text(
    "看不懂:{said};应写成 PHY-07 预警 负载 82%(结果:合格、预警、不合格、没看)",
    "not understood: {said}; expected: PHY-07 warn load 82% (results: pass, warn, fail, skip)",
)


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _worded(value: Any) -> Any:
    """`PHY-07: warn` stands for `PHY-07: {result: warn}`; several lines of one item are for several targets."""
    return [{"result": each} if isinstance(each, str) else each for each in _listed(value)]


class LineForm(Options):
    result: Seen = "pass"
    target: str = ""
    note: str = ""
    evidence: Annotated[tuple[RelativePath, ...], BeforeValidator(_listed)] = ()
    figures: dict[str, float] = Field(default_factory=dict)
    document: str = ""
    expires: Annotated[datetime.date, BeforeValidator(day_of)] | None = None


class SheetForm(Options):
    """`others`: what is said of the lines without a source that `items` does not name; `evidence` is for each line
    that has none of its own."""

    date: Annotated[datetime.date, BeforeValidator(day_of)] | None = None
    note: str = ""
    evidence: Annotated[tuple[RelativePath, ...], BeforeValidator(_listed)] = ()
    others: Literal["pass", "skip"] = "pass"
    items: dict[str, Annotated[tuple[LineForm, ...], BeforeValidator(_worded)]] = Field(default_factory=dict)


def read(path: Path) -> SheetForm:
    """The file as it is; ConfigError with every mistake and its line."""
    document = read_document(path)
    try:
        form = SheetForm.model_validate(document.value, context={"base": path.parent})
    except ValidationError as error:
        told = flaws(error, SheetForm, document.value)
        problems = [document.problem(place, text) for place, text in told]
        raise ConfigError([*document.problems, *problems]) from None
    if document.problems:
        raise ConfigError(document.problems)
    return form


def of_answers(answers: Iterator[str], evidence: tuple[Path, ...], note: str) -> SheetForm:
    """Each answer is a line that is not as it should be; Refused where one is not understood."""
    items: dict[str, tuple[LineForm, ...]] = {}
    for said in answers:
        match = ANSWER.fullmatch(said)
        if match is None:
            words = NOT_UNDERSTOOD.format(said=said[:60])
            raise Refused(words.zh, words.en)
        seen = WORDS[match["seen"]]
        items[match["item"].upper()] = (LineForm(result=seen, note=(match["note"] or "").strip()),)
    return SheetForm(note=note, evidence=evidence, items=items)
