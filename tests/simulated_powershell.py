"""What `powershell -Command -` of a Windows host would say, for the scripts of a round: a command for a real sshd.

It answers each script by its name: with FOLDER/NAME.json, in ASCII as the script's `give` would, with the complaint of
FOLDER/NAME.error, or with FOLDER/NAME.raw as it is. What each script was given stands in FOLDER/asked, a line of JSON
each. It runs nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # it is run without site-packages, for the sake of time

from demo.hosts.windows.powershell import Block, Said, answered, document


def main(folder: Path) -> None:
    for said in answered(sys.stdin.buffer.readline(), lambda block: from_files(folder, block)):
        sys.stdout.buffer.write(said.stdout)
        sys.stdout.flush()
        sys.stderr.buffer.write(said.stderr)
        sys.stderr.flush()


def from_files(folder: Path, block: Block) -> Said:
    with (folder / "asked").open("a") as asked:
        asked.write(json.dumps([block.name, *block.given]) + "\n")
    error, raw, facts = (folder / f"{block.name}.{kind}" for kind in ("error", "raw", "json"))
    if error.exists():
        return Said(b"", error.read_bytes() + b"\r\n", 1)
    if raw.exists():
        return Said(raw.read_bytes()[: block.limit])
    return Said(document(json.loads(facts.read_text("utf-8")))[: block.limit] if facts.exists() else b"")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
