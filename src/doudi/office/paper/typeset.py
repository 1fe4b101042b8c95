"""PDF by typst, with a font that has the rare characters of people's names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_FACE = "Noto Sans CJK SC"


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of ``template`` (a .typ file of this folder) filled with JSON ``data``.

    Only the packaged font is used, so that paper looks the same from every machine.
    """
    import typst  # noqa: PLC0415 - 20 MB that only printing needs

    pdf: bytes = typst.compile(
        str(_FOLDER / template),
        root=str(_FOLDER),
        font_paths=[str(_font().parent)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return pdf


def not_in_font(text: str) -> list[str]:
    """The characters of ``text`` that the font lacks, once each, in their order.

    They come out as a crossed box, so that paper has to say which they are.
    """
    doubtful = [char for char in dict.fromkeys(text) if not _surely_there(char)]
    # Reading the font's table takes a second or two, and few names need it.
    return [char for char in doubtful if ord(char) not in _characters()] if doubtful else []


def _surely_there(char: str) -> bool:
    return char.isspace() or " " <= char <= "~" or "\u4e00" <= char <= "\u9fa5" or char == "·"


@lru_cache(maxsize=1)
def _font() -> Path:
    from noto_cjk import otc_path  # noqa: PLC0415

    found: Path = otc_path("sans")
    return found


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    from fontTools.ttLib import TTCollection  # noqa: PLC0415

    with TTCollection(str(_font()), lazy=True) as faces:
        for face in faces:
            if face["name"].getBestFamilyName() == _FACE:
                return frozenset(face["cmap"].getBestCmap())
    raise LookupError(f"the font has no face {_FACE}")
