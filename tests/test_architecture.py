"""The order of the house: who imports whom, what stands in which table, how long a file may be, what a start loads."""

from __future__ import annotations

import ast
import functools
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import tables
from agent.core.model import Metric, Section
from docs import generate

ROOT = Path(__file__).resolve().parent.parent
PLUG_INS = ("collectors", "checks", "playbooks", "exporters")
PACKAGES = ("agent", "demo", *PLUG_INS)
# The composition root and its parts (the joined tables, the ways in, how the agent reads agent.yaml again, shows
# itself, answers commands, polls once), and the command line.
COMPOSITION = (
    "agent.app",
    "agent.checklist_memory",
    "agent.day_checks",
    "agent.evidence_look",
    "agent.once",
    "agent.reaching",
    "agent.reloading",
    "agent.self_testing",
    "agent.showing",
    "agent.telling",
    "agent.ticketing",
    "agent.tables",
    "agent.verbs",
)
EVERYTHING = (*COMPOSITION, "agent.cli")
FRAME = "agent"  # what is none of the above: config, scheduler, runner …

LONGEST_FILE = 300
LONGEST_FUNCTION = 30
# path or path::function: why it is longer. A ratchet: an entry that is no longer needed fails the test.
LONGER: dict[str, str] = {}

HEAVY = ("paramiko", "netmiko", "dulwich", "typst", "pysnmp", "cryptography", "pymodbus", "h2", "docx", "openpyxl")


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in _files()}


@functools.cache
def _tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def _for_types_only(tree: ast.AST) -> set[ast.AST]:
    """Everything inside `if TYPE_CHECKING:`, which never runs."""
    blocks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]
    return {inner for block in blocks for statement in block.body for inner in ast.walk(statement)}


def _imports(name: str, *, types_too: bool) -> set[str]:
    """Modules that a module imports, inside functions too; a submodule of ours by its own name."""
    tree = _tree(name)
    skipped = set() if types_too else _for_types_only(tree)
    found: set[str] = set()
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} line {node.lineno}: a relative import hides who imports whom"
            module = node.module or ""
            found.update(
                f"{module}.{alias.name}" if f"{module}.{alias.name}" in MODULES else module for alias in node.names
            )
    return found


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def _group(module: str) -> str:
    """The part of the house that a module of ours belongs to."""
    for group in ("demo", *PLUG_INS, "agent.core", "agent.options", "agent.transports", *EVERYTHING):
        if _within(module, group):
            return group
    return FRAME


