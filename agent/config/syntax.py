"""Words for what a YAML file can do wrong before its meaning is looked at.

They never quote the file: it may hold secrets.
"""

from __future__ import annotations

import re

import yaml

from agent.core.text import Text, clean

REFUSED = {
    "missing": Text(
        "没有这个文件;用 shouwang init 建立,或用 -c 指定别的文件",
        "no such file; make one with `shouwang init`, or name another with -c",
    ),
    "directory": Text("这是目录,应为文件", "this is a directory; expected a file"),
    "not_plain": Text("不是普通文件", "not a plain file"),
    "permission": Text(
        "没有读取权限;请让运行守望的用户可读这个文件",
        "no permission to read it; let the user that runs the agent read this file",
    ),
    "unreadable": Text("读不了:{reason}", "cannot be read: {reason}"),
    "too_big": Text(
        "文件有 {size} 字节,配置文件最多 1 MiB;是不是指错了文件?",
        "{size} bytes; a configuration has at most 1 MiB; is it the right file?",
    ),
    "not_utf8": Text(
        "第 {byte} 字节起不是 UTF-8(看起来像 {looks});请另存为 UTF-8 编码",
        "not UTF-8 from byte {byte} on (it looks like {looks}); save it as UTF-8",
    ),
    "empty": Text(
        "文件是空的;用 shouwang init 建立,或至少写一行 hosts: [{{id: localhost, address: localhost}}]",
        "the file is empty; make one with `shouwang init`, "
        "or write at least hosts: [{{id: localhost, address: localhost}}]",
    ),
    "not_mapping": Text(
        "最外层应为“键: 值”,例如 hosts: …",
        "the top level must be `key: value` lines, like hosts: …",
    ),
    "documents": Text(
        "一个文件里有几份文档;请删去 --- 及其后的内容",
        "several documents in one file; remove --- and what follows",
    ),
    "deep": Text("嵌套超过 {limit} 层", "nested deeper than {limit} levels"),
    "bomb": Text(
        "超过 {limit} 个值(别名在每处引用都计入);请精简,或减少 *别名",
        "more than {limit} values, aliases counted wherever they stand; write less, or use fewer *aliases",
    ),
    # Neither alias nor tag is quoted: a password may begin with * or !.
    "alias": Text(
        "* 引用的别名之前没有定义;若是文字,请加引号",
        "* refers to an anchor that is not defined before; if it is a text, put it in quotes",
    ),
    "recursive": Text("别名引用了包含它自己的内容", "an alias refers to something that contains it"),
    "key": Text("键应为一个词", "a key must be one plain word"),
    "tag": Text(
        "不接受以 ! 开头的标签(如 !!python/object);请直接写值,文字请加引号",
        "tags beginning with ! (like !!python/object) are not accepted; write the plain value, a text in quotes",
    ),
    "twice": Text("写了两次,第一次在第 {first} 行;请只留一处", "given twice, first on line {first}; keep one"),
    "tab": Text(
        "行首用了制表符(Tab);请改用空格缩进",
        "indented with a tab; indent with spaces",
    ),
}

# The parser's words (libyaml, PyYAML) to ours. Keys are the beginning of its message.
SYNTAX = {
    "mapping values are not allowed": Text(
        "这里不应出现冒号;检查缩进,或给含“: ”的文字加引号",
        "a colon is not expected here; check the indentation, or put a text with `: ` in quotes",
    ),
    "did not find expected key": Text(
        "这里应为“键: 值”;检查缩进和引号",
        "expected `key: value` here; check indentation and quotes",
    ),
    "did not find expected '-'": Text(
        "这里应为以“- ”开头的列表项;检查缩进", "expected a list item starting with `- `; check the indentation"
    ),
    "did not find expected ',' or ']'": Text("[ ] 里缺逗号,或没有写 ]", "in [ ], a comma or the closing ] is missing"),
    "did not find expected ',' or '}'": Text("{ } 里缺逗号,或没有写 }", "in { }, a comma or the closing } is missing"),
    "could not find expected ':'": Text("键后面缺冒号", "a colon is missing after a key"),
    "found unexpected end of stream": Text("引号没有闭合", "a quoted text is not closed"),
    "found unexpected document indicator": Text("引号没有闭合", "a quoted text is not closed"),
    "found character that cannot start": Text(
        "不能以这个字符开头;请给文字加引号", "a value cannot begin with this character; put the text in quotes"
    ),
    "found unknown escape character": Text(
        "双引号里的 \\ 写法不认识;改用单引号", "unknown escape after \\ in double quotes; use single quotes"
    ),
    "block sequence entries are not allowed": Text(
        "“- ”不能写在这里;请另起一行并缩进", "a list item `- ` is not allowed here; begin a new, indented line"
    ),
    "control characters are not allowed": Text("含有控制字符", "control characters are not allowed"),
    "special characters are not allowed": Text("含有控制字符", "control characters are not allowed"),
    "found a tab character": REFUSED["tab"],
    "found undefined tag handle": REFUSED["tag"],
    "did not find expected node content": Text("这里缺一个值", "a value is missing here"),
    "did not find expected <document start>": Text(
        "这里应为“键: 值”;检查缩进", "expected `key: value` here; check the indentation"
    ),
}


# What the parser was reading, where that says more than what it missed.
CONTEXTS = {
    "while scanning a tag": REFUSED["tag"],
    "while parsing a tag": REFUSED["tag"],
    "while scanning an alias": REFUSED["alias"],
    "while scanning an anchor": REFUSED["alias"],
}


def syntax_text(error: yaml.YAMLError) -> Text:
    """What the parser disliked and where, in plain words."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable")
    known = CONTEXTS.get(str(getattr(error, "context", "")))
    known = known or next((text for start, text in SYNTAX.items() if said.startswith(start)), None)
    text = known or Text(f"YAML 语法错误:{clean(said)}", f"not valid YAML: {clean(said)}")
    mark, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None:
        return text
    zh, en = f"第 {mark.column + 1} 列:{text.zh}", f"column {mark.column + 1}: {text.en}"
    if begun is not None and begun.line != mark.line:
        zh, en = f"{zh}(始于第 {begun.line + 1} 行)", f"{en} (what it belongs to began on line {begun.line + 1})"
    return Text(zh, en)


def tabbed_lines(text: str) -> list[int]:
    """Lines indented with a tab, empty ones and comments left out."""
    return [
        number for number, line in enumerate(text.split("\n"), 1) if re.match(r" *\t[ \t]*[^\s#]", line) is not None
    ]
