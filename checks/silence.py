"""What is found where nothing was read: not connected, the last verdict while it stands, unknown, unknown too long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.core.checklist import Finding, Item, Result, Verdict
from agent.core.model import Target
from agent.core.site import Site
from agent.core.text import Text, clean
from checks import words
from checks.metrics import CENTER
from checks.opinion import Opinion
from checks.sources import Source, patience

UNKNOWN_IS_FAILURE_AFTER = 86400.0
GRAVE = ("critical", "high")

# kind: section of agent.yaml, and what its targets are called
KINDS = {
    "machine_room": ("machine_room", Text("机房设备", "machine room device")),
    "switch": ("switches", Text("网络设备", "network device")),
    "line": ("lines", Text("专线", "private line")),
    "host": ("hosts", Text("主机", "host")),
    "application": ("applications", Text("应用", "application")),
    "backup": ("backups", Text("备份任务", "backup job")),
}
UNTOLD = Text("已接入,这一遍没有读到", "connected, but this was not told yet")
AND_RUN = Text("{ways},且守望持续运行", "{ways}, and the agent running")
LATER = Text(
    "由两次读数算出的要等第二遍:守望须在运行(shouwang run);若一直没有,看 {target} 有没有此项,以及现有的接入方式给不给",
    "what two readings give comes with the second: the agent must run (shouwang run); if it never comes, look whether "
    "{target} has it and whether the way in tells of it",
)
WAYS = {
    "snmp": Text("SNMP", "SNMP"),
    "ssh": Text("SSH", "SSH"),
    "ssh_root": Text("SSH(sudo)", "SSH (sudo)"),
    "windows_ssh": Text("Windows 自带 OpenSSH", "OpenSSH for Windows"),
    "modbus": Text("Modbus TCP", "Modbus TCP"),
    "tcp": Text("探测", "probes"),
    "http": Text("HTTP", "HTTP"),
    "second_vantage": Text("第二观察点", "a second vantage"),
    "log_store": Text("日志服务器", "a log store"),
    "rtsp": Text("摄像机视频流(RTSP)", "cameras' streams (RTSP)"),
    "file": Text("文件(清单)", "a file (list)"),
    "database": Text("数据库登录", "a database login"),
    "person": Text("人工登记", "an attestation"),
    "evidence": Text("上传的证据", "evidence that people upload"),
}


def no_target(item: Item, kinds: Sequence[str], site: Site, now: float) -> Finding:
    """Nothing that the item is about stands in agent.yaml: no target of `kinds`, or none that ever told of it."""
    known = [KINDS[kind] for kind in kinds if kind in KINDS]
    zh, en = "、".join(text.zh for _, text in known), " or ".join(text.en for _, text in known)
    sections = ", ".join(f"{section}:" for section, _ in known)
    verdict = Verdict(
        Result.NOT_CONNECTED,
        site.center.id,
        Text(f"agent.yaml 里没有{zh}", f"agent.yaml names no {en}")
        if known
        else Text("没有一个来源给出此项读数", "no source gives a reading of it"),
        ways(item),
        Text(f"在 agent.yaml 的 {sections} 下登记", f"add it under {sections} in agent.yaml") if known else None,
    )
    return Finding(item.id, item.area, CENTER, verdict, now)


def never(item: Item, target: Target, heard: Sequence[Source], spoke: float | None, now: float) -> Finding:
    """Nobody ever spoke, or who did was taken out of agent.yaml: what was connected counts as lost until it is waived,
    else a fault would be gone with its source."""
    if heard or spoke is None:
        return not_connected(item, target, heard, now)
    observed = Text("接入过,agent.yaml 里已没有它的接入方式", "it was connected; agent.yaml names no way in any more")
    remedy = Text(
        f"恢复接入方式,或由专职副主任批准豁免:shouwang checklist waive {item.id} --target {target.id}",
        f"put the way in back, or have it waived: shouwang checklist waive {item.id} --target {target.id}",
    )
    return _silent(item, target, (observed, ways(item), remedy), spoke, now)


def not_connected(item: Item, target: Target, heard: Sequence[Source], now: float) -> Finding:
    """The target is there, but not one reading ever came: no way in, or one that has not worked yet."""
    if not heard:
        observed = Text("没有可用的接入方式", "no way in is configured")
    elif reason := _failure(heard):
        observed = Text(f"尚无读数:{reason}", f"not read yet: {reason}")
    elif any(source.reading and source.reading.up for source in heard):
        return _untold(item, target, now)
    else:
        observed = Text("已配置,尚无读数", "configured, not read yet")
    remedy = Text(
        f"为 {target.id} 配置可用的接入方式(credentials、address)", f"give {target.id} a way in (credentials, address)"
    )
    verdict = Verdict(Result.NOT_CONNECTED, target.id, observed, ways(item), remedy)
    return Finding(item.id, item.area, target.kind, verdict, now)


def _untold(item: Item, target: Target, now: float) -> Finding:
    """The way in works, and told other things."""
    wanted = AND_RUN.format(ways=ways(item))
    verdict = Verdict(Result.NOT_CONNECTED, target.id, UNTOLD, wanted, LATER.format(target=target.id))
    return Finding(item.id, item.area, target.kind, verdict, now)


def partly_connected(
    item: Item, target: Target, heard: Sequence[Source], wanted: Iterable[Source], calm: Opinion, now: float
) -> Finding:
    """What could be read is in order, but that is not all that the item asks."""
    unheard = [source for source in wanted if source.last is None]
    names = {name for source in unheard for name in source.metrics}
    finding = not_connected(item, target, [source for source in heard if source.metrics & names], now)
    seen, missing, rest = calm.observed, finding.verdict.observed, _names(unheard)
    observed = Text(f"{missing.zh}({rest})", f"{missing.en} ({rest})")
    if calm.evidence:
        observed = Text(f"{seen.zh};其余{observed.zh}", f"{seen.en}; for the rest: {observed.en}")
    return replace(finding, verdict=replace(finding.verdict, observed=observed), evidence=calm.evidence)


def lost(item: Item, target: Target, heard: Sequence[Source], standing: Finding | None, now: float) -> Finding:
    """What `heard` stands for was told once and is not now. `standing` is the last verdict that rests on a reading;
    while it stands, its time says how old it is."""
    since = min((source.last for source in heard if source.last is not None and not source.fresh), default=now)
    silent, limit = now - since, patience(target)
    if standing is not None and silent <= limit:
        return standing
    length, allowed, reason = words.duration(silent), words.duration(limit), _failure(heard) or _names(heard)
    observed = Text(
        f"{length.zh}没有读数{':' if reason else ''}{reason}",
        f"no reading for {length.en}{': ' if reason else ''}{reason}",
    )
    expected = Text(f"{allowed.zh}内有读数", f"a reading within {allowed.en}")
    remedy = Text(f"检查 {target.id} 的网络、地址与账户", f"check network, address and account of {target.id}")
    return _silent(item, target, (observed, expected, remedy), since, now)


def _silent(item: Item, target: Target, said: tuple[Text, Text, Text], since: float, now: float) -> Finding:
    """Of what was last told at `since`, Unix seconds; `said`: what is observed, expected, to be done."""
    too_long = now - since - patience(target) >= UNKNOWN_IS_FAILURE_AFTER and item.severity in GRAVE
    verdict = Verdict(Result.FAIL if too_long else Result.UNKNOWN, target.id, *said)
    return Finding(item.id, item.area, target.kind, verdict, now)


def ways(item: Item) -> Text:
    """What would connect the item: `SSH 或 SNMP`."""
    groups = [[WAYS.get(way, Text(clean(way), clean(way))) for way in need.split("|")] for need in item.needs]
    return Text(
        "接入 " + "，并 ".join(" 或 ".join(way.zh for way in group) for group in groups),
        "connected by " + " and ".join(" or ".join(way.en for way in group) for group in groups),
    )


def _failure(heard: Sequence[Source]) -> str:
    """Why the newest reading of a silent source failed, in the transport's own words."""
    reasons = (source.reading.failure.message for source in heard if source.reading and source.reading.failure)
    return clean(next(reasons, ""), 160)


def _names(missing: Iterable[Source]) -> str:
    """Of single metrics that nobody tells."""
    names = dict.fromkeys(name for source in missing if len(source.metrics) == 1 for name in source.metrics)
    return clean(", ".join(names), 160)
