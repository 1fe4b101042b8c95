"""`doudi synthetic-claims`: made-up claims to try things on."""

from __future__ import annotations

from pathlib import Path

import click

from doudi.commands.common import complain
from doudi.i18n import either


@click.command(
    "synthetic-claims", help="生成虚构的就医记录（Parquet） · made-up claims to try things on"
)
@click.argument("target", metavar="OUT.parquet", type=click.Path(path_type=Path))
@click.option("--people", type=click.IntRange(1), default=10_000, show_default=True, help="人数")
@click.option(
    "--claims-each", type=click.IntRange(1, 365), default=4, show_default=True, help="每人几次"
)
@click.option("--seed", type=click.IntRange(0), default=2018, show_default=True, help="随机种子")
@click.option("--shuffled", is_flag=True, help="打乱先后 · in no order")
@click.option("--overwrite", is_flag=True, help="可以覆盖已有的文件 · write over a file")
def command(
    target: Path, people: int, claims_each: int, seed: int, shuffled: bool, overwrite: bool
) -> None:
    """Write the file; the same seed gives the same claims, in order or not."""
    from doudi.population.parquet import AlreadyThere  # noqa: PLC0415
    from doudi.population.synthetic import write_synthetic  # noqa: PLC0415

    try:
        count = write_synthetic(
            target, people, claims_each, seed=seed, shuffled=shuffled, overwrite=overwrite
        )
    except AlreadyThere:
        zh, en = (
            "已经有这个文件；要覆盖请加 --overwrite",
            "is there already; --overwrite replaces it",
        )
        complain([either(f"{target}：{zh}", f"{target}: {en}")])
    except OSError as error:
        complain([either(f"{target}：写不了（{error.strerror}）", f"{target}: {error.strerror}")])
    zh, en = f"{count:,} 条虚构的记录，写入 {target}", f"{count:,} made-up claims, in {target}"
    click.echo(either(zh, en))
