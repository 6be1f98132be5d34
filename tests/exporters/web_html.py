"""A strict reader of the pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "path", "circle", "rect"}
ELEMENTS = """html head title body a header main footer nav section article h1 h2 h3 p ul ol li dl div dt dd table small
    caption thead tbody tr th td span b strong svg time details summary pre code blockquote meter"""
KNOWN = VOID | set(ELEMENTS.split())


class Checker(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order; every table has a caption; ids and references fit."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.language = ""
        self.text = ""
        self.before: list[str] = []
        self.feed(text)
        self.close()
        if self.stack:
            self.faults.append(f"left open: {self.stack}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in KNOWN:
            self.faults.append(f"unknown element {tag}")
        if bad := [name for name in given if name.startswith("on") or name in ("style", "srcdoc", "formaction")]:
            self.faults.append(f"{tag} has {bad}")
        if self.stack and self.stack[-1] == "table" and tag not in ("caption", "thead", "tbody"):
            self.faults.append(f"{tag} in a table")
        if tag == "thead" and "caption" not in self.before:
            self.faults.append("a table without a caption")
        self.before = [*self.before[-3:], tag]
        if tag == "html":
            self.language = given.get("lang", "")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])
        self.references += [given[name] for name in ("aria-labelledby",) if name in given]
        self.links += [given["href"]] if tag == "a" else []
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.faults.append(f"{tag} closes itself")

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> does not fit")

    def handle_data(self, data: str) -> None:
        self.text += data


def sound(text: str | None) -> Checker:
    assert text is not None
    page = Checker(text)
    assert page.faults == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.references) <= set(page.ids)
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert all(link.startswith(("/", "#", "tel:")) for link in page.links)
    assert text.startswith("<!doctype html>")
    return page
