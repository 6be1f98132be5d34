"""Conversation: a command line is come to, paging is put off, questions are asked. netmiko does the talking.

It is given our channel after the login, so it opens no connection, sees no password and decides about no host key.
What its classes type by themselves at the start is left out, since some of that is more than reading: `enable`, the
width of terminals, a yes where VRP offers at the login to save the configuration.
"""

from __future__ import annotations

import contextlib
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from netmiko.cisco.cisco_ios import CiscoIosBase
from netmiko.cisco_base_connection import CiscoBaseConnection
from netmiko.exceptions import ReadTimeout
from netmiko.hp.hp_comware import HPComwareBase
from netmiko.huawei.huawei import HuaweiBase
from netmiko.ruijie.ruijie_os import RuijieOSBase

from agent.core.console import Family, Question
from agent.core.reach import CannotAsk
from agent.transports.console import failures, screen
from agent.transports.console.families import DIALOGUE, FAMILIES, NO
from agent.transports.console.pipe import BYTES, Gone, Pipe

if TYPE_CHECKING:
    from paramiko import Channel

CLASSES: Mapping[Family, type[CiscoBaseConnection]] = {
    "huawei_vrp": HuaweiBase,
    "hp_comware": HPComwareBase,
    "ruijie_os": RuijieOSBase,
    "cisco_ios": CiscoIosBase,
}
MOST_REPLIES = 6
MOST_PROMPTS = 10
QUIET = 1.0  # seconds of silence after which a line is taken for a question, not for a part of a banner
SILENT = 3.0
PAUSE = 2.0  # seconds that a device may rest within an answer
TAIL = 400  # characters in which a question stands
ECHO = 4000  # characters in which the echo of a command stands
SHORT = 12  # lines of an answer that says that there is none
# What may stand between the start of a line and a prompt, and within an echo, where a device paints its lines.
START = r"(?:\A|[\r\n\x08]|\x1b\[[0-9;]*[A-Za-z])"
PAINT = r"(?:\x1b\[[0-9;]*[A-Za-z]| \x1b\[\d+D|[\x08\r\n])*"
# What it would log are texts of devices, with all the secrets of their configurations.
logging.getLogger("netmiko").setLevel(logging.CRITICAL + 1)


