"""The guide to writing a policy does what it says.

Every file it shows is written, every block of Python is run and its output compared, and every
fault it lists is made and met with exactly the message that the guide prints.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from doudi.rules import errors, language, load_policy, units
from doudi.rules.errors import NoVersionInForce, PolicyError
from doudi.rules.kernel import CACHE_VARIABLE
from doudi.rules.parameters import Status

GUIDE = Path(__file__).parents[2] / "docs" / "writing-a-policy.md"
PACK = "baiyan_2020"

_MARKED = re.compile(
    r"^<!-- (?P<mark>[a-z]+)(?:: (?P<name>[^\n]+?))? -->\n```[a-z]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r"^<!--", re.MULTILINE)
_HUNK = re.compile(r"^@@ (?P<file>\S+) @@$")


@dataclass(frozen=True)
class Block:
    """One marked code block; ``line`` is where its code starts in the guide."""

    mark: str
    name: str
    text: str
    line: int


@dataclass(frozen=True)
class Fault:
    """One change of a file that makes the pack wrong, and what is then said."""

    file: str
    before: str
    after: str
    says: str
    line: int


def read_blocks(guide: Path) -> list[Block]:
    text = guide.read_text(encoding="utf-8")
    return [
        Block(
            match["mark"],
            match["name"] or "",
            match["text"],
            text.count("\n", 0, match.start("text")) + 1,
        )
        for match in _MARKED.finditer(text)
    ]


def read_faults(block: Block) -> Iterator[Fault]:
    """Hunks of ``-`` lines, ``+`` lines, ``!`` lines and a line of advice."""
    file, before, after, says, line = "", [], [], [], block.line
    for number, text in enumerate([*block.text.splitlines(), ""], block.line):
        hunk = _HUNK.match(text)
        if text.startswith("-"):
            before.append(text[1:])
        elif text.startswith("+"):
            after.append(text[1:])
        elif text.startswith("!"):
            says.append(text[2:])
            line = number
        elif hunk:
            file = hunk["file"]
        elif text == "":
            changed = "\n".join(before), "\n".join(after)
            yield Fault(file, *changed, "\n".join(says), line)
            before, after, says = [], [], []
        elif not text.startswith("  "):
            raise ValueError(f"line {number} of the guide: {text!r}")


BLOCKS = read_blocks(GUIDE)
FAULTS = [fault for block in BLOCKS if block.mark == "faults" for fault in read_faults(block)]


def write(folder: Path, block: Block) -> None:
    path = folder / block.name
    path.parent.mkdir(exist_ok=True)
    before = path.read_text(encoding="utf-8") + "\n\n" if block.mark == "more" else ""
    path.write_text(before + block.text, encoding="utf-8")


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to work in, as the guide's reader has one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "loops"))
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] == PACK]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack as it stands at the end of the guide."""
    folder = tmp_path_factory.mktemp("finished")
    for block in BLOCKS:
        if block.mark in ("file", "more"):
            write(folder, block)
    return folder / PACK


def test_every_marker_stands_right_above_a_code_block():
    text = GUIDE.read_text(encoding="utf-8")
    assert len(BLOCKS) == len(_MARK.findall(text))
    assert {block.mark for block in BLOCKS} == {"file", "more", "run", "prints", "faults"}


def test_every_block_that_is_run_shows_what_it_prints():
    code = [block for block in BLOCKS if block.mark in ("run", "prints")]
    assert [block.mark for block in code] == ["run", "prints"] * (len(code) // 2)


def test_no_python_of_the_guide_stays_unrun():
    fences = re.findall(r"^```python$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    python = [
        block
        for block in BLOCKS
        if block.mark == "run" or (block.mark in ("file", "more") and block.name.endswith(".py"))
    ]
    assert len(fences) == len(python)


def test_the_guide_prints_what_it_says(workplace: Path):
    space: dict[str, object] = {}
    printed = ""
    for block in BLOCKS:
        if block.mark in ("file", "more"):
            write(workplace, block)
        elif block.mark == "run":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(block.text, f"{GUIDE.name}:{block.line}", "exec"), space)
            printed = out.getvalue()
        elif block.mark == "prints":
            assert printed == block.text, f"line {block.line} of the guide"


def test_the_finished_pack_loads(finished: Path):
    assert load_policy(finished).name == "baiyan-2020"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"line-{fault.line}")
def test_a_fault_is_met_with_the_message_of_the_guide(fault: Fault, finished: Path, tmp_path: Path):
    folder = tmp_path / PACK
    shutil.copytree(finished, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / fault.file
    text = path.read_text(encoding="utf-8")
    if fault.before:
        assert text.count(fault.before) == 1
        text = text.replace(fault.before, fault.after)
    else:
        text += f"\n{fault.after}\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_policy(folder)
    said = str(caught.value).replace(str(tmp_path.resolve()), "…").replace(str(tmp_path), "…")
    assert f"{caught.type.__name__}: {said}" == fault.says


def test_the_guide_shows_every_error_of_a_policy():
    named = {fault.says.split(":")[0] for fault in FAULTS}
    known = {
        name
        for name, item in vars(errors).items()
        if isinstance(item, type) and issubclass(item, PolicyError)
    }
    # It is met when a pack is asked, in section 9; PolicyError is the family name.
    assert known - {NoVersionInForce.__name__, PolicyError.__name__} <= named


def test_the_guide_lists_every_word_unit_and_status():
    text = GUIDE.read_text(encoding="utf-8")
    for word in language.WORDS:
        assert f"`{word}(" in text
    for unit in units.Unit:
        assert f"`{unit.value}`" in text
    for status in Status:
        assert f"| `{status.value}` |" in text


def test_the_table_of_contents_names_every_section():
    text = GUIDE.read_text(encoding="utf-8")
    headings = re.findall(r"^## (\d+\. .+)$", text, re.MULTILINE)
    listed = re.findall(r"^(\d+\. )\[(.+?)\]\(#(.+?)\)$", text, re.MULTILINE)
    assert [number + title for number, title, _ in listed] == headings
    assert [anchor for *_, anchor in listed] == [slug(heading) for heading in headings]


def slug(heading: str) -> str:
    """The anchor that a heading gets on a rendered page."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
