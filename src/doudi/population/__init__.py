"""Whole populations: a table of claims in, the same table with every amount out.

The parts, for whoever builds on them:

- `packs.Packs.of(policy)`: the policies that a table's column ``policy`` may name;
- `columns.read_claims(arrow_table, packs)`: `Claims`, checked numpy columns in the table's order
  (``person``, ``day``, ``pack``, ``columns[name]``); BadTable carries every fault by row;
- `run.settle(claims, packs=None, wanted=None)`: the amounts of every claim in fen, in the table's
  order, as numpy columns by name. ``packs`` may be a reform: packs of the same names made by
  `Policy.with_parameters` or `Policy.with_readings` use the loop that is compiled already;
- `run.settle_in_parts(…)`: the same a part at a time, for sums that need not hold all amounts;
- `tables.simulate(table, policy)`: Arrow, Polars or pandas in, the same out;
- `files.simulate_file(source, target, packs)`: from Parquet to Parquet, however large;
- `named.packs_in_file(path, policy)`, `packs_in_table`: the packs that a table names;
- `compare(table, reform)`: a reform (`read_reform`, `reform_of`) against today, by groups;
- `solve(table, policy, parameter, budget)`: the value of one number that fits a budget;
- `fit(policy, parameter, cases)`: the values of one number that published cases imply.

`Policy.simulate` is the short way: ``doudi.policy("hinggan-2018").simulate(table)``.
"""

from doudi.population.columns import Claims, read_claims
from doudi.population.compare import Comparison, compare
from doudi.population.faults import BadTable
from doudi.population.files import Settled, simulate_file
from doudi.population.fit import Fit, fit
from doudi.population.named import packs_in_file, packs_in_table
from doudi.population.packs import Packs
from doudi.population.parquet import AlreadyThere
from doudi.population.reform import Reform, RefusedReform, read_reform, reform_of
from doudi.population.run import Part, Settler, settle, settle_in_parts
from doudi.population.solve import Solution, solve
from doudi.population.tables import simulate
from doudi.tables import RowFault

__all__ = [
    "AlreadyThere",
    "BadTable",
    "Claims",
    "Comparison",
    "Fit",
    "Packs",
    "Part",
    "Reform",
    "RefusedReform",
    "RowFault",
    "Settled",
    "Settler",
    "Solution",
    "compare",
    "fit",
    "packs_in_file",
    "packs_in_table",
    "read_claims",
    "read_reform",
    "reform_of",
    "settle",
    "settle_in_parts",
    "simulate",
    "simulate_file",
    "solve",
]
