"""What a number below 1.3.6.1.4.1 stands for, where its maker builds one kind of device below it: for devices that no
profile names, and for families whose products differ. Numbers: IANA's private enterprise numbers; products: each
maker's registration MIB (PowerNet-MIB for APC)."""

from __future__ import annotations

from collections.abc import Mapping

ENTERPRISES = "1.3.6.1.4.1."
COMPUTERS = ("42", "311", "2021", "8072", "6574", "24681")  # Sun, Microsoft, UCD, net-snmp, Synology, QNAP

MAKERS: Mapping[str, str] = {
    # APC's products
    **dict.fromkeys(("318.1.3.2", "318.1.3.5", "318.1.3.27", "318.1.3.28", "318.1.3.33"), "ups"),
    **dict.fromkeys(("318.1.3.4", "318.1.1.32"), "pdu"),
    "318.1.3.8": "sensor",  # environment managers
    "318.1.3.14": "cooling",
    "318.1.3.32": "machine_room",  # transfer switches
    # CyberPower, Tripp Lite, Eaton
    **dict.fromkeys(("3808.1.1.3", "3808.1.1.6"), "pdu"),
    "850.1.1.3.1": "ups",  # tlpUps
    **dict.fromkeys(("534.6.6", "534.7"), "pdu"),
    # HP: ICF and ProCurve switches; JetDirect; blade enclosures; Compaq's servers and their controllers
    "11.2.3.7": "switch",
    "11.2.3.9": "printer",
    "11.5.7.1": "host",
    "232": "host",
    # Dell: servers and controllers, storage; printers; switches
    **dict.fromkeys(("674.10892", "674.10893", "12740"), "host"),
    "674.10898": "printer",
    "674.11000.5000": "switch",  # OS10
    # Printers: Brother, Canon, Epson, Fuji Xerox, Konica Minolta, Kyocera, Lexmark, OKI, Ricoh, Samsung, Sharp,
    # Toshiba TEC, Xerox, Pantum
    **dict.fromkeys(("2435", "1602", "1248", "297", "18334", "1347", "641", "2001", "367", "236.11"), "printer"),
    **dict.fromkeys(("2385", "1129", "253", "40093"), "printer"),
    # Cameras and recorders: Axis, Dahua, Hikvision
    **dict.fromkeys(("368", "1004849", "39165", "50001"), "camera"),
    # Network only: 3Com, Nortel, Cabletron and Enterasys, Xylan, Allied Telesis, Hirschmann, Zyxel, Brocade, Foundry,
    # Extreme, WatchGuard, F5, Blue Coat, Linksys, Netgear's switches, Alcatel-Lucent, Nokia, DrayTek, SonicWall
    **dict.fromkeys(("43", "45", "52", "5624", "800", "207", "248", "890.1", "1588", "1991", "1916"), "switch"),
    **dict.fromkeys(("3097", "3375", "3417", "3955", "4526", "6486", "6527", "7367", "8741"), "switch"),
    # CTS, Ubiquiti, Airespace, Aruba, RuggedCom, Venustech, TP-Link's routers, C-Data, NSFOCUS, Sophos, Ruckus, Palo
    # Alto, Aerohive, Meraki, Arista, Netentsec, Hillstone, Eltex, Aruba CX
    **dict.fromkeys(
        ("9304", "10002", "41112", "14179", "14823", "15004", "15227", "16972", "17409", "34796"), "switch"
    ),
    **dict.fromkeys(("19849", "2604.5", "21067", "25053", "25461", "26928", "29671", "30065"), "switch"),
    **dict.fromkeys(("30803", "32388", "35265", "47196", "27282", "5089"), "switch"),
    # Computers and storage: Netgear ReadyNAS, Infortrend, IBM's libraries, WD, NetApp, VMware, OpenBSD
    **dict.fromkeys(("4526.100.16", "1714", "37447", "14851", "5127", "789", "6876", "30155"), "host"),
    # Power: Sinetica, Digipower, Panduit, Chatsworth; Alpha, Delta, Imco, MajorPower, ICT, Tycon, West Mountain Radio
    **dict.fromkeys(("3711", "17420", "19536", "26482", "30932", "39145.10"), "pdu"),
    **dict.fromkeys(
        ("7483", "26854", "2254", "20246", "818", "10222", "40865", "39145", "45621", "15117"), "machine_room"
    ),
    # Rooms: Sensatronics, NetPing, Rittal, ALGcom; Carel's controllers of cooling. Not `sensor`: no profile reads those
    # of them that come here, and a sensor that tells nothing of the room is a failure.
    **dict.fromkeys(("16174", "25728", "2606", "49136"), "machine_room"),
    "9839": "cooling",
}


def maker(object_id: str) -> str | None:
    """The kind that the longest known beginning of this sysObjectID stands for."""
    parts = object_id.removeprefix(ENTERPRISES).split(".") if object_id.startswith(ENTERPRISES) else []
    beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((MAKERS[each] for each in beginnings if each in MAKERS), None)
