"""What the article says of the league in numbers, and the same for a smaller league."""

from __future__ import annotations

from dataclasses import dataclass

FULL_SIZE = 350_000
"""People in the full-size league; our choice, the article gives no total."""

REGISTERED_PERCENT = 30
"""Share of the people who are registered as poor in 2018: our assumption. The article reports
free check-ups of more than 90,000 registered people in 2017 (H-62) and no total."""

ILLNESS_PER_MILLE = 313
"""Share of the registered whom illness made poor in 2018: 31.3% (H-65)."""


@dataclass(frozen=True)
class Figures:
    """How many people stand on which list; the article's figures, or their share.

    ``serious`` are all who need treatment of a serious disease, ``femoral`` and ``cataract``
    those of them whom the article counts apart.
    """

    chronic: int
    drug_purchase: int
    severe_backstop: int
    serious: int
    femoral: int
    cataract: int


ARTICLE = Figures(
    chronic=43_486,  # H-44
    drug_purchase=3_741,  # H-50
    severe_backstop=349,  # H-51
    serious=525,  # H-39
    femoral=82,  # H-39
    cataract=262,  # H-39
)


def figures_for(people: int) -> Figures:
    """The article's figures in proportion, each rounded half up."""
    counts = {
        name: (count * people + FULL_SIZE // 2) // FULL_SIZE
        for name, count in vars(ARTICLE).items()
    }
    return Figures(**counts)
