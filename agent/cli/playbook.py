"""`shouwang playbook`: what to do when something breaks, to read before it does. Needs no agent.yaml that is right."""

from __future__ import annotations

from dataclasses import asdict

import typer

from agent.cli.common import DEFAULT, Config, Format, Output, language_of, leave, out, out_json
from agent.core.incident import Playbook
from agent.core.text import Language, Text

app = typer.Typer(no_args_is_help=True, help="处置剧本 / Playbooks.")

NO_PLAYBOOK = Text("没有剧本 {number};已有:{known}", "no playbook {number}; known: {known}")


@app.command("list")
def list_(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """全部剧本 / All playbooks."""
    from playbooks.book import load

    books = load()
    if form is Format.JSON:
        out_json([{"id": book.id, "alert": book.alert, "title": asdict(book.title)} for book in books])
        return
    language = language_of(config)
    for book in books:
        out(f"{book.id}  {book.title[language]}")


@app.command()
def show(number: str, config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """一个剧本的全部 / One playbook: signs, steps, what to say."""
    from playbooks.book import load

    language = language_of(config)
    books = {book.id: book for book in load()}
    if number not in books:
        leave(NO_PLAYBOOK.format(number=number, known=", ".join(books))[language], 2)
    if form is Format.JSON:
        out_json(asdict(books[number]))
    else:
        out(_text(books[number], language))


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
