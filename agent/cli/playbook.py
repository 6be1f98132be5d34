"""`shouwang playbook`: what to do when something breaks, to read before it does."""

from __future__ import annotations

import typer

from agent.cli.common import DEFAULT, Config, leave, out, site_of
from agent.core.incident import Playbook
from agent.core.text import Language

app = typer.Typer(no_args_is_help=True, help="处置剧本 / Playbooks.")


@app.command("list")
def list_(config: Config = DEFAULT) -> None:
    """All playbooks. 全部剧本。"""
    from playbooks.book import load

    language = site_of(config).language
    for book in load():
        out(f"{book.id}  {book.title[language]}")


@app.command()
def show(number: str, config: Config = DEFAULT) -> None:
    """One playbook: signs, steps, who to call and what to say. 一个剧本的全部。"""
    from playbooks.book import load

    books = {book.id: book for book in load()}
    if number not in books:
        leave(f"no playbook {number}; known: {', '.join(books)}", 2)
    out(_text(books[number], site_of(config).language))


def _text(book: Playbook, language: Language) -> str:
    heads = {"zh": ("触发", "步骤", "对外说什么", "关闭条件"), "en": ("Signs", "Steps", "What to say", "Close when")}
    signs, steps, sayings, closing = heads[language]
    lines = [f"{book.id}  {book.title[language]}", "", *([book.classes[language]] if book.classes else []), "", signs]
    lines += [f"  - {each[language]}" for each in book.signs]
    lines += ["", steps]
    lines += [f"  {place}. [{each.confirmation}] {each.text[language]}" for place, each in enumerate(book.steps, 1)]
    lines += ["", sayings]
    lines += [f"  {each.to[language]}: {each.text[language]}" for each in book.say_to]
    lines += ["", closing]
    lines += [f"  - {each[language]}" for each in book.close_when]
    return "\n".join(lines)
