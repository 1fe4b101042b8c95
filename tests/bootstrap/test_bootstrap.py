"""The starter `./doudi`, run as a user runs it, in a checkout of its own and without a network.

A stand-in for uv makes the environments: it is asked what the real one is asked, makes a real
but empty environment, and keeps a list of what it was asked.
"""

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "doudi"
PATIENCE = 60  # seconds that no step of these tests comes near

# What runs in the environment says how it was started.
COMMAND = """\
import json, os, sys
import doudi
print(json.dumps({"arguments": sys.argv[1:], "pid": os.getpid(), "source": doudi.__file__}))
sys.exit(int(os.environ.get("COMMAND_STATUS", "0")))
"""

# UV_MODE: "fails" answers as without a network; "hangs" stops for a while in the second step.
FAKE_UV = f"""\
#!{sys.executable}
import os, pathlib, subprocess, sys, time
here = pathlib.Path(__file__).parent
with open(here / "asked", "a") as asked:
    asked.write(" ".join(sys.argv[1:]) + "\\n")
print("this belongs in the log")
mode = os.environ.get("UV_MODE", "")
if mode == "fails":
    sys.exit("error sending request: dns error")
if sys.argv[1] == "venv":
    sys.exit(subprocess.call([sys.executable, "-m", "venv", "--without-pip", sys.argv[-1]]))
if mode == "hangs":
    (here / "hanging").touch()
    time.sleep(float(os.environ["UV_SECONDS"]))
"""


class Checkout:
    """A small checkout, and the ways to start its `doudi`."""

    def __init__(self, root: Path, tools: Path) -> None:
        self.root = root
        self.env = root / ".venv"
        self.stamp = self.env / "doudi-stamp"
        self.tools = tools  # the only folder on PATH

    def popen(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, self.root / "doudi", *arguments],
            env={**os.environ, "PATH": str(self.tools), **variables},
            cwd=self.root.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        process = self.popen(*arguments, **variables)
        out, err = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def hang(self, seconds: float) -> "subprocess.Popen[str]":
        """A start whose installer has begun and takes so long."""
        process = self.popen("clauses", UV_MODE="hangs", UV_SECONDS=str(seconds))
        deadline = time.monotonic() + PATIENCE
        while not (self.tools / "hanging").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return process

    def asked(self) -> list[str]:
        """What the stand-in for uv was asked so far: the first words of each call."""
        calls = (self.tools / "asked").read_text().splitlines()
        return [" ".join(call.split()[: 1 if call.startswith("venv") else 2]) for call in calls]

    def load(self) -> ModuleType:
        loader = SourceFileLoader("doudi_starter", str(self.root / "doudi"))
        spec = spec_from_loader(loader.name, loader)
        assert spec is not None
        module = module_from_spec(spec)
        loader.exec_module(module)
        return module


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """With a uv on PATH."""
    root = tmp_path / "checkout"
    (root / "src" / "doudi").mkdir(parents=True)
    (root / "src" / "doudi" / "__init__.py").touch()
    (root / "src" / "doudi" / "__main__.py").write_text(COMMAND)
    (root / "requirements").mkdir()
    (root / "requirements" / "run.txt").write_text("# run\n")
    (root / "requirements" / "test.txt").write_text("# test\n")
    shutil.copy(SCRIPT, root / "doudi")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "uv").write_text(FAKE_UV)
    (tools / "uv").chmod(0o755)
    return Checkout(root, tools)


