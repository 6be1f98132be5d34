"""HTTP probes: CPU of one, frame included, beside blackbox_exporter's, by HTTP and by HTTPS with the chain verified.

Both sides ask the same 127.0.x.y addresses at the same pace in the same minute, each time on a fresh connection, and
turn the answer into status, phases and what the certificate says. Bound: at most 1.0 of the peer's CPU. Ours is the
collector of applications as it is.
`python -m benchmarks.http_probes`
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import ipaddress
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from agent.core.model import Target
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from agent.scheduler import Job, Scheduler
from benchmarks.probes import PATH, Watching, address, process, scrape
from benchmarks.process import answers, cpu_seconds, free_port
from benchmarks.watching import tell_lags
from collectors.application import COLLECTOR, ApplicationOptions

MODULES = """modules:
  http: {{prober: http, timeout: 5s, http: {{preferred_ip_protocol: ip4, tls_config: {{ca_file: {ca}}}}}}}
"""
PAGE = b"<html>" + b"<p>\xe5\x8a\x9e\xe7\x90\x86</p>" * 200 + b"</html>"
SERVER = """import asyncio, ssl, sys
page = b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html; charset=utf-8\\r\\nServer: nginx/1.22.1\\r\\n"
page += b"Connection: close\\r\\nContent-Length: %d\\r\\n\\r\\n" % {length} + b"x" * {length}
async def one(reader, writer):
    try:
        await reader.readuntil(b"\\r\\n\\r\\n")
        writer.write(page)
        writer.close()
        await writer.wait_closed()
    except (OSError, asyncio.IncompleteReadError):
        writer.transport.abort()
async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3])
    await asyncio.start_server(one, "0.0.0.0", int(sys.argv[1]))
    await (await asyncio.start_server(one, "0.0.0.0", int(sys.argv[2]), ssl=tls)).serve_forever()
asyncio.run(main())
"""


def certificates(folder: Path, names: list[str]) -> None:
    """ca.pem, and server.pem with its key and an intermediate, as a district's own authority would issue them."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    subjects = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("root", "middle", "leaf")]
    made = []
    for place, subject in enumerate(subjects):
        above = max(0, place - 1)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subjects[above])
        builder = builder.public_key(keys[place].public_key()).serial_number(place + 1)
        builder = builder.not_valid_before(now - day).not_valid_after(now + 90 * day)
        builder = builder.add_extension(x509.BasicConstraints(place < 2, None), critical=True)
        if place == 2:
            listed = [x509.IPAddress(ipaddress.ip_address(name)) for name in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(listed), critical=False)
        made.append(builder.sign(keys[above], hashes.SHA256()))
    root, middle, leaf = (each.public_bytes(serialization.Encoding.PEM) for each in made)
    key = keys[2].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "ca.pem").write_bytes(root)
    (folder / "server.pem").write_bytes(key + leaf + middle)


async def watch(urls: list[str], ca: str, every: float) -> None:
    """For each line on standard input: the lateness of each poll since the last one, and how many answered."""
    lags: list[float] = []
    end, snapshot = tell_lags(lags), Snapshot()
    async with reaching() as ways:
        runner, scheduler = Runner(ways, snapshot), Scheduler(lag=lags.append)
        jobs = []
        for place, url in enumerate(urls):
            said = {"id": f"a{place}", "role": "acceptance", "http": url, "tls": {"ca": ca}}
            options = ApplicationOptions.model_validate(said if url.startswith("https") else {**said, "tls": None})
            target = Target("application", options.id, options.id, options, every=every, timeout=5.0)

            async def once(target: Target = target) -> None:
                reading = await runner.run(COLLECTOR, target)
                if not reading.up or reading.by_metric["application_up"][0].value != 1:
                    print(reading, file=sys.stderr, flush=True)
                    end.set()  # so that it is noticed: nobody answers any more

            jobs.append(Job(("application", target.id), every, once, target))

        scheduler.set(jobs)
        await end.wait()
        await scheduler.stop()


class Asking(Watching):
    """Our side as a process of its own."""

    def __init__(self, folder: Path, urls: list[str], every: float) -> None:
        (folder / "urls").write_text("\n".join(urls))
        self._log = folder / "log"
        self._start([sys.executable, "-m", "benchmarks.http_probes", "--watch", str(folder), str(every)], self._log)

    def polls(self) -> int:
        """Since it was last asked; all of them answered."""
        try:
            return len(self.lags())
        except (OSError, ValueError):
            raise SystemExit(f"a poll of ours failed: {self._log.read_text()[-2000:]}") from None


@contextlib.contextmanager
def asking(folder: Path, urls: list[str], every: float) -> Iterator[Asking]:
    child = Asking(folder, urls, every)
    try:
        yield child
    finally:
        child.end()


def compare(peer: str, scheme: str, bound: float, seconds: float) -> bool:
    """200 targets every 6 s, as for the other probes."""
    targets, every = 200, 6.0
    ports = {"http": free_port(), "https": free_port()}
    addresses = [address(place) for place in range(targets)]
    urls = [f"{scheme}://{each}:{ports[scheme]}/" for each in addresses]
    peer_port = free_port()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        certificates(folder, addresses)
        (folder / "blackbox.yml").write_text(MODULES.format(ca=folder / "ca.pem"))
        server = [sys.executable, "-c", SERVER.format(length=len(PAGE)), str(ports["http"]), str(ports["https"])]
        stack.enter_context(process([*server, f"{name}/server.pem"]))
        options = [f"--config.file={name}/blackbox.yml", f"--web.listen-address=127.0.0.1:{peer_port}"]
        blackbox = stack.enter_context(process([peer, *options, "--log.level=error"]))
        answers(f"http://127.0.0.1:{peer_port}/-/healthy", 10)
        ours = stack.enter_context(asking(folder, urls, every))
        paths = [f"/probe?module=http&target={url}" for url in urls]
        asyncio.run(scrape(peer_port, paths, every, 2 * every))  # until everybody is in step
        ours.polls()
        before = {"peer": cpu_seconds(blackbox), "ours": cpu_seconds(ours.pid)}
        number, good = asyncio.run(scrape(peer_port, paths, every, seconds))
        after = {"peer": cpu_seconds(blackbox), "ours": cpu_seconds(ours.pid)}
        polls = ours.polls()
    theirs, own = (1000 * (after[side] - before[side]) / count for side, count in (("peer", number), ("ours", polls)))
    held = own <= bound * theirs
    print(
        f"{scheme}: blackbox_exporter {theirs:.3f} ms CPU a probe ({number} probes, {good} answered)\n"
        f"  probe, collector, runner, scheduler: {own:.3f} ms, {own / theirs:.2f} of it ({polls} probes); "
        f"bound {bound}: {'held' if held else 'BROKEN'}"
    )
    return held and good == number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each measurement")
    parser.add_argument("--watch", nargs=2, metavar=("FOLDER", "EVERY"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.watch:
        folder = Path(options.watch[0])
        urls = (folder / "urls").read_text().split()
        asyncio.run(watch(urls, str(folder / "ca.pem"), float(options.watch[1])))
        return
    peer = shutil.which("prometheus-blackbox-exporter", path=PATH)
    if peer is None:
        print("no prometheus-blackbox-exporter to compare with (apt-get install prometheus-blackbox-exporter)")
        return
    held = [compare(peer, scheme, 1.0, options.seconds) for scheme in ("http", "https")]
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
