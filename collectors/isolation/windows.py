"""Trying connections on a Windows host, by .NET's sockets in PowerShell 5.1 or later. Nothing is sent by TCP.

The script is a constant, what is tried stands in it in base64. Where a policy lets PowerShell have no .NET (constrained
language) nothing is tried, and that is said.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any

from agent.core.ssh import Command
from collectors.host.windows.script import script, text
from collectors.isolation.discovery import DISCOVERY
from collectors.isolation.outcome import Outcome, coded

# Windows asks a port that refuses three times, half a second apart: no answer is believed before two seconds.
BODY = """$ask=[Convert]::FromBase64String('{ask}')
$list=[Text.Encoding]::ASCII.GetString([Convert]::FromBase64String('{places}')).Split(';')
$end=[DateTime]::UtcNow.AddSeconds({seconds})
function code($e){{while($e.InnerException){{$e=$e.InnerException}}
if($e -is [Net.Sockets.SocketException]){{[string]$e.ErrorCode}}else{{'failed'}}}}
$tries=@($list|ForEach-Object{{$to,$port=$_.Split(' ');$t=@{{code='silent';udp=($port -eq '161')}}
$family=[Net.Sockets.AddressFamily]::InterNetwork
if($to.Contains(':')){{$family=[Net.Sockets.AddressFamily]::InterNetworkV6}}
try{{if($t.udp){{$t.socket=[Net.Sockets.UdpClient]::new($family);$t.socket.Connect($to,[int]$port)
[void]$t.socket.Send($ask,$ask.Length);$t.wait=$t.socket.BeginReceive($null,$null)}}
else{{$t.socket=[Net.Sockets.TcpClient]::new($family);$t.wait=$t.socket.BeginConnect($to,[int]$port,$null,$null)}}}}
catch{{$t.code=code $_.Exception}}
$t}})
foreach($t in $tries){{if($t.wait){{$left=[int][Math]::Max(0,($end-[DateTime]::UtcNow).TotalMilliseconds)
if($t.wait.AsyncWaitHandle.WaitOne($left)){{
try{{if($t.udp){{$from=[Net.IPEndPoint]::new([Net.IPAddress]::Any,0);[void]$t.socket.EndReceive($t.wait,[ref]$from)}}
else{{$t.socket.EndConnect($t.wait)}}
$t.code='open'}}catch{{$t.code=code $_.Exception}}}}}}
if($t.socket){{$t.socket.Close()}}}}
give @{{codes=(@($tries|ForEach-Object{{$_.code}}) -join ' ')}}"""
SLACK = 10.0  # seconds that PowerShell may take to start


def asking(places: Sequence[tuple[str, int]], seconds: float) -> Command:
    """All of these at once, within so many seconds."""
    listed = ";".join(f"{address} {port}" for address, port in places)
    body = BODY.format(ask=_base64(DISCOVERY), places=_base64(listed.encode()), seconds=f"{seconds:g}")
    return replace(script("isolation", body), seconds=seconds + SLACK)


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def outcomes(facts: Mapping[str, Any], count: int) -> list[Outcome]:
    """In the order of the question; what was not told is failed."""
    found = [coded(each) for each in text(facts, "codes", 16 * count).split()]
    return [*found[:count], *repeat[Outcome]("failed", max(0, count - len(found)))]
