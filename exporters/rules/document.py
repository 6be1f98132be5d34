"""The form of a rule file, and the identity that every alert has, whoever sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from agent.core.incident import Playbook

IDENTITY = ("center", "district", "playbook", "target", "class")  # and alertname; all else is annotation
BY_IDENTITY = f"max by ({', '.join(IDENTITY)})"


@dataclass(frozen=True)
class Alert:
    """One alerting rule; `said` are its annotations, durations are seconds."""

    name: str
    expression: str
    said: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    for_seconds: float = 0
    keep_seconds: float = 0

    def as_yaml(self) -> dict[str, Any]:
        rule: dict[str, Any] = {"alert": self.name, "expr": self.expression}
        if self.for_seconds:
            rule["for"] = span(self.for_seconds)
        if self.keep_seconds:
            rule["keep_firing_for"] = span(self.keep_seconds)
        if self.labels:
            rule["labels"] = dict(self.labels)
        if self.said:
            rule["annotations"] = dict(self.said)
        return rule


def document(comment: str, groups: Mapping[str, Sequence[Alert]]) -> str:
    """A rule file; each line of `comment` stands above it."""
    said = [{"name": name, "rules": [alert.as_yaml() for alert in alerts]} for name, alerts in groups.items()]
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return head + to_yaml({"groups": said})


def span(seconds: float) -> str:
    """A duration as Prometheus writes it."""
    return f"{seconds:.0f}s" if seconds == round(seconds) else f"{seconds * 1000:.0f}ms"


def to_yaml(said: object) -> str:
    """YAML in the order given, several lines as a block, Chinese as it is."""
    return yaml.dump(said, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)


# In an annotation's template: the words that the agent itself gives this incident, while it can be asked.
SAID = (
    '{{ with printf "incident_info{center=%q,district=%q,playbook=%q,target=%q,class=%q}"'
    " $labels.center $labels.district $labels.playbook $labels.target $labels.class | query }}"
    '{{ . | first | label "NAME" }}{{ else }}OTHERWISE{{ end }}'
)


def brief(playbook: Playbook) -> dict[str, str]:
    """The annotations of a rule: the agent's own, under the same names, so that it does not matter whose post of the
    alert comes last; few words where the agent is gone."""
    about = "{{ $labels.center }} {{ $labels.target }}: "
    manual = [step.text for step in playbook.steps if step.confirmation != "automatic"]
    otherwise = {
        "summary": f"{about}{playbook.title.zh} / {playbook.title.en}",
        "description": "",
        "first_step": f"{manual[0].zh} / {manual[0].en}" if manual else "",
        "impact": "",
        "call": "",
    }
    return {name: SAID.replace("NAME", name).replace("OTHERWISE", text) for name, text in otherwise.items()}


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _block)
