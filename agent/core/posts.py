"""Posts: who may speak for a role, on a day. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from agent.core.facts import BUSINESSES
from agent.core.site import Person, Role
from agent.core.text import Text

ROLES: Mapping[str, Text] = {
    "director": Text("主任", "director"),
    "deputy_director": Text("副主任", "deputy director"),
    "full_time_deputy_director": Text("专职副主任", "full-time deputy director"),
    "business_supervisor": Text("业务主管", "business supervisor"),
    "chief_duty_officer": Text("总值班", "chief duty officer"),
    "network_administrator": Text("网络管理员", "network administrator"),
    "system_administrator": Text("系统管理员", "system administrator"),
    "security_administrator": Text("安全管理员", "security administrator"),
    "audit_administrator": Text("审计管理员", "audit administrator"),
    "archivist": Text("档案管理", "archivist"),
    "accountant": Text("财务管理", "accountant"),
    "district_it": Text("区科委", "district IT"),
    "vendor": Text("供应商", "vendor"),
    "carrier": Text("运营商", "carrier"),
    "other": Text("其他", "other"),
}
COVERED: Mapping[str, Text] = {**BUSINESSES, "counters": Text("窗口", "counters")}  # what a supervisor answers for
A_AND_B: Role = "network_administrator"  # the post that always has a substitute (A/B 角), who does all of its work


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody speaks as `role`, of its own or in place of somebody (a person's id)."""

    role: Role
    substitutes: str = ""


def in_office(person: Person, day: date) -> bool:
    return person.until is None or day <= person.until


def left(people: Iterable[Person], day: date) -> frozenset[str]:
    """Accounts, in lower case, of those who are in no post any more, but for what is somebody else's too."""
    accounts: dict[bool, set[str]] = {True: set(), False: set()}
    for person in people:
        accounts[in_office(person, day)].update(each.lower() for each in person.accounts)
    return frozenset(accounts[False] - accounts[True])


def post_of(
    person: Person, people: Iterable[Person], roles: Collection[str], covers: Collection[str], day: date
) -> Post | None:
    """As what this person may say what these roles may say, a supervisor only of one of `covers` where that names any;
    None if not at all."""
    if not in_office(person, day):
        return None
    if person.role in roles and (person.role != "business_supervisor" or not covers or {*covers} & {*person.covers}):
        return Post(person.role)
    if A_AND_B in roles:
        for other in people:
            if other.role == A_AND_B and person.id in other.substitutes:
                return Post(A_AND_B, other.id)
    return None


def called(people: Iterable[Person], identity: str, role: str = "") -> Text:
    """`王工(网络管理员)`, of the post in which it was said; the id of who is not in agent.yaml any more."""
    person = next((each for each in people if each.id == identity), None)
    name, post = person.name if person else identity, ROLES.get(role or (person.role if person else ""))
    return Text(f"{name}({post.zh})", f"{name} ({post.en})") if post else Text(name, name)


def in_words(roles: Iterable[str], covers: Collection[str] = ()) -> Text:
    """`网络管理员或专职副主任`."""
    of = [COVERED.get(each, Text(each, each)) for each in covers]
    zh, en = "、".join(each.zh for each in of), ", ".join(each.en for each in of)
    only = Text(f"(分管{zh})", f" (covers {en})")
    said = [
        Text(ROLES[each].zh + only.zh, ROLES[each].en + only.en)
        if covers and each == "business_supervisor"
        else ROLES[each]
        for each in roles
    ]
    return Text("或".join(each.zh for each in said), " or ".join(each.en for each in said))
