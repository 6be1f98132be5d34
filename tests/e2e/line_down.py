"""Runs inside a network namespace (tests/namespace.py): a centre, its line to the bureau, and the district's peers.

The agent watches the line; the district's Prometheus scrapes the agent under the exported configuration and rules;
both report to one Alertmanager. The line is cut, the agent killed and started again, the line healed. Prints one JSON
document of what was seen.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from tests.exporters.alertmanagers import of_incidents
from tests.peers import running

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
AGENT, PROMETHEUS, ALERTMANAGER, SINK = 9780, 9090, 9093, 9094
FAR = "10.251.0.2"


def sh(command: str) -> None:
    subprocess.run(command.split(), check=True, capture_output=True, text=True)


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as reply:
        text = reply.read().decode()
    return json.loads(text) if text.startswith(("{", "[")) else text


def wait(why: str, condition: Callable[[], object], seconds: float) -> float:
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if condition():
                return round(time.monotonic() - began, 1)
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"not within {seconds} s: {why}\nseen: {json.dumps(Sink.seen, ensure_ascii=False)[-3000:]}")


class Sink(BaseHTTPRequestHandler):
    """Alertmanager's webhook receiver."""

    seen: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen += [{"status": alert["status"], **alert["labels"]} for alert in of_incidents(body["alerts"])]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


def line() -> None:
    for command in (
        "ip netns add bureau",
        "ip link add wan type veth peer name wan netns bureau",
        "ip addr add 10.251.0.1/30 dev wan",
        "ip link set wan up",
        f"ip -n bureau addr add {FAR}/30 dev wan",
        "ip -n bureau link set wan up",
        "ip -n bureau link set lo up",
    ):
        sh(command)


def write(place: Path) -> None:
    (place / "agent.yaml").write_text(
        f"""
center: {{id: changshou, name: 长寿路街道社区事务受理服务中心, district: 普陀区}}
calendar: {{service: {{monday-sunday: ["00:00-24:00"]}}, working: {{monday-sunday: ["00:00-24:00"]}}, holidays: none}}
listen: 127.0.0.1:{AGENT}
lines:
  - {{id: yibao, name: 医保专线, business: medical_insurance, every: 2s, timeout: 2s,
     carrier: {{name: 电信, circuit: SH-12345, fault_desk: "10000"}},
     probes: [{{layer: gateway, icmp: {FAR}}}]}}
counters: [{{ids: 1-3, depends_on: [yibao]}}]
thresholds: {{IR-04: {{for: 10s}}}}
notify: {{alertmanagers: ["http://127.0.0.1:{ALERTMANAGER}"], resolve_after: 10s}}
""",
        encoding="utf-8",
    )
    (place / "alertmanager.yml").write_text(
        "route: {receiver: sink, group_by: [alertname, target], group_wait: 2s, group_interval: 5s}\n"
        f'receivers: [{{name: sink, webhook_configs: [{{url: "http://127.0.0.1:{SINK}/"}}]}}]\n'
    )
    for what in ("rules", "scrape"):
        given = [] if what == "rules" else ["-c", str(place / "agent.yaml")]
        subprocess.run([SHOUWANG, "export", what, "-o", str(place), *given], check=True, capture_output=True)
    (place / "prometheus.yml").write_text(district(place), encoding="utf-8")


def district(place: Path) -> str:
    """The district's prometheus.yml: what `export scrape` wrote, at a quicker pace and with a label of its own."""
    import yaml

    said = yaml.safe_load((place / "shouwang.scrape.yml").read_text(encoding="utf-8"))
    said["global"] = {"scrape_interval": "2s", "evaluation_interval": "2s", "external_labels": {"replica": "a"}}
    said["rule_files"] = [str(place / "shouwang.rules.yml")]
    return json.dumps(said, ensure_ascii=False)


