"""What the simulated hosts say of their files is what real programs say of them: each command by which backups are read
is put to both."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.core.ssh import Answer, Command
from collectors.application.on_other_host import of_spool
from collectors.backup import isolation, listing, manifest, member, testing
from collectors.backup.formats import Format, format_of
from demo.backups.contents import copied
from demo.backups.copies import SUMS
from demo.backups.jobs import JOBS, Job
from demo.centre.plan import centre
from demo.hosts.files import ran
from demo.hosts.model import Host, role_of
from demo.world.active import Active

JOB = pytest.mark.parametrize("job", JOBS, ids=[job.id for job in JOBS])
TOLD = re.compile(rb"^(?:status|tar) \d+$", re.MULTILINE)


class Both:
    """A host of the centre, and this machine, with the same files."""

    def __init__(self, root: Path) -> None:
        node = centre().nodes["backup-host"]
        self.root, self.host = root, Host(node, role_of(node), Active(), tree=root)

    def put(self, path: str, content: bytes) -> str:
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return path

    def said(self, command: Command) -> tuple[Answer, Answer]:
        """By the simulated host, and by the real programs, in whose output the folder is left out."""
        made = ran(self.host, command.argv)
        assert made is not None, command.argv
        argv = [f"{self.root}{each}" if each.startswith("/data/") else each for each in command.argv]
        done = subprocess.run(argv, capture_output=True, check=False, timeout=20, env={"PATH": "/usr/bin:/bin"})
        real = done.stdout.replace(str(self.root).encode(), b"")
        return Answer(command, made.status, made.stdout, made.stderr), Answer(
            command, done.returncode, real, done.stderr
        )


@pytest.fixture
def both(tmp_path: Path) -> Both:
    return Both(tmp_path)


def reading(job: Job, path: str, copy: bytes, packed: Format | None) -> Iterator[Command]:
    """Every command that a copy is tested by."""
    yield from testing.looking(path, SUMS)
    format_ = format_of(copy[:512])
    if packed is not None:
        yield testing.inner(format_, path)
    for test in testing.tests(path, format_, packed, "0" * 64):
        yield from test.commands
    yield testing.hashing(path)


def packed_in(both: Both, path: str, copy: bytes) -> Format | None:
    format_ = format_of(copy[:512])
    return format_of(both.said(testing.inner(format_, path))[1].stdout) if format_.kind == "packed" else None


@JOB
@pytest.mark.parametrize("share", [1.0, 0.93, 0.5], ids=["whole", "cut", "half"])
def test_a_copy_is_read_as_real_programs_read_it(both: Both, job: Job, share: float) -> None:
    whole = copied(job, 5, 5)
    path = both.put(f"{job.place.folder}/{job.id}{job.ending}", whole[: int(len(whole) * share)])
    both.put(f"{job.place.folder}/{SUMS}", f"{'0' * 64}  {job.id}{job.ending}\n".encode())
    commands = list(reading(job, path, whole, packed_in(both, path, whole)))
    assert len(commands) > 3
    for command in commands:
        made, real = both.said(command)
        assert made.status == real.status, command.argv
        ends, other = sorted(TOLD.findall(made.stderr)), sorted(TOLD.findall(real.stderr))
        assert [end.split()[0] for end in ends] == [end.split()[0] for end in other]
        assert [end.endswith(b" 0") for end in ends] == [end.endswith(b" 0") for end in other], command.argv
        if share == 1.0 or not ends:
            assert made.stdout == real.stdout, command.argv


def test_a_list_of_checksums_is_found_where_it_is(both: Both) -> None:
    path = both.put("/data/backup/a/one.sql", b"x")
    both.put("/data/backup/a/SHA256SUMS", b"ab")
    for command in (testing.looking(path, SUMS)[1], testing.looking(path, "OTHER")[1]):
        made, real = both.said(command)
        assert (made.ok, made.stdout) == (real.ok, real.stdout)
    assert manifest.told(both.said(testing.hashing(path))[0].stdout)


def test_a_member_is_taken_out_of_an_archive_as_by_real_programs(both: Both) -> None:
    job = next(job for job in JOBS if job.kind == "files")
    path = both.put(f"{job.place.folder}/one{job.ending}", copied(job, 5, 5))
    listed = both.said(testing.script(member.PACKED_LIST, "gzip", path, limit=member.LIMIT))
    made, real = (list(member.in_tar(said.stdout)) for said in listed)
    assert made == real
    assert len(made) > 2
    for key in (made[-1].key, "share/none"):
        read, other = both.said(testing.script(member.PACKED_READ, "gzip", path, key))
        assert read.stdout == other.stdout
        assert member.COUNTED.findall(read.stderr) == member.COUNTED.findall(other.stderr)
        assert testing.piped(read) == testing.piped(other)


def test_rights_of_folders_are_told_as_by_real_programs(both: Both) -> None:
    folder = "/data/backup/a"
    both.put(f"{folder}/one.sql", b"x")
    for mode in (0o777, 0o750):
        (both.root / folder.lstrip("/")).chmod(mode)
        for command in (isolation.looking(folder)[0], isolation.asking("root", folder)[2]):
            made, real = both.said(command)
            assert made.stdout.split()[:1] == real.stdout.split()[:1], command.argv


def test_a_folder_is_listed_as_real_programs_list_it(both: Both) -> None:
    for name in ("a-1.sql", "a-2.sql", "a-3.sql.part", ".a-4.sql", "b.txt"):
        both.put(f"/data/backup/a/{name}", name.encode() * 7)
    made, real = both.said(listing.finding("/data/backup/a", "*.sql"))
    files = [sorted((each.path, each.size, each.at) for each in listing.files_of(said.stdout)) for said in (made, real)]
    assert files[0] == files[1]
    assert [path.rpartition("/")[2] for path, _, _ in files[0]] == [".a-4.sql", "a-1.sql", "a-2.sql", "a-3.sql.part"]


@pytest.mark.parametrize("path", ["/data/backup/a", "/data/backup/none", "/data/backup/a/one"])
def test_a_folder_is_looked_into_as_by_real_programs(both: Both, path: str) -> None:
    both.put("/data/backup/a/one", b"")
    for command in listing.looking(path)[1:]:
        made, real = both.said(command)
        assert (made.ok, made.stdout) == (real.ok, real.stdout), command.argv


def test_files_that_wait_are_told_as_by_real_programs(both: Both) -> None:
    for name in ("1.xml", "2.xml", ".3.xml", "4.txt"):
        both.put(f"/data/upload/waiting/{name}", b"")
    commands: Sequence[Command] = of_spool("/data/upload/waiting", "*.xml", "upload").commands
    for command in commands:
        made, real = both.said(command)
        assert (made.ok, sorted(made.stdout.split())) == (real.ok, sorted(real.stdout.split())), command.argv
    assert len(made.stdout.split()) == 2


@pytest.mark.parametrize("argv", [("stat", "-f", "/data"), ("head", "-c", "9", "--", "/etc/passwd"), ("uptime",)])
def test_of_other_places_the_model_of_the_host_tells(both: Both, argv: tuple[str, ...]) -> None:
    assert ran(both.host, argv) is None
