"""What tests of a copy say together, and what agent.yaml says that a copy is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.backup import testing, words
from collectors.backup.formats import Format
from collectors.backup.options import BackupOptions
from collectors.backup.testing import Result


@dataclass(frozen=True)
class Tested:
    """`format` as people call it."""

    result: Result
    format: str
    encrypted: bool | None


def expected(options: BackupOptions, format_: Format, packed: Format | None, wanted: str | None) -> list[Result]:
    """What agent.yaml says that a copy is."""
    found = []
    what = packed or format_
    hidden = what.encrypted or (what.encrypted is None and options.verify.encrypted)
    if options.kind in ("postgresql", "mysql") and not hidden and not what.holds and what.dump != options.kind:
        found.append(Result(False, words.OTHER_KIND))
    if options.verify.encrypted and not what.encrypted:
        found.append(Result(None, words.PERHAPS_ENCRYPTED) if hidden else Result(False, words.NOT_ENCRYPTED))
    if options.verify.manifest is not None and wanted is None:
        found.append(Result(None, words.NO_ENTRY))
    return found


def joined(results: Sequence[Result]) -> Result:
    """Bad where one is, unknown where one could not be made."""
    for good in (False, None):
        if bad := next((each for each in results if each.good is good), None):
            return bad
    return testing.GOOD if results else Result(None, words.NO_TEST)