@pytest.fixture
def bare(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """With nothing on PATH, for this process too."""
    (checkout.tools / "uv").unlink()
    monkeypatch.setenv("PATH", str(checkout.tools))
    monkeypatch.setattr(sys, "argv", ["doudi", "clauses"])
    return checkout


# --- An old Python ---


def test_the_script_parses_on_python_3_6() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    for node in ast.walk(tree):
        # Parses here even so, but not there.
        assert not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        if isinstance(node, ast.FunctionDef):
            annotations = [node.returns, *(argument.annotation for argument in node.args.args)]
            for annotation in annotations:
                # Evaluated when the script starts: `list[str]` out of quotes would fail there.
                assert annotation is None or isinstance(annotation, ast.Name | ast.Constant)


def test_an_old_python_is_told_what_to_type(
    bare: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = bare.load()
    monkeypatch.setattr(sys, "version_info", (3, 6, 15, "final", 0))
    assert script.main() == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "兜底需要 Python 3.11" in err
    assert "needs Python 3.11 or newer; this is 3.6.15" in err
    assert "sudo apt-get install python3" in err


def test_an_old_python_finds_a_newer_one_on_path_and_passes_over_one_that_only_complains(
    bare: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare.tools / "python3.11").write_text("#!/bin/sh\nexit 127\n")
    (bare.tools / "python3.11").chmod(0o755)
    (bare.tools / "python3.13").symlink_to(sys.executable)
    script = bare.load()
    monkeypatch.setattr(sys, "version_info", (3, 6, 15, "final", 0))
    assert script.find_python() == str(bare.tools / "python3.13")


def test_an_old_python_still_starts_a_finished_environment(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.run("clauses")
    script = checkout.load()
    monkeypatch.setattr(sys, "version_info", (3, 6, 15, "final", 0))
    monkeypatch.setattr(script, "start", lambda arguments: arguments)
    assert script.run(["clauses"]) == ["-P", "-m", "doudi", "clauses"]


# --- What is missing ---


def test_a_python_without_venv_names_the_commands_to_type(
    bare: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = bare.load()
    monkeypatch.setattr(script, "has_modules", lambda *_: False)
    assert script.main() == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "sudo apt-get install python3-venv" in err
    assert "pip install --user uv" in err
    assert err.index("缺少 venv") < err.index("without venv")


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("Retrying: NewConnectionError", "Could not reach the package registry"),
        ("ERROR: No space left on device", "Installing failed"),
    ],
)
def test_a_failed_install_shows_the_end_of_the_log_and_what_to_do(
    bare: Checkout,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    output: str,
    told: str,
) -> None:
    script = bare.load()

    def fail(*_: object) -> bool:
        Path(script.LOG).write_text("early line\n" + "line\n" * 50 + output + "\n")
        return False

    monkeypatch.setattr(script, "logged", fail)
    assert script.main() == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert output in err
    assert told in err
    assert "early line" not in err
    assert not bare.stamp.exists()


def test_a_fault_of_the_disk_is_told_in_one_line(checkout: Checkout) -> None:
    (checkout.root / ".venv").touch()  # a file where the environment's folder has to be
    done = checkout.run("clauses")
    assert done.returncode == 4
    assert done.stdout == ""
    assert "cannot set up the environment" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_interrupt_at_the_keyboard_ends_calmly(
    bare: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = bare.load()

    def interrupt(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(script, "logged", interrupt)
    assert script.main() == 130
    assert "interrupted; run it again" in capsys.readouterr().err


# --- Setting up ---


def test_the_first_start_keeps_stdout_for_the_command(checkout: Checkout) -> None:
    done = checkout.run("estimate", "--bill", "12000")
    assert json.loads(done.stdout)["arguments"] == ["estimate", "--bill", "12000"]
    assert "第一次运行" in done.stderr
    assert "first run" in done.stderr
    assert "this belongs in the log" not in done.stderr
    assert "this belongs in the log" in (checkout.env / "doudi-setup.log").read_text()


def test_the_command_is_run_from_the_source_of_this_checkout(checkout: Checkout) -> None:
    source = json.loads(checkout.run().stdout)["source"]
    assert source == str(checkout.root / "src" / "doudi" / "__init__.py")


def test_a_second_start_calls_no_installer_and_says_nothing(checkout: Checkout) -> None:
    checkout.run("clauses")
    before = checkout.asked()
    done = checkout.run("clauses")
    assert done.stderr == ""
    assert checkout.asked() == before == ["venv", "pip sync"]


def test_a_second_start_needs_no_installer_on_path(checkout: Checkout) -> None:
    checkout.run("clauses")
    (checkout.tools / "uv").unlink()
    assert checkout.run("clauses").returncode == 0


def test_changed_requirements_bring_a_new_environment(checkout: Checkout) -> None:
    checkout.run("clauses")
    (checkout.env / "left over").touch()
    (checkout.root / "requirements" / "run.txt").write_text("# run, changed\n")
    done = checkout.run("clauses")
    assert "requirements or Python changed" in done.stderr
    assert done.returncode == 0
    assert not (checkout.env / "left over").exists()
    assert checkout.asked() == ["venv", "pip sync"] * 2


def test_an_environment_whose_python_is_gone_is_made_again(checkout: Checkout) -> None:
    checkout.run("clauses")
    (checkout.env / "bin" / "python").unlink()
    assert checkout.run("clauses").returncode == 0
    assert checkout.asked() == ["venv", "pip sync"] * 2


def test_a_copied_checkout_makes_an_environment_of_its_own(checkout: Checkout) -> None:
    checkout.run("clauses")
    copied = shutil.copytree(checkout.root, checkout.root.parent / "copy", symlinks=True)
    copy = Checkout(copied, checkout.tools)
    assert json.loads(copy.run().stdout)["source"].startswith(str(copied))


def test_an_interrupted_setup_is_done_again(checkout: Checkout) -> None:
    process = checkout.hang(seconds=PATIENCE)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not checkout.stamp.exists()
    done = checkout.run("clauses")
    assert "interrupted: doing it again" in done.stderr
    assert done.returncode == 0


def test_an_interrupted_rebuild_leaves_no_stamp_of_the_old_environment(checkout: Checkout) -> None:
    checkout.run("clauses")
    (checkout.root / "requirements" / "run.txt").write_text("# run, changed\n")
    process = checkout.hang(seconds=PATIENCE)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    (checkout.root / "requirements" / "run.txt").write_text("# run\n")
    assert "interrupted" in checkout.run("clauses").stderr


def test_two_starts_at_once_install_once(checkout: Checkout) -> None:
    starts = [checkout.hang(seconds=1), checkout.popen("clauses"), checkout.popen("clauses")]
    ends = [start.communicate(timeout=PATIENCE) for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert "waiting for another set-up" in ends[1][1]
    assert checkout.asked() == ["venv", "pip sync"]


def test_a_start_waits_for_an_installer_whose_starter_was_killed(checkout: Checkout) -> None:
    process = checkout.hang(seconds=1)
    process.kill()
    done = checkout.run("clauses")
    process.communicate()
    assert "waiting for another set-up" in done.stderr
    assert done.returncode == 0


# --- pip ---


def test_without_uv_the_environment_is_made_with_pip(bare: Checkout) -> None:
    done = bare.run("clauses")
    assert json.loads(done.stdout)["arguments"] == ["clauses"]
    assert (bare.env / "bin" / "pip").exists()
    assert "-m pip" in (bare.env / "doudi-setup.log").read_text()


def test_pip_takes_over_when_uv_cannot_install(checkout: Checkout) -> None:
    done = checkout.run("clauses", UV_MODE="fails")
    assert json.loads(done.stdout)["arguments"] == ["clauses"]
    assert checkout.asked() == ["venv"]
    assert (checkout.env / "bin" / "pip").exists()


# --- Running ---


def test_the_command_takes_the_place_of_the_script(checkout: Checkout) -> None:
    process = checkout.popen("clauses", COMMAND_STATUS="7")
    out, _ = process.communicate(timeout=PATIENCE)
    assert json.loads(out)["pid"] == process.pid
    assert process.returncode == 7


def test_a_module_in_the_users_folder_does_not_hide_ours(checkout: Checkout) -> None:
    (checkout.root.parent / "json.py").write_text("raise SystemExit('the wrong json')")
    assert checkout.run("clauses").returncode == 0


def test_tests_run_from_the_root_with_the_arguments_and_the_status_of_pytest(
    checkout: Checkout,
) -> None:
    (checkout.root / "pytest.py").write_text(
        "import os, sys; print(os.getcwd(), sys.argv[1:]); sys.exit(5)"
    )
    done = checkout.run("test", "-x", "tests/rules")
    assert done.stdout == f"{checkout.root} ['-x', 'tests/rules']\n"
    assert done.returncode == 5


def test_prepare_only_installs_and_runs_nothing(checkout: Checkout) -> None:
    done = checkout.run("test", "--prepare-only")
    assert done.stdout == ""
    assert done.returncode == 0
    assert checkout.asked() == ["venv", "pip sync"]
    assert "test.txt" in (checkout.tools / "asked").read_text()


def test_what_the_tests_need_is_added_to_a_sound_environment(checkout: Checkout) -> None:
    checkout.run("clauses")
    done = checkout.run("test", "--prepare-only")
    assert "installing what the tests need" in done.stderr
    assert checkout.asked() == ["venv", "pip sync", "pip sync"]
    assert checkout.run("clauses").stderr == ""
    assert checkout.run("test", "--prepare-only").stderr == ""


def test_changed_test_requirements_do_not_hold_up_a_command(checkout: Checkout) -> None:
    checkout.run("test", "--prepare-only")
    (checkout.root / "requirements" / "test.txt").write_text("# test, changed\n")
    assert checkout.run("clauses").stderr == ""
    assert "changed" in checkout.run("test", "--prepare-only").stderr
