"""What is wrong with a line, in a sentence that a person can act on and read out at the fault desk. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.filling import fill, plain
from agent.core.text import LANGUAGES, Language, Text
from agent.core.units import brief, percent
from collectors.line import words
from collectors.line.options import Carrier, Layer
from collectors.line.port import Port
from collectors.line.verdict import LINKED, Case, Seen, Verdict

NAMED = 3  # business endpoints that a sentence names at most
LATER = ("since", "center")  # are filled in where the sentence is shown


def sentence(verdict: Verdict, port: Port, carrier: Carrier, others: Sequence[str] = (), standby: bool = False) -> Text:
    """`others`: names of the lines that carry the business meanwhile; `standby`: it is a backup whose main line
    serves."""
    zh, en = (_Saying(verdict, port, carrier, language).whole(others, standby) for language in LANGUAGES)
    return Text(zh, en)


class _Saying:
    def __init__(self, verdict: Verdict, port: Port, carrier: Carrier, language: Language) -> None:
        self.verdict, self.port, self.carrier, self.language = verdict, port, carrier, language
        self.comma = "," if language == "zh" else ", "

    def whole(self, others: Sequence[str], standby: bool) -> str:
        said = [self._fault(), *self._notes()]
        if standby:
            said.append(words.STANDBY[self.language])
        elif others:
            said.append(self._fill(words.COVERED, lines=("、" if self.language == "zh" else ", ").join(others)))
        return ("" if self.language == "zh" else " ").join(said)

    def _fault(self) -> str:
        case, what = self.verdict.case, self._what()
        if case in words.WHOLE:
            if not what and self.verdict.failing:
                what = self._fill(words.WHAT[Case.DEAD], failing=self._place(self.verdict.failing))
            facts = {"port": self._port(), "device": self.port.device, "what": what}
            if self.verdict.failing is not None:
                facts["failing"] = self._place(self.verdict.failing)
            return self._fill(words.WHOLE[case], call=self._call("modem", "", what or self._port()), **facts)
        party, told = party_of(self.verdict.segments), self._evidence(words.PORT[self.language])
        action = self._fill(words.ACTIONS[party], call=self._call(party, told, what), what=what)
        known = self._evidence(self._port() + " " * (self.language == "zh"))
        return self._fill(words.FAULT, where=self._where(), evidence=known, what=what, action=action)

    def _what(self) -> str:
        failing, case = self.verdict.failing, self.verdict.case
        if failing is None:
            return ""
        if case in (Case.FAULTY, Case.FULL):
            case = {"lossy": Case.LOSSY, "slow": Case.SLOW}.get(failing.state, Case.DEAD)
        if case not in words.WHAT:
            return ""
        if case in (Case.DEAD, Case.REFUSED) and len(self.verdict.endpoints) > 1:
            return self._endpoints()
        by = (failing.refusal.by if failing.refusal else "") or words.MACHINE[self.language]
        return self._fill(
            words.WHAT[case],
            failing=self._place(failing),
            by=by,
            bad=self._endpoints(),
            loss=percent(failing.loss, self.language),
            seconds=brief(failing.seconds, self.language),
            told=self._fill(words.TOLD, by=by, mtu=str(self.verdict.mtu)) if self.verdict.mtu else "",
        )

    def _endpoints(self) -> str:
        """Each business endpoint that fails, and how."""
        bad = self.verdict.endpoints
        said = [
            f"{self._place(each)} {(words.REFUSES if each.state == 'refused' else words.SILENT)[self.language]}"
            for each in bad[:NAMED]
        ]
        more = self._fill(words.MORE, number=str(len(bad))) if len(bad) > NAMED else ""
        return ("、" if self.language == "zh" else ", ").join(said) + more

    def _evidence(self, port: str) -> str:
        """What is in order, from near to far, each with a comma after it; `port` is what our port is called."""
        linked = self.port.state in LINKED and "port" not in self.verdict.segments
        things, answering = [port] if linked else [], self.verdict.answering
        if (
            answering is not None
            and self.verdict.case is not Case.PARTLY
            and not (linked and answering.layer == "port")
        ):
            things.append(self._place(answering) + " " * (self.language == "zh"))
        return "".join(self._fill(words.GOOD, thing=thing) + self.comma for thing in things)

    def _where(self) -> str:
        near, far = self.verdict.segments[0], self.verdict.segments[-1]
        if near == far:
            return words.SEGMENTS[near][self.language]
        near_said, far_said = words.SEGMENTS[near][self.language], words.SEGMENTS[far][self.language]
        return self._fill(words.SPAN, near=near_said, far=far_said)

    def _call(self, party: str, evidence: str, what: str) -> str:
        if party not in words.TESTS:
            return ""
        circuit = self._fill(words.CIRCUIT, circuit=self.carrier.circuit) if self.carrier.circuit else ""
        desk = self._fill(
            words.DESK,
            carrier=self.carrier.name or words.CARRIER[self.language],
            phone=f" {self.carrier.fault_desk}" if self.carrier.fault_desk else "",
        )
        test = words.TESTS[party][self.language]
        return self._fill(words.CALL, desk=desk, circuit=circuit, evidence=evidence, what=what, test=test)

    def _notes(self) -> list[str]:
        state = self.port.state
        found = [words.ALWAYS.get(state)] if self.verdict.case is not Case.SWITCH else []
        if "port" in self.verdict.segments and self.verdict.case is not Case.MACHINE:
            found.append(words.NEAR_ONLY.get(state))
        return [self._fill(each, device=self.port.device, name=self.port.name) for each in found if each]

    def _port(self) -> str:
        return self._fill(words.PORT_OF, device=self.port.device, name=self.port.name)

    def _place(self, seen: Seen) -> str:
        address, _, size = seen.probe.partition(" size ")
        large = self._fill(words.LARGE, size=size) if size else ""
        return f"{words.PLACES[seen.layer][self.language]} {address}{large}"

    def _fill(self, text: Text, **facts: str) -> str:
        """A fact in braces that is filled in later stays as it is."""
        return plain(fill(text[self.language], {**{each: f"{{{each}}}" for each in LATER}, **facts}, self.language))


def party_of(segments: Sequence[Layer]) -> str:
    """Who has to act, by the segments that may be broken: a key of words.ACTIONS."""
    if tuple(segments) == ("port",):
        return "ours"
    if tuple(segments) == ("application",):
        return "system"
    if "port" in segments:
        return "near"
    if "gateway" in segments:
        return "modem"
    if "application" in segments:
        return "beyond"
    return "far" if tuple(segments) == ("far_gateway",) else "carrier"
