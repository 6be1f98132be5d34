"""`shouwang demo --write DIR`: the simulated centre's configuration, as an example to learn from."""

import subprocess
from pathlib import Path

import pytest
import yaml

from demo.centre.plan import centre
from demo.configuration.comments import ABOVE
from demo.configuration.document import agent_yaml
from tests.demo.centres import SHOUWANG

ROOT = Path(__file__).parent.parent.parent


def shouwang(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SHOUWANG, *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "new" / "one"
    done = shouwang("demo", "--write", str(folder))
    assert done.returncode == 0, done.stderr
    assert f"shouwang validate -c {folder}/agent.yaml" in done.stdout
    return folder


def test_the_agent_takes_it(written: Path) -> None:
    done = shouwang("validate", "-c", str(written / "agent.yaml"))
    assert (done.returncode, done.stderr) == (0, "")


def test_secrets_are_for_this_user_alone_and_new_each_time(written: Path, tmp_path: Path) -> None:
    shouwang("demo", "--write", str(tmp_path / "other"))
    secrets = sorted((written / "secrets").iterdir())
    assert [each.name for each in secrets] == ["community", "known_hosts", "ssh"]
    assert (written / "secrets").stat().st_mode & 0o777 == 0o700
    for each in secrets:
        assert each.stat().st_mode & 0o777 == 0o600, each
        assert each.read_text() != (tmp_path / "other" / "secrets" / each.name).read_text(), each
    said = (written / "agent.yaml").read_text("utf-8")
    assert not [each.name for each in secrets if each.read_text().strip() in said]


def test_nothing_in_it_is_of_this_machine(written: Path) -> None:
    for path in written.rglob("*"):
        text = path.read_text("utf-8") if path.is_file() else ""
        for own in (str(written), str(ROOT), str(Path.home())):
            assert own == "/" or own not in text, (path, own)


def test_a_folder_that_holds_something_is_left_alone(written: Path) -> None:
    before = (written / "agent.yaml").read_text("utf-8")
    done = shouwang("demo", "--write", str(written), "--language", "en")
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert (written / "agent.yaml").read_text("utf-8") == before


def test_a_folder_that_cannot_be_is_refused_with_the_reason() -> None:
    done = shouwang("demo", "--write", "/proc/nowhere")
    assert done.returncode == 1
    assert "写不进去" in done.stderr


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_section_is_explained_in_the_reader_s_language(language: str) -> None:
    text = agent_yaml(centre(), "127.0.0.1:9780", "zh" if language == "zh" else "en")
    lines = text.splitlines()
    for key in yaml.safe_load(text):
        above = lines[next(number for number, line in enumerate(lines) if line.startswith(f"{key}:")) - 1]
        assert above.startswith("# "), f"demo.configuration.comments.ABOVE says nothing of {key}"
        assert above[2:] in getattr(ABOVE[key], language), key
