"""Peer: Polars expressions, 64-bit integers; the year's totals are joined on turn by turn."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import measured
import polars as pl
from measured import KINDS, OUTPUTS

WHOLE = 10_000
YEAR = ("basic", "left", "critical", "assistance", "family_bed", "own")


def share(amount: pl.Expr, rate: Any) -> pl.Expr:
    return (amount * rate + WHOLE // 2) // WHOLE


def at_least_nothing(amount: pl.Expr) -> pl.Expr:
    return pl.max_horizontal(amount, pl.lit(0, pl.Int64))


def between(low: pl.Expr, high: pl.Expr, bands: list[list[int | None]], rise: int) -> pl.Expr:
    total: pl.Expr = pl.lit(0, pl.Int64)
    floor = 0
    for upper, rate in bands:
        top = high if upper is None else pl.min_horizontal(high, pl.lit(upper, pl.Int64))
        part = top - pl.max_horizontal(low, pl.lit(floor, pl.Int64))
        total = total + at_least_nothing(part) * min(WHOLE, rate + rise)
        floor = upper or 0
    exact = (total + WHOLE // 2) // WHOLE
    return pl.when(high > low).then(exact).otherwise(0)


def either(flag: str, yes: Any, no: Any) -> pl.Expr:
    return pl.when(pl.col(flag)).then(yes).otherwise(no)


def by_level(choices: list[Any]) -> pl.Expr:
    level = pl.col("hospital_level")
    first = pl.when(level == 1).then(choices[0])
    return first.when(level == 2).then(choices[1]).otherwise(choices[2])


def stay(v: dict[str, Any], frame: pl.DataFrame) -> pl.DataFrame:
    """Inpatient claims with the payers' amounts and the year moved on."""
    col = pl.col
    inside = col("catalogue")
    outside_part = either("outside_league", share(inside, v["outside_first_pay"]), 0)
    whole = by_level([pl.lit(v[f"basic_deductible[{n}]"], pl.Int64) for n in (1, 2, 3)])
    frame = frame.with_columns(counted=inside - outside_part, whole=whole)
    cut = col("whole") - share(col("whole"), v["basic_deductible_cut"])
    limit = v["critical_deductible"]
    lower = limit - (limit * v["critical_deductible_cut"] + WHOLE // 2) // WHOLE
    frame = frame.with_columns(
        deductible=either("registered", cut, col("whole")),
        limit=either("registered", pl.lit(lower, pl.Int64), pl.lit(limit, pl.Int64)),
    )
    schedules = [v[f"basic_schedule[{n}]"] for n in (1, 2, 3)]
    low, high, rise = col("deductible"), col("counted"), v["basic_rate_rise"]
    raised = by_level([between(low, high, schedule, rise) for schedule in schedules])
    plain = by_level([between(low, high, schedule, 0) for schedule in schedules])
    room = at_least_nothing(v["basic_cap"] - col("y_basic"))
    frame = frame.with_columns(
        basic_pay=pl.min_horizontal(either("registered", raised, plain), room)
    ).with_columns(left=col("counted") - col("basic_pay"))
    frame = frame.with_columns(
        low=at_least_nothing(col("y_left") - col("limit")),
        high=at_least_nothing(col("y_left") + col("left") - col("limit")),
    )
    bands, rise, none = v["critical_schedule"], v["critical_rate_rise"], pl.lit(0, pl.Int64)
    raised = between(none, col("high"), bands, rise) - between(none, col("low"), bands, rise)
    plain = between(none, col("high"), bands, 0) - between(none, col("low"), bands, 0)
    capped = pl.min_horizontal(plain, at_least_nothing(v["critical_cap"] - col("y_critical")))
    frame = frame.with_columns(
        critical_pay=pl.min_horizontal(col("left"), either("registered", raised, capped))
    ).with_columns(rest=col("left") - col("critical_pay"))
    frame = frame.with_columns(
        commercial_pay=either("registered", share(col("rest"), v["commercial_rate"]), 0)
    ).with_columns(rest=col("rest") - col("commercial_pay"))
    room = at_least_nothing(v["assistance_cap"] - col("y_assistance"))
    helped = pl.min_horizontal(share(at_least_nothing(col("rest")), v["assistance_rate"]), room)
    frame = frame.with_columns(assistance_pay=either("registered", helped, 0)).with_columns(
        rest=at_least_nothing(col("rest") - col("assistance_pay"))
    )
    above = pl.min_horizontal(col("rest"), col("high") - col("low"))
    listed = share(above, v["serious_assistance_rate"])
    frame = frame.with_columns(
        listed=pl.when(col("registered") & col("serious")).then(listed).otherwise(0)
    )
    paid = pl.sum_horizontal(
        "basic_pay", "critical_pay", "commercial_pay", "assistance_pay", "listed"
    )
    most = col("bill") * v["own_share_ceiling"] // WHOLE
    floor = either("registered", at_least_nothing(col("bill") - paid - most), 0)
    return frame.with_columns(
        before=col("listed") + floor,
        y_basic=col("y_basic") + col("basic_pay"),
        y_left=col("y_left") + col("left"),
        y_critical=col("y_critical") + col("critical_pay"),
        y_assistance=col("y_assistance") + col("assistance_pay"),
    )


def care(v: dict[str, Any], kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Claims without a stay, with basic insurance and assistance."""
    inside, none = pl.col("catalogue"), pl.lit(0, pl.Int64)
    bed = pl.col("y_family_bed")
    top_up = none
    if kind == "family_bed":
        room = at_least_nothing(v["family_bed_year_limit"] - bed)
        basic = either("registered", pl.min_horizontal(inside, room), none)
        bed = bed + basic
    elif kind == "package":
        basic = either("registered", inside - share(inside, v["package_own_share"]), none)
    else:
        chronic = kind in ("chronic", "drug_purchase")
        rate = v["chronic_rate" if chronic else f"{kind}_rate"]
        raised = min(WHOLE, rate + v["outpatient_rate_rise"])
        basic = share(inside, either("registered", raised, rate))
        if chronic:
            more = at_least_nothing(share(inside, v["chronic_floor"]) - basic)
            top_up = either("registered", more, none)
    return frame.with_columns(
        basic_pay=basic,
        critical_pay=none,
        commercial_pay=none,
        assistance_pay=top_up,
        before=none,
        y_family_bed=bed,
    )


def finish(v: dict[str, Any], frame: pl.DataFrame) -> pl.DataFrame:
    """The year's ceiling, and what is left to pay."""
    col = pl.col
    frame = frame.with_columns(
        own_pay=col("bill")
        - pl.sum_horizontal(
            "basic_pay", "critical_pay", "commercial_pay", "assistance_pay", "before"
        )
    )
    room = at_least_nothing(v["own_year_ceiling"] - col("y_own"))
    over = either("registered", at_least_nothing(col("own_pay") - room), 0)
    frame = frame.with_columns(over=over)
    own = col("own_pay") - col("over")
    return frame.select(
        "row",
        "person",
        *OUTPUTS[:4],
        (col("before") + col("over")).alias("backstop_pay"),
        own.alias("own_pay"),
        *(f"y_{name}" for name in YEAR[:-1]),
        (col("y_own") + either("registered", own, 0)).alias("y_own"),
    )


def settle(v: dict[str, Any], claims: pl.DataFrame, yearly: bool) -> pl.DataFrame:
    """The six amounts in the order of the claims, or their sums by person."""
    claims = claims.with_row_index("row").sort("person", "date", "row")
    claims = claims.with_columns(turn=pl.int_range(pl.len()).over("person"))
    year = claims.select("person").unique()
    year = year.with_columns(pl.lit(0, pl.Int64).alias(f"y_{name}") for name in YEAR)
    done = []
    for turn in claims.partition_by("turn", maintain_order=True):
        joined = turn.join(year, on="person", how="left")
        parts = []
        for (kind,), part in joined.partition_by("kind", as_dict=True).items():
            paid = stay(v, part) if kind == "inpatient" else care(v, str(kind), part)
            parts.append(finish(v, paid))
        settled = pl.concat(parts)
        done.append(settled.select("person" if yearly else "row", *OUTPUTS))
        year = year.update(
            settled.select("person", *(f"y_{name}" for name in YEAR)), on="person", how="left"
        )
    if yearly:
        return pl.concat(done).group_by("person").sum().sort("person").select(*OUTPUTS)
    return pl.concat(done).sort("row").select(*OUTPUTS)


def read(path: Path) -> pl.DataFrame:
    """The claims of the file; ``kind`` as an Enum of KINDS."""
    return pl.read_parquet(path).with_columns(pl.col("kind").cast(pl.Enum(list(KINDS))))


def main() -> None:
    """As `measured.run`, with frames in place of columns."""
    measured.run_with(
        name="polars",
        read=read,
        head=lambda claims: claims.head(1200),
        settle=settle,
        write=lambda path, amounts: amounts.write_parquet(path),
    )


if __name__ == "__main__":
    sys.exit(main())
