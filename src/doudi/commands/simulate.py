"""`doudi simulate`: a Parquet file of claims, with what each payer pays of every one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doudi.commands.common import complain, load, policy_options, print_json
from doudi.i18n import either
from doudi.money import yuan

if TYPE_CHECKING:
    from doudi.population import BadTable, Packs, Settled
    from doudi.population.files import Progress

_STEPS = {
    "part": ("按人分组", "parting by person"),
    "settle": ("结算", "settling"),
    "write": ("写出", "writing"),
}


@click.command("simulate", help="结算整个人群的就医记录（Parquet） · settle a whole population")
@click.argument("source", metavar="IN.parquet", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT.parquet", type=click.Path(path_type=Path))
@policy_options
@click.option(
    "--reform",
    "reform_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="按改革方案结算（YAML 或 Python） · settle under a reform",
)
@click.option(
    "--overwrite", is_flag=True, help="可以覆盖已有的结果文件 · write over a file that is there"
)
@click.option(
    "--spark",
    "master",
    metavar="URL",
    help="在 Spark 集群上结算（spark://…、local-cluster[2,1,1024]） · on a Spark cluster",
)
@click.option("--workers", type=click.IntRange(min=1), help="线程数，默认每核一个 · threads")
@click.option(
    "--json", "as_json", is_flag=True, help="输出 JSON（金额以分计） · JSON, money in fen"
)
def command(
    source: Path,
    target: Path,
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    reform_file: Path | None,
    overwrite: bool,
    master: str | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """Settle the file, or report all its faults and write nothing (exit status 2)."""
    import pyarrow as pa  # noqa: PLC0415

    from doudi import population  # noqa: PLC0415
    from doudi.population.reform import RefusedReform, read_reform  # noqa: PLC0415

    policy = load(policy_name, readings, adoption)
    try:
        if reform_file is not None:
            policy = read_reform(policy, reform_file).policy
        packs = population.packs_in_file(source, policy)
        if master is not None:
            settled = _on_spark(source, target, packs, master, overwrite)
        else:
            with _progress() as progress:
                settled = population.simulate_file(
                    source, target, packs, overwrite=overwrite, workers=workers, progress=progress
                )
    except RefusedReform as error:
        complain(either(zh, en) for zh, en in error.faults)
    except population.BadTable as error:
        complain(_faults(error))
    except population.AlreadyThere:
        zh, en = (
            "已经有这个文件；要覆盖请加 --overwrite",
            "is there already; --overwrite replaces it",
        )
        complain([either(f"{target}：{zh}", f"{target}: {en}")])
    except pa.ArrowInvalid as error:
        complain([either(f"{source}：不是完好的 Parquet 文件", f"{source}: {error}")])
    except OSError as error:
        name = error.filename or source
        complain([either(f"{name}：读写不了（{error.strerror}）", f"{name}: {error.strerror}")])
    if as_json:
        print_json(_to_dict(settled))
    else:
        click.echo(_text(settled, target))


def _on_spark(source: Path, target: Path, packs: Packs, master: str, overwrite: bool) -> Settled:
    try:
        from doudi.population.spark import simulate_on_spark  # noqa: PLC0415

        return simulate_on_spark(source, target, packs, master, overwrite=overwrite)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "pyspark":
            raise
        complain(
            [either("--spark 需要另装：pip install 'doudi[spark]'", "--spark needs doudi[spark]")]
        )


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar for each step, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    with Bars(console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def told(step: str, done: int, rows: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(either(*_STEPS[step]), total=rows)
            bars.update(tasks[step], completed=done)

        yield told


def _faults(error: BadTable) -> Iterator[str]:
    for fault in error.faults:
        yield either(fault.line_zh, fault.line_en)
    if error.more:
        yield either(f"…… 还有 {error.more} 处", f"… and {error.more} more")


def _to_dict(settled: Settled) -> dict[str, object]:
    return {
        "claims": settled.claims,
        "totals": {f"{name}_fen": total for name, total in settled.totals.items()},
        "policies": [
            {"name": name, "version": pack.version} for name, pack in settled.packs.by_name.items()
        ],
    }


def _text(settled: Settled, target: Path) -> str:
    lines = [
        either(
            f"已结算 {settled.claims:,} 条，写入 {target}",
            f"{settled.claims:,} claims settled, written to {target}",
        )
    ]
    names = {
        rule.name: (rule.card.zh, rule.name)
        for pack in settled.packs.policies
        for rule in pack.all_rules
    }
    for name, total in settled.totals.items():
        zh, en = names[name]
        lines.append(either(f"  {zh} {yuan(total)} 元", f"  {en} {yuan(total)} yuan"))
    for name, pack in settled.packs.by_name.items():
        lines.append(
            either(f"政策 {name}，版本 {pack.version}", f"policy {name}, version {pack.version}")
        )
    return "\n".join(lines)
