"""The Python files of a pack: what was read is what runs, and files know each other."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.rules.small_pack import DAY, FACTS, OWN_PAY, RULES, Packs

from doudi.rules import explain, load_policy
from doudi.rules.errors import BadValue, UnreadableRule

WHOLE = '@rule("G-01", zh="支付")\ndef fund_pay(bill: Fen) -> Fen:\n    return bill - 0\n'


def paid(packs: Packs, folder: Path) -> int:
    return explain(packs.load(folder), FACTS, DAY).outputs["fund_pay"]


def test_an_edit_of_the_same_size_within_the_same_second_is_seen(packs: Packs) -> None:
    # Python tells a compiled file from a newer one by size and second only.
    folder = packs.write(rules=WHOLE + OWN_PAY)
    path = folder / "rules.py"
    changed = path.read_text(encoding="utf-8").replace("bill - 0", "min(0,1)")
    amounts, sizes = [], set()
    for text in (path.read_text(encoding="utf-8"), changed):
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1_000_000_000, 1_000_000_000))
        sizes.add(path.stat().st_size)
        amounts.append(paid(packs, folder))
    assert len(sizes) == 1
    assert amounts == [10_000, 0]


def test_loading_writes_nothing_beside_the_pack(packs: Packs) -> None:
    folder = packs.write()
    before = sorted(folder.rglob("*"))
    packs.load(folder)
    assert sorted(folder.rglob("*")) == before


KINDS = "RIDE = ('ride',)\n"
GROUPED = (
    "from .kinds import RIDE\n"
    '@rule("G-01", zh="支付", applies_to=RIDE)\n'
    "def fund_pay(bill: Fen) -> Fen:\n    return bill\n"
)


def test_the_files_of_a_pack_import_from_each_other(packs: Packs) -> None:
    # "a.py" comes before "kinds.py", and still finds it.
    pack = packs(rules=OWN_PAY, files={"a.py": GROUPED, "kinds.py": KINDS})
    assert explain(pack, FACTS, DAY).outputs["fund_pay"] == 10_000
    assert explain(pack, {**FACTS, "kind": "rental"}, DAY).outputs["fund_pay"] == 0


def test_two_versions_of_a_pack_each_import_their_own_files(packs: Packs) -> None:
    one = packs.write(rules=OWN_PAY, files={"a.py": GROUPED, "kinds.py": KINDS})
    first = packs.load(one)
    kinds = one / "kinds.py"
    kinds.write_text(KINDS.replace("ride", "rental"), encoding="utf-8")
    second = packs.load(one)
    amounts = [explain(pack, FACTS, DAY).outputs["fund_pay"] for pack in (first, second, first)]
    assert amounts == [10_000, 0, 10_000]
    assert first.version != second.version


def test_a_rule_that_another_file_imports_is_declared_once(packs: Packs) -> None:
    files = {"more.py": "from .rules import fund_pay\n"}
    assert [rule.name for rule in packs(files=files).all_rules] == ["fund_pay", "own_pay"]


@pytest.mark.parametrize("name", ["a pack", "pack.2018", "白岩", "class"])
def test_a_folder_may_have_any_name(packs: Packs, name: str) -> None:
    folder = packs.write(rules=OWN_PAY, files={"a.py": GROUPED, "kinds.py": KINDS})
    renamed = folder.rename(folder.with_name(name))
    assert paid(packs, renamed) == 10_000


def test_nothing_of_a_pack_that_cannot_be_loaded_stays_behind(packs: Packs) -> None:
    before = set(sys.modules)
    paths = list(sys.meta_path)
    with pytest.raises(UnreadableRule):
        packs(files={"broken.py": "1 / 0\n"})
    assert {name for name in set(sys.modules) - before if "doudi_pack" in name} == set()
    assert sys.meta_path == paths


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def fund_pay(:\n", r"more\.py:4: invalid syntax"),
        ("1 / 0\n", r"more\.py:4: division by zero"),
        ("nobody\n", r"more\.py:4: name 'nobody' is not defined; import it"),
        ("import nobody_at_all\n", r"more\.py:4: No module named 'nobody_at_all'$"),
        ("from rules import fund_pay\n", r"more\.py:4: .*; write: from \.rules import"),
        ("from .rules import nobody\n", r"more\.py:4: cannot import name 'nobody'"),
        ("@rule('G-01')\ndef more():\n    return 0\n", r"more\.py:4: .*'zh'"),
        ("\0", r"more\.py"),
    ],
)
def test_an_error_of_python_names_file_and_line(packs: Packs, text: str, said: str) -> None:
    with pytest.raises(UnreadableRule, match=said):
        packs(files={"more.py": text})


def test_an_error_in_an_imported_file_names_that_file(packs: Packs) -> None:
    with pytest.raises(UnreadableRule, match=r"kinds\.py:5: division by zero"):
        packs(files={"a.py": GROUPED, "kinds.py": KINDS + "1 / 0\n"})


@pytest.mark.parametrize(
    "text",
    [
        'later = rule("G-01", zh="某项")(lambda bill: bill)\n',
        'if True:\n    @rule("G-01", zh="某项")\n    def later(bill: Fen) -> Fen:\n'
        "        return bill\n",
        '@rule("G-01", zh="某项")\nasync def later(bill: Fen) -> Fen:\n    return bill\n',
    ],
)
def test_a_rule_whose_text_cannot_be_found_is_refused_and_not_lost(packs: Packs, text: str) -> None:
    with pytest.raises(UnreadableRule, match=r"more\.py: .*beginning of a line"):
        packs(files={"more.py": text})


def test_a_second_name_for_a_rule_declares_nothing(packs: Packs) -> None:
    pack = packs(rules=RULES + OWN_PAY + "the_same = fund_pay\n")
    assert [rule.name for rule in pack.all_rules] == ["fund_pay", "own_pay"]


# ---- Words -----------------------------------------------------------------------------------

OWN_SHARE = "def share(amount, rate):\n    return amount\n"
SHARED = (
    '@rule("G-01", zh="支付")\ndef fund_pay(bill: Fen, fund_rate: Rate) -> Fen:\n'
    "    return share(bill, fund_rate)\n"
)


def test_a_word_that_is_not_imported_is_named_with_its_line(packs: Packs) -> None:
    folder = packs.write(rules=SHARED + OWN_PAY)
    path = folder / "rules.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("import *", "import rule"), encoding="utf-8")
    with pytest.raises(UnreadableRule, match=r"rules\.py:6: share is not imported"):
        packs.load(folder)


@pytest.mark.parametrize(
    "rules",
    [
        OWN_SHARE + SHARED,
        SHARED + OWN_SHARE,
        "from doudi.rules import share_down as share\n" + SHARED,
        "import builtins\nmin = builtins.max\n"
        + SHARED.replace("share(bill, fund_rate)", "min(bill, 0)"),
        SHARED.replace("fund_rate: Rate", "share: Rate").replace("fund_rate", "share"),
        SHARED.replace("    return", "    min = bill\n    return"),
    ],
    ids=["before", "after", "another word", "min", "an argument", "a name"],
)
def test_a_word_with_another_meaning_is_refused(packs: Packs, rules: str) -> None:
    with pytest.raises(UnreadableRule, match=r"rules\.py:\d+: '?(share|min)'? is"):
        packs(rules=rules + OWN_PAY)


# ---- The YAML files --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"unit": "fen", "zh": "某", "en": "S"}, r"'of' is missing; it is one of claim, person"),
        ({"unit": "yuan", "zh": "某", "en": "S", "of": "claim"}, r"'unit' is one of fen, .*'yuan'"),
        ({"unit": "rate", "zh": "某", "en": "S", "of": "claim"}, r"'unit' is one of fen, .*'rate'"),
        ({"unit": "fen", "zh": "某", "en": "S", "of": "somebody"}, r"'of' is one of claim"),
        ({"unit": "fen", "zh": 5, "en": "S", "of": "claim"}, r"'zh' is a text, not 5"),
        ({"unit": "fen", "zh": "某", "en": "S", "of": "claim", "max": 1}, r"unknown key 'max'"),
        ({"unit": "choice", "zh": "某", "en": "S", "of": "claim"}, r"options: .*lists its options"),
        (
            {"unit": "flag", "zh": "某", "en": "S", "of": "claim", "if_unknown": 1},
            r"if_unknown: must be true or false, not 1",
        ),
        (
            {"unit": "fen", "zh": "某", "en": "S", "of": "claim", "if_unknown": 100},
            r"if_unknown: write an amount as '1200 yuan', not 100",
        ),
        (
            {"unit": "fen", "zh": "某", "en": "S", "of": "claim", "if_unknown": {"of": "bill"}},
            r"if_unknown: 'share' is missing; it is the name of a parameter",
        ),
        (None, r"write a mapping with unit, zh, en, of"),
    ],
)
def test_a_fault_in_an_input_names_file_entry_key_and_what_is_right(
    packs: Packs, entry: object, said: str
) -> None:
    with pytest.raises(BadValue, match=rf"^pack\.yaml: input part: {said}"):
        packs(inputs={"part": entry})


@pytest.mark.parametrize(
    ("pack", "said"),
    [
        ({"name": None}, r"'name' is missing; it is the name of the pack"),
        ({"inputs": {}}, r"'inputs'|inputs: one is 'kind'"),
        ({"valid_to": "2018-12-31"}, r"valid_to: '2018-12-31' is not a date"),
        ({"outputs": "own_pay"}, r"outputs: write a list of names"),
        ({"families": ["fee"]}, r"families: write one entry below the other"),
        ({"version": 2}, r"unknown key 'version'; the keys are name, zh"),
        (
            {"interpretations": {"reading": {"zh": "某"}}},
            r"interpretation reading: 'en' is missing",
        ),
    ],
)
def test_a_fault_in_the_pack_file_is_named(
    packs: Packs, pack: dict[str, object], said: str
) -> None:
    folder = packs.write()
    path = folder / "pack.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**content, **pack}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadValue, match=rf"^pack\.yaml: ({said})"):
        packs.load(folder)


def test_threads_that_load_the_same_pack_at_once_all_get_it(packs: Packs) -> None:
    """A web server's first requests come at once."""
    folder = packs.write()
    expected = packs.load(folder).version
    ready = threading.Barrier(8)
    found: list[Any] = []

    def load() -> None:
        ready.wait()
        for _time in range(5):
            try:
                found.append(load_policy(folder).version)
            except Exception as error:  # the test judges it
                found.append(error)

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 40
