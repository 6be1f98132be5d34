"""How a difference of two configurations is shown."""

from __future__ import annotations

from agent.cli.approving import difference

BEFORE = "".join(
    f"interface Vlanif{port}\n description room {port}\n ip address 10.0.0.{port} 255.255.255.0\n ospf cost 1\n"
    " mtu 1500\n arp expire-time 60\n port default vlan 10\n#\n"
    for port in range(1, 5)
)


def test_each_part_names_the_section_that_it_begins_in() -> None:
    after = BEFORE.replace(" port default vlan 10\n#\ninterface Vlanif3", " port default vlan 20\n#\ninterface Vlanif3")
    shown = difference(BEFORE, after, ("core approved", "core running")).splitlines()
    assert shown[:3] == ["--- core approved", "+++ core running", "@@ -12,7 +12,7 @@ interface Vlanif2"]
    assert [line for line in shown[3:] if not line.startswith(" ")] == [
        "- port default vlan 10",
        "+ port default vlan 20",
    ]


def test_a_part_that_begins_with_a_section_and_one_of_nothing_need_no_name() -> None:
    assert difference("", "a\nb\n", ("x", "y")).splitlines()[2] == "@@ -0,0 +1,2 @@"
    assert difference("a\nb\n", "a\nc\n", ("x", "y")).splitlines()[2] == "@@ -1,2 +1,2 @@"
    assert difference("a\n", "a\n", ("x", "y")) == ""
