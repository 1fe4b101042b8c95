"""An explanation kept for good in few bytes: the words of the pack once, of each case its numbers.

`text_of` gives everything of a policy that a printed explanation repeats: the rules with their
names, units and clauses, and the values and statuses of every era. Beside it a case needs its
facts, its opening totals and one number a step (`numbers_of`). `thaw` puts them together again
without the pack and without running a rule, and gives what `Explanation.to_dict` gave then, to
the fen and to the word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from doudi.rules.amounts import Schedule
from doudi.rules.explain import SCHEMA, Explanation, plain
from doudi.rules.graph import TO_DATE, Graph, Rule
from doudi.rules.policy import KIND, Era, Policy

TEXT_SCHEMA = "doudi-policy-text-1"
_INTERPRETATION = "interpretation"


def text_of(policy: Policy) -> dict[str, Any]:
    """The words and values of a policy as plain data for JSON; ``schema`` names its shape."""
    graphs: dict[int, Graph] = {id(era.graph): era.graph for era in policy.eras}
    places = {key: place for place, key in enumerate(graphs)}
    return {
        "schema": TEXT_SCHEMA,
        "explanation": SCHEMA,
        "policy": {"name": policy.name, "version": policy.version},
        "summed": list(policy.summed),
        "readings": {name: policy.reading(name) for name in policy.interpretations},
        "families": [
            {
                "name": family.name,
                "index": family.index,
                "members": [[fact, member] for fact, member in family.members.items()],
            }
            for family in policy.families.values()
        ],
        "graphs": [[_words(rule, policy) for rule in graph.rules] for graph in graphs.values()],
        "eras": [_values(era, places[id(era.graph)]) for era in policy.eras],
    }


def _words(rule: Rule, policy: Policy) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "zh": rule.card.zh,
        "en": rule.card.en,
        "unit": rule.signature.returns.value,
        "clauses": list(rule.card.clauses),
        "arguments": list(rule.signature.arguments),
        "kinds": [str(kind) for kind in policy.kinds if rule.runs_for(str(kind))],
    }


def _values(era: Era, graph: int) -> dict[str, Any]:
    return {
        "from": era.valid_from.isoformat(),
        "to": era.valid_to.isoformat(),
        "graph": graph,
        "values": {name: plain(value.value) for name, value in era.values.items()},
        "status": {name: value.status.value for name, value in era.values.items()},
    }


def numbers_of(explanation: Explanation) -> list[Any]:
    """The result of every step in order; a schedule as a list of ``[upper, rate]``."""
    return [
        [[band.upper, band.rate] for band in step.result.bands]
        if isinstance(step.result, Schedule)
        else step.result
        for step in explanation.steps
    ]


def thaw(
    text: Mapping[str, Any],
    *,
    day: date,
    facts: Mapping[str, Any],
    opening: Mapping[str, int],
    numbers: Sequence[Any],
) -> dict[str, Any]:
    """The explanation of a case as it was; ValueError when the parts do not belong together."""
    era = _era_on(text, day)
    members = _members(text, facts)
    known = _known(text, era, members, facts, opening)
    left = list(reversed(numbers))
    steps = []
    for words in text["graphs"][era["graph"]]:
        if facts[KIND] not in words["kinds"]:
            known[words["rule"]] = 0
            continue
        if not left:
            raise ValueError(f"no number for {words['rule']}")
        result = _result(left.pop())
        steps.append(
            {
                "rule": words["rule"],
                "zh": words["zh"],
                "en": words["en"],
                "unit": words["unit"],
                "inputs": {name: known[name] for name in words["arguments"]},
                "result": result,
                "clauses": list(words["clauses"]),
                "rests_on": _rests_on(text, era, members, words["arguments"]),
            }
        )
        known[words["rule"]] = result
    if left:
        raise ValueError(f"{len(left)} numbers too many")
    opened = {name: opening.get(name, 0) for name in text["summed"]}
    return {
        "schema": text["explanation"],
        "policy": dict(text["policy"]),
        "date": day.isoformat(),
        "facts": dict(facts),
        "opening": opened,
        "steps": steps,
        "closing": {name: total + known.get(name, 0) for name, total in opened.items()},
    }


def _era_on(text: Mapping[str, Any], day: date) -> Mapping[str, Any]:
    for era in text["eras"]:
        if era["from"] <= day.isoformat() <= era["to"]:
            found: Mapping[str, Any] = era
            return found
    raise ValueError(f"the text has nothing in force on {day}")


def _members(text: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, str]:
    """The parameter that each family means for these facts."""
    return {
        family["name"]: member
        for family in text["families"]
        for fact, member in family["members"]
        if family["index"] in facts and facts[family["index"]] == fact
    }


def _known(
    text: Mapping[str, Any],
    era: Mapping[str, Any],
    members: Mapping[str, str],
    facts: Mapping[str, Any],
    opening: Mapping[str, int],
) -> dict[str, Any]:
    values = era["values"]
    return {
        **facts,
        **values,
        **{name: values[member] for name, member in members.items() if member in values},
        **text["readings"],
        **{name + TO_DATE: opening.get(name, 0) for name in text["summed"]},
    }


def _result(number: Any) -> Any:
    if isinstance(number, list):
        return [{"upper_fen": upper, "rate_bp": rate} for upper, rate in number]
    return number


def _rests_on(
    text: Mapping[str, Any],
    era: Mapping[str, Any],
    members: Mapping[str, str],
    arguments: Sequence[str],
) -> list[dict[str, str]]:
    found = []
    for argument in arguments:
        name = members.get(argument, argument)
        if argument in text["readings"]:
            found.append({"name": argument, "status": _INTERPRETATION})
        elif name in era["status"]:
            found.append({"name": name, "status": era["status"][name]})
    return found


__all__ = ["TEXT_SCHEMA", "numbers_of", "text_of", "thaw"]
