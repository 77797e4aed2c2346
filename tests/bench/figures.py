"""What a row gives back: figures, each with the bar it must reach."""

from collections.abc import Sequence
from typing import Literal

import msgspec


class Figure(msgspec.Struct, kw_only=True):
    """One line of the table. `bar` None: told, not judged. `reference` is what stood beside it in the same run, or what is known of others."""

    row: str
    name: str
    value: float
    unit: str
    bar: float | None = None
    must_be: Literal["at least", "at most"] = "at most"
    reference: str = ""

    @property
    def is_met(self) -> bool | None:
        if self.bar is None:
            return None
        return self.value >= self.bar if self.must_be == "at least" else self.value <= self.bar


def percentile(values: Sequence[float], part: float) -> float:
    """The nearest-rank percentile; `part` is 0.95 for p95."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(figures: Sequence[Figure]) -> str:
    """The table that people read."""
    lines = [("", "figure", "measured", "bar", "reference")]
    for one in figures:
        mark = {True: "ok", False: "MISS", None: ""}[one.is_met]
        bar = "" if one.bar is None else f"{'≥' if one.must_be == 'at least' else '≤'} {number(one.bar)} {one.unit}"
        lines.append((mark, f"{one.row}: {one.name}", f"{number(one.value)} {one.unit}", bar, one.reference))
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([shown[0], "  ".join("─" * width for width in widths), *shown[1:]])
