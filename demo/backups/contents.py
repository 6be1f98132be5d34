"""What a copy holds. The same bytes for the same run, so that it can be made again."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import time
from collections.abc import Callable, Mapping

from demo.backups.jobs import EAST, Job

# A run copies so much more than the one before, and up to so much more again, as ratios of the first.
GROWS, MORE = 0.006, 0.002
SMALL = 0.1  # of what it should be
FILES = ("人事/考勤.xlsx", "受理/办事指南.docx", "受理/窗口排班.xlsx", "公告/节假日安排.pdf")
POSTGRESQL = """--
-- PostgreSQL database dump
--

-- Dumped from database version 14.10
-- Dumped by pg_dump version 14.10

SET statement_timeout = 0;
CREATE TABLE public.application (number bigint NOT NULL, content text);
COPY public.application (number, content) FROM stdin;
"""
POSTGRESQL_END = "\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n"
MYSQL = """-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: queue
-- ------------------------------------------------------
CREATE TABLE `ticket` (`number` bigint NOT NULL, `content` text);
"""


def copied(job: Job, run: int, origin: int, whole: bool = True) -> bytes:
    """The bytes of a copy; at run `origin` it was as large as the job says. A copy that is not whole is small."""
    chance = random.Random(f"{job.id} {run}")  # noqa: S311 - no secret
    size = job.size * ((1 + GROWS) ** (run - origin) + MORE * chance.random())
    return CONTENTS[job.kind](chance, int(size * (1 if whole else SMALL)), job.end(run))


def _postgresql(chance: random.Random, size: int, at: float) -> bytes:
    rows = "".join(f"{number}\t{chance.randbytes(60).hex()}\n" for number in range(size // 64))
    return gzip.compress((POSTGRESQL + rows + POSTGRESQL_END).encode(), 6, mtime=int(at))


def _mysql(chance: random.Random, size: int, at: float) -> bytes:
    rows = ",\n".join(f"({number},'{chance.randbytes(60).hex()}')" for number in range(size // 130))
    done = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at + EAST))
    return f"{MYSQL}INSERT INTO `ticket` VALUES\n{rows};\n-- Dump completed on {done}\n".encode()


def _files(chance: random.Random, size: int, at: float) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 6, packed, at) as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        for name in FILES:
            member = tarfile.TarInfo(f"share/{name}")
            member.size, member.mtime = size // len(FILES), int(at)
            archive.addfile(member, io.BytesIO(chance.randbytes(member.size)))
    return packed.getvalue()


CONTENTS: Mapping[str, Callable[[random.Random, int, float], bytes]] = {
    "postgresql": _postgresql,
    "mysql": _mysql,
    "files": _files,
}
