"""A round of commands for PowerShell behind OpenSSH for Windows, whether the login shell is that or cmd."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from agent.core.reach import CannotAsk
from agent.core.ssh import Command
from agent.transports.ssh.quoting import powershell

LINE = "powershell -NoLogo -NoProfile -NonInteractive -Command -"
# shouwang LIMIT BLOCK: at most LIMIT characters of what the block gives; the exit status behind the boundary.
HEAD = """$ErrorActionPreference='Continue';$ProgressPreference='SilentlyContinue'
[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false
function tell($s){[Console]::Out.Write("`n$M $s`n");[Console]::Error.Write("`n$M`n")}
function shouwang($l,$b){$global:LASTEXITCODE=0;$s=0
try{$o=(& $b 2>&1|ForEach-Object{if($_ -is [Management.Automation.ErrorRecord]){$s=1;[Console]::Error.WriteLine("$_")}\
else{$_}}|Out-String -Width 4096)}catch{$s=1;$o='';[Console]::Error.WriteLine("$_")}
if($LASTEXITCODE){$s=$LASTEXITCODE}
if($o.Length -gt $l){$o=$o.Substring(0,$l)};[Console]::Out.Write($o);tell $s}
tell '-'"""


def script(commands: Sequence[Command], boundary: str, seconds: float) -> bytes:
    """As agent.transports.ssh.posix.script. One line of ASCII: PowerShell reads its standard input in the console's
    encoding, and line by line."""
    for each in commands:
        if each.stdin or each.root or each.last:
            raise CannotAsk("missing", f"{each.argv[0]}: on Windows there is no standard input, no sudo, no last bytes")
    lines = [f"$M='{boundary}'", HEAD]
    lines += [f"shouwang {each.limit + 1} {{{powershell(each.argv)}}}" for each in commands]
    whole = b64encode("\n".join(lines).encode("utf-8", "replace")).decode()
    decoded = f"[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{whole}'))"
    return f". ([scriptblock]::Create({decoded}))\r\nexit\r\n".encode("ascii")
