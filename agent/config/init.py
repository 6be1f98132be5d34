"""The dialogue of `shouwang init`: few plain questions, each answer checked at once, a small true agent.yaml."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Protocol, TypeVar

from agent.config.draft import Answers, Draft, LineAnswer, SwitchAnswer, draft
from agent.core.calendar import Span
from agent.core.facts import BUSINESSES
from agent.core.secrets import Secret
from agent.core.text import Language, Text, clean
from agent.discovery.entries import Entry, listed
from agent.discovery.networks import network
from agent.options import Refused, address, endpoint, identity, in_order, time_range, url

T = TypeVar("T")

HELLO = Text(
    "回答几个问题,就能写好 agent.yaml。直接回车表示采用 [ ] 中的值,没有值的可以跳过。",
    "A few questions, and agent.yaml is written. Enter alone takes the value in [ ], or skips where there is none.",
)
NEEDED = Text("这一项不能为空。", "This one cannot be empty.")
YES, NO = ("y", "yes", "是", "开"), ("n", "no", "否", "不", "不开")


class Ask(Protocol):
    def __call__(self, prompt: str, hidden: bool = False) -> str:
        """One line from the person; `hidden` does not echo it."""
        ...


class Discover(Protocol):
    def __call__(
        self, network: str, community: Secret, known: Sequence[str], taken: Collection[str]
    ) -> Sequence[Entry]:
        """Devices in a network at other addresses than those known, with ids that are not taken. Refused if the network
        cannot be asked."""
        ...


class Dialogue:
    """Questions in one language. EOFError and KeyboardInterrupt of `ask` pass through: nothing is written then."""

    def __init__(self, ask: Ask, say: Callable[[str], None], language: Language) -> None:
        self._ask, self._say, self._language = ask, say, language

    def say(self, text: Text) -> None:
        self._say(text[self._language])

    def value(self, question: Text, read: Callable[[str], T], default: str | None = None, *, hidden: bool = False) -> T:
        """Asks until the answer is one; an empty answer is the default, and is refused where there is none."""
        prompt = question[self._language] + (f" [{default}]" if default else "") + (":" if self._zh else ": ")
        while True:
            answer = self._ask(prompt, hidden).strip()
            if not answer and default is None:
                self.say(NEEDED)
                continue
            try:
                return read(answer or default or "")
            except Refused as refused:
                self.say(refused.text)

    @property
    def _zh(self) -> bool:
        return self._language == "zh"

    def text(self, question: Text, default: str | None = None) -> str:
        return self.value(question, lambda answer: clean(answer, 80), default)


def dialogue(ask: Ask, say: Callable[[str], None], language: Language, discover: Discover | None = None) -> Draft:
    """Asks, and returns what to write; agent.config.draft.write puts it on the disk. `discover` looks into a network;
    without it that is not offered."""
    talk = Dialogue(ask, say, language)
    talk.say(HELLO)
    center = _center(talk)
    hours = _hours(talk)
    switches = _switches(talk, center[0])
    community = _community(talk) if switches else None
    found: tuple[Entry, ...] = ()
    if discover:
        community, found = _look(talk, discover, center[0], switches, community)
    lines = _lines(talk, switches, {center[0], *(each.id for each in found)})
    question = Text("区里 Alertmanager 的网址(没有则回车)", "Address of the district's Alertmanager (enter: none)")
    alertmanager = talk.value(question, _or_nothing(url), "")
    weekdays, saturday, sunday, holidays = hours
    return draft(
        Answers(
            language,
            *center,
            weekdays=weekdays,
            saturday=saturday,
            sunday=sunday,
            holidays=holidays,
            switches=switches,
            community=community,
            lines=lines,
            alertmanager=alertmanager,
            found=found,
        )
    )


def _center(talk: Dialogue) -> tuple[str, str, str]:
    return (
        talk.value(
            Text(
                "中心编号(字母、数字或汉字,如 changshou)",
                "Short id of the centre (letters, digits or Chinese, like changshou)",
            ),
            _not_taken({"localhost"}),
        ),
        talk.text(Text("中心全称", "Full name of the centre")),
        talk.text(Text("所在区", "District")),
    )


def _hours(talk: Dialogue) -> tuple[tuple[Span, ...], tuple[Span, ...], tuple[Span, ...], str]:
    weekdays = talk.value(
        Text("周一至周五服务时间", "Service hours Monday to Friday"), hours, "08:30-11:30 13:30-16:30"
    )
    saturday = talk.value(Text("周六值班时间(不开则回车)", "Saturday duty hours (enter: closed)"), hours, "")
    sunday = talk.value(Text("周日值班时间(不开则回车)", "Sunday duty hours (enter: closed)"), hours, "")
    open_ = talk.value(Text("法定节假日也开门吗?(y/n)", "Open on public holidays too? (y/n)"), yes, "n")
    return weekdays, saturday, sunday, "open" if open_ else "closed"


def _switches(talk: Dialogue, center: str) -> tuple[SwitchAnswer, ...]:
    found: list[SwitchAnswer] = []
    while True:
        number = len(found) + 1
        where = talk.value(
            Text(f"第 {number} 台交换机的地址(没有则回车)", f"Address of switch {number} (enter: no more)"),
            _or_nothing(address),
            "",
        )
        if not where:
            break
        taken = {"localhost", center, *(each.id for each in found)}
        identity_ = talk.value(Text("它的编号", "Its id"), _not_taken(taken), f"switch-{number}")
        name = talk.text(Text("它的名称", "Its name"), identity_)
        found.append(SwitchAnswer(identity_, name, where))
    return tuple(found)


def _community(talk: Dialogue) -> Secret:
    return talk.value(
        Text("交换机的 SNMP 团体名(只读,输入不显示)", "SNMP community of the switches (read-only; not shown)"),
        Secret,
        hidden=True,
    )


def _look(
    talk: Dialogue, discover: Discover, center: str, switches: tuple[SwitchAnswer, ...], community: Secret | None
) -> tuple[Secret | None, tuple[Entry, ...]]:
    """The community, which is asked for where a network is named and none was given, and what is to be taken up."""
    question = Text(
        "在哪个网段里找其他设备(如 10.0.0.0/24,不找则回车)",
        "Network to look for more devices in (10.0.0.0/24; enter: none)",
    )
    text = talk.value(question, _or_nothing(lambda answer: str(network(answer))), "")
    if not text:
        return community, ()
    community = community or _community(talk)
    known = [each.address for each in switches]
    found = tuple(discover(text, community, known, {"localhost", center, *(each.id for each in switches)}))
    for each in found:
        talk.say(Text(listed(each), listed(each)))
    if not found:
        talk.say(Text("没有找到其他设备。", "No other device was found."))
        return community, ()
    if silent := sum("credentials" not in each.options for each in found):
        talk.say(
            Text(
                f"其中 {silent} 台用这个团体名不应答 SNMP,只会被 ping;是设备该应答的,请核对团体名。",
                f"{silent} of them do not answer SNMP with this community and will only be pinged: is it right?",
            )
        )
    wanted = talk.value(Text(f"把这 {len(found)} 台都写进去吗?(y/n)", f"Take up all {len(found)}? (y/n)"), yes, "y")
    return community, found if wanted else ()


def _lines(talk: Dialogue, switches: tuple[SwitchAnswer, ...], others: Collection[str]) -> tuple[LineAnswer, ...]:
    found: list[LineAnswer] = []
    while True:
        number = len(found) + 1
        name = talk.text(
            Text(f"第 {number} 条专线的名称(没有则回车)", f"Name of private line {number} (enter: no more)"), ""
        )
        if not name:
            return tuple(found)
        taken = {"localhost", *others, *(each.id for each in found), *(each.id for each in switches)}
        identity_ = talk.value(Text("它的编号", "Its id"), _not_taken(taken), f"line-{number}")
        found.append(_line(talk, identity_, name, switches))


def _line(talk: Dialogue, identity_: str, name: str, switches: tuple[SwitchAnswer, ...]) -> LineAnswer:
    listed = [f"{number} {text.zh}" for number, text in enumerate(BUSINESSES.values(), 1)]
    listed_en = [f"{number} {text.en}" for number, text in enumerate(BUSINESSES.values(), 1)]
    business = talk.value(
        Text(f"它的业务({'、'.join(listed)})", f"Its business ({', '.join(listed_en)})"), _business, "6"
    )
    gateway = talk.value(Text("它的网关地址", "Address of its gateway"), address)
    application = talk.value(
        Text("对端业务系统的 地址:端口(不知道则回车)", "address:port of the business system (enter: unknown)"),
        _or_nothing(_endpoint_text),
        "",
    )
    switch, port = _via(talk, switches)
    carrier = talk.text(Text("运营商(如 电信,不知道则回车)", "Its carrier (enter: unknown)"), "")
    circuit = talk.text(Text("运营商的电路编号(不知道则回车)", "The carrier's circuit number (enter: unknown)"), "")
    desk = talk.text(Text("报障电话(不知道则回车)", "Telephone of the fault desk (enter: unknown)"), "")
    return LineAnswer(identity_, name, business, gateway, application, switch, port, carrier, circuit, desk)


def _via(talk: Dialogue, switches: tuple[SwitchAnswer, ...]) -> tuple[str, str]:
    if not switches:
        return "", ""
    port = talk.text(
        Text(
            "它接在交换机的哪个端口(如 GigabitEthernet1/0/3,不知道则回车)",
            "Its port on the switch (like GigabitEthernet1/0/3; enter: unknown)",
        ),
        "",
    )
    if not port or len(switches) == 1:
        return (switches[0].id if port else ""), port
    ids = [each.id for each in switches]
    return talk.value(
        Text(f"哪台交换机({'、'.join(ids)})", f"Which switch ({', '.join(ids)})"), _one_of(ids), ids[0]
    ), port


def hours(answer: str) -> tuple[Span, ...]:
    """Ranges from `08:30-11:30 13:30-16:30`; nothing means closed."""
    return in_order(tuple(time_range(part) for part in re.split(r"[\s,,、;;]+", answer) if part))


def yes(answer: str) -> bool:
    if answer.lower() not in (*YES, *NO):
        raise Refused("请回答 y 或 n", "please answer y or n")
    return answer.lower() in YES


def _or_nothing(read: Callable[[str], str]) -> Callable[[str], str]:
    return lambda answer: read(answer) if answer else ""


def _endpoint_text(answer: str) -> str:
    endpoint(answer)
    return answer


def _not_taken(taken: set[str]) -> Callable[[str], str]:
    def read(answer: str) -> str:
        if identity(answer) in taken:
            raise Refused(f"编号 {answer} 已用过", f"id {answer} is already used")
        return answer

    return read


def _one_of(allowed: list[str]) -> Callable[[str], str]:
    def read(answer: str) -> str:
        if answer not in allowed:
            raise Refused(f"可用:{'、'.join(allowed)}", f"allowed: {', '.join(allowed)}")
        return answer

    return read


def _business(answer: str) -> str:
    words = {word: key for key, text in BUSINESSES.items() for word in (key, text.zh, text.en)}
    numbers = {str(number): key for number, key in enumerate(BUSINESSES, 1)}
    found = {**words, **numbers}.get(answer)
    if found is None:
        raise Refused("请回答 1 到 6", "please answer 1 to 6")
    return found
