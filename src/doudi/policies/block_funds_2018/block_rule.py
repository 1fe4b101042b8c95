"""Money for poor counties comes in blocks, and a pilot county decides about its block itself."""

from doudi.rules import Choice, Flag, rule

BLOCK_CHECK = ("block_check",)


@rule("N-13", zh="这笔钱应当切块下达", applies_to=BLOCK_CHECK)
def must_be_block(poor_county: Flag, region_money: Flag, block_rule_covers: Choice) -> Flag:
    """Money for a poor county is always allotted as a block."""
    return poor_county and (region_money or block_rule_covers == "all")


@rule("N-13", zh="应切块而没有切块", applies_to=BLOCK_CHECK)
def block_missing(must_be_block: Flag, block_money: Flag) -> Flag:
    """The money should have come as a block and did not."""
    return must_be_block and not block_money


@rule("N-11", "N-16", zh="旗县可以自己统筹安排", applies_to=BLOCK_CHECK)
def county_decides(block_money: Flag, pilot_poor_county: Flag) -> Flag:
    """A pilot poor county pools its block with other money and decides the use itself."""
    return block_money and pilot_poor_county


@rule("N-14", zh="切块资金却指定了项目", applies_to=BLOCK_CHECK)
def project_named_although_block(county_decides: Flag, project_named_by_sender: Flag) -> Flag:
    """The sender named a project although the pilot county decides."""
    return county_decides and project_named_by_sender


@rule("N-15", zh="切块资金却附加了与脱贫无关的任务", applies_to=BLOCK_CHECK)
def unrelated_task_although_block(county_decides: Flag, unrelated_task: Flag) -> Flag:
    """The sender attached a task unrelated to poverty relief although the pilot county decides."""
    return county_decides and unrelated_task
