"""More pairs, of what public manuals and screens of such devices show that is easily taken for something else."""

from __future__ import annotations

from tests.collectors.configuration.pairs import pairs

MORE_PAIRS = (
    *pairs(
        "huawei_vrp",
        True,
        ("an alarm in between", "#\naaa", "#Nov 24 2026 10:00:01+08:00 core IFNET/4/IF_STATE:OID 1.3 down.\n#\naaa"),
        ("a time in a comment", "sysname core", "!Time: 2026-11-24 10:00:01\nsysname core"),
        ("a head more", "!MKHash 0000000000000000\n", "!MKHash 0\n!CfgFileCrc:AAAA0000\n!RunningCfgCrc:1\n"),
        ("another kind of cipher", "%^%#Xq2!aB$c{9(Lk,0Z8@Gd]%^%#", '%+%##!!!!!!!!!"!!!!%+%#'),
        ("tabs for blanks", " port link-type access", "\x00 port link-type access\t"),
        ("a page break of another form", "aaa\n", "  ---- More ----\naaa\n"),
    ),
    *pairs(
        "huawei_vrp",
        False,
        ("a page break in a description", "一号窗口", "一号窗口 ---- More ----"),
        ("a prompt in a description", "一号窗口", "一号窗口<core>"),
        ("a time in a description", "一号窗口", "!Last configuration was updated at 1"),
        ("a VLAN more", "batch 10 20 30", "batch 10 20 30 66"),
        ("another member of a stack", "#\naaa", "#\nstack slot 1 priority 200\n#\naaa"),
        ("a name that looks like a prompt", "sysname core", "sysname core#1>"),
        ("a log host", "#\naaa", "#\ninfo-center loghost 10.1.1.77\n#\naaa"),
        ("a lower level", "privilege level 15", "privilege level 3"),
    ),
    *pairs(
        "hp_comware",
        True,
        ("an alarm in between", "vlan 20\n", "#Nov 24 10:00:01:123 2026 core IFNET/3/PHY_UPDOWN: down.\nvlan 20\n"),
        ("a numbered log", "vlan 20\n", "%@31%Nov 24 10:00:01:123 2026 core CFGMAN/5/CFG_CHANGED: x\nvlan 20\n"),
        ("a page break", "vlan 20\n", "---- More ----\nvlan 20\n"),
    ),
    *pairs(
        "hp_comware",
        False,
        (
            "a member of a stack",
            "vlan 20\n",
            "vlan 20\n#\nirf-port 1/1\n port group interface Ten-GigabitEthernet1/0/49\n",
        ),
        ("logins without a password", "scheme\n", "none\n"),
        ("idle for ever", "idle-timeout 5 0", "idle-timeout 0 0"),
        ("traps for ARP", "trap enable", "trap enable arp"),
        ("a VLAN named like a prompt", "name 窗口", "name <core>"),
    ),
    *pairs(
        "cisco_ios",
        True,
        (
            "a log with a number",
            "interface Vlan10\n",
            "000123: *Nov 24 10:00:01.1: %SYS-5-CONFIG_I: x\ninterface Vlan10\n",
        ),
        ("a log by uptime", "interface Vlan10\n", "1w2d: %LINK-3-UPDOWN: Interface down\ninterface Vlan10\n"),
        ("no clock", "Building configuration...\n", "No time source, *10:00:01.1 CST Tue Nov 24 2026\n"),
        ("a load", "Building configuration...\n", "Load for five secs: 5%/0%; one minute: 6%; five minutes: 6%\n"),
        (
            "nothing since the start",
            "! Last configuration change at 09:12:44 CST Fri Nov 20 2026 by admin",
            "! No configuration change since last restart",
        ),
    ),
    *pairs(
        "cisco_ios",
        False,
        ("a certificate of another number", "self-signed 01", "self-signed 02"),
        ("a page break in a description", "counter 1", "counter 1 --More--"),
        ("a member of a stack", "hostname core\n", "hostname core\nswitch 2 provision ws-c2960x-48ts-l\n"),
        ("a prompt in a description", "counter 1", "counter 1 core#"),
        ("kind 9 for kind 5", "secret 5 $1$aBcD$eFgHiJkLmNoPqRsTuVwX0.", "secret 9 $9$aBcD$eFgHiJkLmNoPqRsTuVwX0."),
        ("a view for accounts", "snmp-server location", "parser view low\nsnmp-server location"),
    ),
    *pairs(
        "ruijie_os",
        True,
        ("a log in between", "vlan 10\n", "*Nov 24 10:00:01: core %LINK-3-UPDOWN: Interface down\nvlan 10\n"),
        ("a time in a comment", "version 11.4", "!Time: Tue Nov 24 10:00:00 2026\nversion 11.4"),
        ("its size without a blank", "configuration : 1790", "configuration: 1811"),
    ),
    *pairs(
        "ruijie_os",
        False,
        ("another software", "11.4(1)B70P1", "12.5(1)B0101"),
        ("a member of a stack", "vlan 10\n", "switch virtual domain 10\nvlan 10\n"),
        ("a name in Chinese", "name staff", "name 窗口"),
        ("no login", " login local\n", " no login\n"),
    ),
)
