"""What each payer owes the token's institution for a month."""

from __future__ import annotations

from dataclasses import asdict

from ninja import Router

from doudi.office.api.guard import Bearer, ByToken, TokenRequest
from doudi.office.api.problems import PROBLEMS
from doudi.office.api.shapes import InPathPeriod, PayerMonth, StatementShown
from doudi.office.ledger.statements import months_statement
from doudi.office.tokens.scopes import Scope

router = Router(tags=["statements"], throttle=[ByToken()])


@router.get(
    "statements/{period}", response={200: StatementShown, **PROBLEMS}, auth=Bearer(Scope.READ)
)
def statement(request: TokenRequest, period: InPathPeriod) -> StatementShown:
    """The month ``YYYYMM`` by payer, open or closed."""
    institution = str(request.auth.account.institution_id)
    closed, months = months_statement(institution=institution, period=period)
    return StatementShown(
        period=period, closed=closed, payers=[PayerMonth(**asdict(month)) for month in months]
    )