def metric(name: str) -> list[str]:
    text = get(f"http://127.0.0.1:{AGENT}/metrics")
    return [row for row in text.splitlines() if row.startswith(name + "{") or row.startswith(name + " ")]


def firing_in_prometheus() -> bool:
    found = get(f"http://127.0.0.1:{PROMETHEUS}/api/v1/alerts")["data"]["alerts"]
    return any(each["state"] == "firing" and each["labels"]["alertname"] == "LineDown" for each in found)


def up_again(place: Path, agent: ExitStack, seconds: float) -> None:
    """The agent is killed, its silence outlives several scrapes and evaluations, and it is started again."""
    agent.close()
    time.sleep(seconds)
    agent.enter_context(killed_at_the_end([SHOUWANG, "run", "-c", f"{place}/agent.yaml"], place / "agent.log"))
    wait("the agent is back", lambda: metric("incident_open"), 20)


@contextmanager
def killed_at_the_end(argv: list[str], log: Path) -> Iterator[None]:
    with running(argv, log) as child:
        yield
        child.kill()
        child.wait(5)


def story(place: Path, agent: ExitStack) -> dict[str, Any]:
    story: dict[str, Any] = {}
    wait("the line is up", lambda: [row.split()[-1] for row in metric("line_up")] == ["1.0"], 20)
    up = f"http://127.0.0.1:{PROMETHEUS}/api/v1/query?query=center_service_open"
    wait("Prometheus scrapes the agent", lambda: get(up)["data"]["result"], 30)
    story["scraped"] = get(up)["data"]["result"][0]["metric"]
    sh("ip -n bureau link set wan down")
    story["incident after"] = wait("one incident", lambda: metric("incident_open"), 130)
    story["incident_open"] = metric("incident_open")
    story["Alertmanager after"] = wait("the alert", lambda: Sink.seen, 20)
    story["Prometheus after"] = wait("the district fires too", firing_in_prometheus, 30)
    time.sleep(15)
    alerts = of_incidents(get(f"http://127.0.0.1:{ALERTMANAGER}/api/v2/alerts"))
    story["alerts"] = [alert["labels"] for alert in alerts]
    story["annotations"] = alerts[0]["annotations"]
    story["notified while down"] = list(Sink.seen)
    up_again(place, agent, 40)
    time.sleep(10)
    story["notified after a kill"] = list(Sink.seen)
    sh("ip -n bureau link set wan up")
    story["resolved after"] = wait("resolved", lambda: Sink.seen[-1]["status"] == "resolved", 130)
    time.sleep(15)
    story["notified"] = list(Sink.seen)
    story["left open"] = metric("incident_open")
    return story


def main() -> None:
    place = Path(tempfile.mkdtemp())
    line()
    write(place)
    sink = ThreadingHTTPServer(("127.0.0.1", SINK), Sink)
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    with ExitStack() as peers:
        for name, argv in {
            "alertmanager": [
                "prometheus-alertmanager",
                f"--config.file={place}/alertmanager.yml",
                f"--storage.path={place}/am",
                f"--web.listen-address=127.0.0.1:{ALERTMANAGER}",
                "--cluster.listen-address=",
            ],
            "prometheus": [
                "prometheus",
                f"--config.file={place}/prometheus.yml",
                f"--storage.tsdb.path={place}/tsdb",
                f"--web.listen-address=127.0.0.1:{PROMETHEUS}",
                "--rules.alert.resend-delay=5s",
            ],
        }.items():
            peers.enter_context(running(argv, place / f"{name}.log"))
        agent = peers.enter_context(ExitStack())
        agent.enter_context(killed_at_the_end([SHOUWANG, "run", "-c", f"{place}/agent.yaml"], place / "agent.log"))
        try:
            print(json.dumps(story(place, agent), ensure_ascii=False, indent=1))
        finally:
            sys.stderr.write((place / "agent.log").read_text(encoding="utf-8")[-3000:])
    sink.shutdown()


if __name__ == "__main__":
    main()
