"""The diseases that the source names, and the columns of a file that put people on their lists."""

from __future__ import annotations

from doudi.office.registry.models import DiseaseListing

TEN_DISEASES = (
    "食管癌",
    "胃癌",
    "结肠癌",
    "直肠癌",
    "终末期肾病",
    "儿童急性淋巴细胞白血病",
    "儿童急性早幼粒细胞白血病",
    "儿童先天性房间隔缺损",
    "儿童先天性室间隔缺损",
    "股骨头坏死",
)
"""Those the source names for concentrated treatment (H-34). It counts fifteen and names no more
but cataract surgery (H-39), so a listing for another disease is not refused."""

LIST_COLUMNS = {
    "serious_disease": DiseaseListing.List.SERIOUS,
    "chronic_disease": DiseaseListing.List.CHRONIC,
    "special_disease": DiseaseListing.List.SPECIAL_CHRONIC,
    "severe_disease": DiseaseListing.List.SEVERE_BACKSTOP,
}
"""The list that each column of a file of people is about."""