# The plain package `agent` holds the version and nothing else.
MAY_IMPORT = {
    "agent.core": {"agent.core"},
    "agent.options": {"agent.core", "agent.options"},
    "agent.transports": {"agent.core", "agent.options", "agent.transports"},
    FRAME: {"agent.core", "agent.options", FRAME},
    "demo": {"agent.core", "demo"},
    **{plug_in: {"agent.core", "agent.options", plug_in} for plug_in in PLUG_INS},
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_from_the_parts_that_its_own_part_may_import(name: str) -> None:
    group = _group(name)
    if group in EVERYTHING:
        return
    ours = {module for module in _imports(name, types_too=True) if _within(module, "agent") or module in MODULES}
    allowed = MAY_IMPORT[group]
    wrong = {module for module in ours if module != "agent" and _group(module) not in allowed}
    assert not wrong, f"{name} imports {sorted(wrong)}; {group} may import {sorted(allowed)}"


@pytest.mark.parametrize("name", [name for name in MODULES if _within(name, "agent.core")])
def test_the_core_needs_the_standard_library_only(name: str) -> None:
    outside = {module.partition(".")[0] for module in _imports(name, types_too=True)} - {"agent"}
    assert outside <= sys.stdlib_module_names


def test_the_demo_and_the_tests_are_known_to_no_package_but_the_command_that_starts_the_demo() -> None:
    for name in set(MODULES) - {"agent.cli.demo", "agent.cli.demo_verbs"}:
        unknown = {"demo", "tests"} - {name.split(".")[0]}
        strange = {module for module in _imports(name, types_too=True) if module.split(".")[0] in unknown}
        assert not strange, f"{name} imports {sorted(strange)}"


# What the simulated centre may know of the agent: words, how values go over the wire, hours, what stands in agent.yaml.
# Of samples, readings and the store it knows nothing: what the agent shows, it has read.
KNOWN_TO_DEMO = {"text", "smi", "calendar", "site", "lock", "past"}


@pytest.mark.parametrize("name", [name for name in MODULES if _within(name, "demo")])
def test_the_demo_makes_no_sample_and_writes_to_no_store(name: str) -> None:
    own = {module for module in _imports(name, types_too=True) if _within(module, "agent.core")}
    known = {f"agent.core.{each}" for each in KNOWN_TO_DEMO}
    strange = {module for module in own if not any(_within(module, each) for each in known)}
    assert strange - {"agent.core.model"} == set(), name
    taken = (node for node in ast.walk(_tree(name)) if isinstance(node, ast.ImportFrom))
    of_model = {alias.name for node in taken if node.module == "agent.core.model" for alias in node.names}
    assert of_model <= {"Target"}, name


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: {module for module in _imports(name, types_too=False) if module in MODULES} for name in MODULES}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, "circle: " + " -> ".join((*path[path.index(name) :], name))
        if name not in done:
            for module in sorted(graph[name]):
                visit(module, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Every function with its lines, without its docstring and the functions inside it, which count for themselves."""
    for node in ast.iter_child_nodes(tree):
        inner = prefix
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{prefix}{node.name}."
            if not isinstance(node, ast.ClassDef):
                said = _lines(node.body[0]) if ast.get_docstring(node) is not None else 0
                within = sum(
                    _lines(each) for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
                )
                yield inner.rstrip("."), _lines(node) - said - within
        yield from _functions(node, inner)


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_and_functions_stay_short_or_say_why_not() -> None:
    long: dict[str, int] = {}
    for name, path in MODULES.items():
        where = str(path.relative_to(ROOT))
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            long[where] = lines
        long.update(
            {f"{where}::{function}": count for function, count in _functions(_tree(name)) if count > LONGEST_FUNCTION}
        )
    assert not {where: lines for where, lines in long.items() if where not in LONGER}
    assert not set(LONGER) - set(long), "these are short by now: take them out of LONGER"


def test_only_the_command_line_prints() -> None:
    for name, tree in ((name, _tree(name)) for name in MODULES):
        if not _within(name, "agent.cli"):
            printing = [
                node.lineno
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            ]
            assert not printing, f"{name} prints in lines {printing}; log, or return what the command line shows"


@pytest.mark.parametrize("entry", ["agent.cli.main; agent.cli.main.application()", "agent.app"])
def test_a_plain_start_loads_no_heavy_library(entry: str) -> None:
    program = f"import sys; import {entry}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert loaded.stdout.split() == []


def test_every_collector_stands_in_the_table() -> None:
    import collectors

    for name in [name for name in MODULES if _within(name, "collectors") and name != "collectors"]:
        module = importlib.import_module(name)
        if hasattr(module, "COLLECTOR"):
            assert collectors.COLLECTORS.get(module.COLLECTOR.name) is module.COLLECTOR, name


def test_every_section_of_agent_yaml_stands_in_the_joined_table() -> None:
    for name in MODULES:
        module = importlib.import_module(name)
        declared = [each for each in vars(module).values() if isinstance(each, Section)]
        for section in declared:
            assert tables.SECTIONS.get(section.key) is section or name.startswith("agent.config"), (
                f"{name}: {section.key}"
            )


def _metrics() -> list[tuple[str, Metric]]:
    """Every Metric that some module of ours holds, with the module."""
    found = []
    for name in MODULES:
        for value in vars(importlib.import_module(name)).values():
            held = value if isinstance(value, tuple) else (value,)
            found.extend((name, each) for each in held if isinstance(each, Metric))
    return found


def test_every_metric_is_declared_once() -> None:
    declared: dict[str, Metric] = {}
    for module, metric in _metrics():
        assert declared.setdefault(metric.name, metric) is metric, f"{metric.name} is declared again in {module}"


def test_every_metric_of_the_tables_stands_on_the_generated_page() -> None:
    assert [row.metric.name for row in generate.rows()] == sorted(metric.name for metric in tables.every_metric())


def test_what_a_module_calls_its_metrics_is_in_the_tables() -> None:
    known = {metric.name for metric in tables.every_metric()}
    for name in MODULES:
        module = importlib.import_module(name)
        strange = {metric.name for metric in getattr(module, "METRICS", ())} - known
        assert not strange, f"{name} declares {sorted(strange)}, which agent/tables.py does not know"


def test_the_generated_pages_are_fresh() -> None:
    assert list(generate.stale()) == []


CONTRACT = ROOT / "tests" / "contract.tsv"  # every metric that was promised; a row is added, never changed
BEYOND_CONTRACT = {
    "application_outdated_copy_info",
    "backup_info",
    "calendar_known_until_timestamp_seconds",
    "checklist_asset_software_timestamp_seconds",
    "checklist_asset_warranty_end_timestamp_seconds",
    "checklist_attested_ratio",
    "checklist_connected_ratio",
    "checklist_judged_ratio",
    "checklist_opening_answer",
    "checklist_opening_counter_hurt",
    "checklist_remediation_extended",
    "device_asset_address_info",
    "device_asset_info",
    "device_config_renewal_due",
    "device_firmware_list_timestamp_seconds",
    "device_loop_info",
    "device_restarts_approved",
    "device_neighbour_info",
    "device_unknown_station_address_info",
    "device_unknown_station_info",
    "host_file_changes_approved",
    "host_networks",
    "host_software_info",
    "incident_info",
    "interface_baseline_deviation_info",
    "ups_phase_load_ratio",
}


def _contract() -> dict[str, tuple[str, str, set[str]]]:
    """Type, unit and labels by metric name."""
    _, *rows = (row.split("\t") for row in CONTRACT.read_text(encoding="utf-8").splitlines())
    return {name: (kind, unit, set(labels.split(",")) - {""}) for name, kind, unit, labels in rows}


def test_names_types_units_and_labels_are_those_of_the_contract() -> None:
    contract = _contract()
    wrong = []
    for _, metric in _metrics():
        if metric.name in BEYOND_CONTRACT:
            continue
        labels = set(metric.labels) - ({"kind", "target"} if metric.name == "checklist_result" else set())
        if contract.get(metric.name) != (metric.type, metric.unit, labels):
            wrong.append(
                f"{metric.name}: {metric.type}, {metric.unit}, {labels}; contract: {contract.get(metric.name)}"
            )
    assert not wrong, "\n".join(dict.fromkeys(wrong))