class Conversation:
    """For a thread of its own. `end` is by time.monotonic(), `most` bytes may come. A device that hangs is ended from
    outside, by shutting the connection."""

    def __init__(self, channel: Channel, family: Family, place: str, end: float, most: int) -> None:
        self._family, self._place, self._end = family, place, end
        self._manners = FAMILIES[family]
        prompts = [each.pattern for each in (self._manners.prompt, self._manners.humble) if each is not None]
        self._prompts = rf"{START}(?:{'|'.join(prompts)})\s*\Z"
        self._prompt = ""
        # Each round takes one end of a line, so that no text fits in two ways, which would take time without end.
        self._messages = rf"(?:[\r\n](?:{self._manners.message})?)*[ \t]*\Z"
        self._waiting_for = "what it shows at the login"
        self._declined = False
        self._netmiko = CLASSES[family](
            host=place, auto_connect=False, encoding=BYTES, global_cmd_verify=False, disable_lf_normalization=True
        )
        self._netmiko.channel = Pipe(channel, place, most)

    def answers(self, questions: Sequence[Question]) -> Mapping[Question, bytes]:
        try:
            self._arrive()
            self._put_off_paging()
            found = dict(self._answered(questions))
            with contextlib.suppress(Gone):
                self._netmiko.write_channel(self._manners.leaving + "\n")
            return found
        except ReadTimeout:
            raise failures.late(self._place, self._waiting_for) from None
        except Gone:
            raise failures.ended(self._place, self._declined) from None
        finally:
            self._forget()

    def _answered(self, questions: Sequence[Question]) -> Iterator[tuple[Question, bytes]]:
        """What an account may not see beside the running configuration is left out."""
        for each in questions:
            try:
                yield each, self._answer(each)
            except CannotAsk:
                if each == "running":
                    raise

    def _forget(self) -> None:
        """netmiko keeps a filter in its log for each object until it is told to disconnect, which is not its part."""
        self._netmiko.protocol = "none"
        self._netmiko.cleanup = _nothing  # type: ignore[method-assign]  # it would look for a mode of configuration
        self._netmiko.disconnect()

    def _patiently(self) -> None:
        """netmiko waits as long as there is time, whatever its own limits are."""
        self._netmiko.read_timeout_override = max(0.1, self._end - time.monotonic())

    def _arrive(self) -> None:
        """At a prompt that comes again: a banner may look like one for a moment."""
        seen = [self._greeted()]
        self._waiting_for = "its prompt, a second time"
        while len(seen) < 2 or seen[-1] != seen[-2]:
            if len(seen) > MOST_PROMPTS:
                raise failures.no_prompt(self._place, self._family, " ".join(seen[-3:]))
            self._patiently()
            seen.append(screen.last(self._netmiko.find_prompt(pattern=self._prompts)))
        self._prompt = seen[-1]
        if not self._manners.prompt.fullmatch(self._prompt) or "(config" in self._prompt:
            raise failures.humble(self._place, self._prompt)

    def _greeted(self) -> str:
        """What looks like a prompt; every question before it is answered in the negative, or ends the conversation."""
        text, heard, replies = "", time.monotonic(), 0
        prompts = re.compile(self._prompts)
        while True:
            piece = self._netmiko.read_channel()
            now = time.monotonic()
            if piece:
                text, heard = text + piece, now
                continue
            if prompts.search(text[-TAIL:]):
                return screen.last(text)
            if now - heard > (QUIET if text else SILENT) and self._replied(text[-TAIL:]):
                text, heard, replies = "", now, replies + 1
            if now > self._end or replies > MOST_REPLIES:
                raise failures.no_prompt(self._place, self._family, text[-TAIL:])

    def _replied(self, said: str) -> bool:
        """Whether that was a question to which there is something to say. Some devices wait for a line before they say
        anything."""
        if not said:
            self._netmiko.write_channel("\n")
            return True
        for question, reply in DIALOGUE:
            if question.search(said):
                if reply is None:
                    raise failures.wants_password(self._place)
                self._declined = self._declined or reply == NO
                self._netmiko.write_channel(reply)
                return True
        return False

    def _put_off_paging(self) -> None:
        """Some accounts may not: then the pages are turned one by one."""
        self._waiting_for = "the end of paging"
        self._put(self._manners.paging)

    @property
    def _end_of_answer(self) -> str:
        """Begins with the prompt, so that a long answer is searched in no time; what stands before it is looked at
        then."""
        prompt = re.escape(self._prompt)
        return rf"{prompt}(?<=[\r\n\x08A-Za-z]{prompt})[ \t]*{self._messages}"

    def _put(self, command: str) -> str:
        """All that comes of a command, between its echo and the prompt after it; with this, and messages behind it."""
        echo = re.compile(PAINT.join(re.escape(each) for each in command))
        self._patiently()
        raw = self._netmiko.send_command(
            command, expect_string=self._end_of_answer, strip_prompt=False, strip_command=False, cmd_verify=False
        )
        while (said := echo.search(str(raw), 0, ECHO)) is None:
            # It was the prompt after something that was typed before.
            self._patiently()
            raw = self._netmiko.read_until_pattern(pattern=self._end_of_answer)
        return str(raw)[said.end() :]

    def _answer(self, question: Question) -> bytes:
        if question not in self._manners.questions:
            return self._short(question)
        command = self._manners.questions[question]
        self._waiting_for = f"the answer to `{command}`"
        raw = self._put(command)
        while (found := self._told(question, text := self._body(raw))) is None:
            # What looks like the prompt may stand in a configuration, and the device may pause behind it.
            if not (more := self._heard()):
                raise failures.partial(self._place, command, self._manners.last, text.count("\n") + 1)
            self._patiently()
            raw += more if self._ended(more) else more + self._netmiko.read_until_pattern(pattern=self._end_of_answer)
        return found

    def _short(self, question: Question) -> bytes:
        """Whatever comes until the prompt; other commands are tried where the device does not know one."""
        command, said = f"({question})", ""
        for command in self._manners.short.get(question, ()):
            self._waiting_for = f"the answer to `{command}`"
            text = "\n".join(each for each in self._body(self._put(command)).split("\n") if not self._passing(each))
            refusal = self._manners.refusal.search(text) if text.count("\n") < SHORT else None
            if refusal is None:
                return text.encode(BYTES)
            said = refusal[0]
        raise failures.refused(self._place, command, said)

    def _passing(self, line: str) -> bool:
        return re.fullmatch(self._manners.message, line) is not None

    def _told(self, question: Question, text: str) -> bytes | None:
        """The answer where it is one; None for a part of one."""
        command, manners = self._manners.questions[question], self._manners
        lacking = [keyword for keyword, line in manners.whole.items() if line.search(text) is None]
        if text[text.rfind("\n") + 1 :].strip() == manners.last:
            if lacking:
                raise failures.little(self._place, command, lacking)
            return text.encode(BYTES)
        if text.count("\n") < SHORT and lacking:
            if question == "saved" and manners.absent.search(text):
                return b""
            if not text:
                raise failures.refused(self._place, command, "")
            if (refusal := manners.refusal.search(text)) is not None:
                raise failures.refused(self._place, command, refusal[0])
        return None

    def _body(self, raw: str) -> str:
        """An answer without the prompt after it, and without messages around that."""
        lines, passing = screen.lines(raw), re.compile(rf"(?:.*{re.escape(self._prompt)}|{self._manners.message})?")
        while lines and passing.fullmatch(lines[-1]):
            lines.pop()
        return "\n".join(lines).strip("\n")

    def _heard(self) -> str:
        """What comes within a pause of a device."""
        end = min(time.monotonic() + PAUSE, self._end)
        while not (piece := self._netmiko.read_channel()) and time.monotonic() < end:
            pass
        return piece

    def _ended(self, text: str) -> bool:
        return re.search(self._end_of_answer, text) is not None


def _nothing(command: str = "") -> None:
    return None
