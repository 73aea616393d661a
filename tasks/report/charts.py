"""The report's charts: drawn by matplotlib, for desktop and for phone, as SVG in the page's colors and font."""

import re
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from typing import Any, Protocol

from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from models.health import BANDS
from tasks.report.money import short
from tasks.report.views import BAND_WORDS, Money, Month

WIDE, NARROW = 560, 330
# Stand-ins that become CSS variables, so that one drawing serves light, dark and print.
INK, LINE = "#010203", "#010204"
COLORS = {"green": "#010205", "yellow": "#010206", "red": "#010207", "insufficient_data": "#010208"}
VARIABLES = {
    INK: "var(--soft)",
    LINE: "var(--line)",
    **{color: f"var(--band-{band.split('_')[0]})" for band, color in COLORS.items()},
}
STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.size": 12,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.edgecolor": LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
}


class Draw(Protocol):
    """Draws on axes; `narrow` is the phone."""

    def __call__(self, axes: Axes, *, narrow: bool) -> None:
        """Draw."""


def scores_chart(scores: Sequence[tuple[str, float]], width: int = 5) -> Markup:
    """How many accounts have which health score, in bins of `width` points, stacked by band."""
    starts = range(0, 100, width)
    found = Counter((band, _bin(score, width)) for band, score in scores)
    counts = {band: [found[band, start] for start in starts] for band in BANDS}

    def draw(axes: Axes, *, narrow: bool) -> None:
        """Touching bars, one a bin."""
        _stack(axes, [start + width / 2 for start in starts], counts, width * 0.9)
        axes.set_xlim(0, 100)
        axes.set_xticks(range(0, 101, 20))
        axes.set_xlabel("health score")
        axes.set_ylabel("accounts")
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        _legend(axes, [band for band in BANDS if any(counts[band])], narrow=narrow)

    return _both("scores", f"Health scores of {len(scores)} accounts", draw, (330, 240))


def renewals_chart(months: Sequence[Month], currency: str) -> Markup:
    """MRR whose opt-out deadline falls into each month, stacked by health band, with the number of contracts."""
    minor = {band: [month.minor.get(band, 0) for month in months] for band in BANDS}

    def draw(axes: Axes, *, narrow: bool) -> None:
        """A bar a month; its label is the number of contracts."""
        _stack(axes, range(len(months)), minor, 0.72)
        top = max((month.total for month in months), default=0) or 1
        for index, month in enumerate(months):
            if month.number:
                axes.text(index, month.total + top * 0.02, str(month.number), ha="center", va="bottom", fontsize=11)
        axes.set_ylim(0, top * 1.15)
        axes.set_xticks(
            range(len(months)), [_month(month, index, 1 if narrow else 3) for index, month in enumerate(months)]
        )
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(Money(round(value), currency))))
        axes.set_ylabel("MRR to be renewed")
        _legend(axes, [band for band in BANDS if any(minor[band])], narrow=narrow)

    return _both("renewals", "MRR by month of opt-out deadline and health band", draw, (300, 260))


def _bin(score: float, width: int) -> int:
    """The start of a score's half-open bin; 100 belongs to the last."""
    return min(int(score // width) * width, 100 - width)


def _month(month: Month, index: int, letters: int) -> str:
    """`Jan`, so many letters of it, with the year below where the year begins."""
    name = f"{month.start:%b}"[:letters]
    return f"{name}\n{month.start.year}" if index == 0 or month.start.month == 1 else name


def _stack(axes: Axes, at: Sequence[float], values: dict[str, list[int]], width: float) -> None:
    """Stacked bars, green at the foot, horizontal grid lines behind."""
    axes.grid(axis="y", linewidth=1)
    foot = [0] * len(at)
    for band in BANDS:
        axes.bar(at, values[band], width, bottom=foot, color=COLORS[band], label=BAND_WORDS[band])
        foot = [low + more for low, more in zip(foot, values[band], strict=True)]


def _legend(axes: Axes, bands: list[str], *, narrow: bool) -> None:
    """Named bands above the drawing, so that color is never the only sign."""
    handles, labels = axes.get_legend_handles_labels()
    words = [BAND_WORDS[band] for band in bands]
    kept = [(handle, label) for handle, label in zip(handles, labels, strict=True) if label in words]
    if kept:
        axes.legend(
            *zip(*kept, strict=True),
            loc="lower left",
            bbox_to_anchor=(-0.02, 1),
            ncols=4,
            borderpad=0.2,
            fontsize=11 if narrow else 12,
            handlelength=0.9,
            handleheight=0.9,
            handletextpad=0.4,
            columnspacing=0.9 if narrow else 1.6,
        )


def _both(name: str, label: str, draw: Draw, heights: tuple[int, int]) -> Markup:
    """The drawing for desktop and for phone; CSS shows one."""
    return Markup('<div class="chart wide">{}</div><div class="chart narrow">{}</div>').format(
        _svg(f"{name}-wide", label, draw, (WIDE, heights[0])), _svg(f"{name}-narrow", label, draw, (NARROW, heights[1]))
    )


def _svg(name: str, label: str, draw: Draw, size: tuple[int, int]) -> Markup:
    """One drawing of that width and height in CSS pixels; the same input gives the same bytes."""
    params: Any = {**STYLE, "svg.hashsalt": name}
    with rc_context(params):
        figure = Figure(figsize=(size[0] / 72, size[1] / 72), layout="constrained")
        draw(figure.add_subplot(), narrow=size[0] == NARROW)
        sink = StringIO()
        figure.savefig(sink, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return Markup(_inline(sink.getvalue(), label))  # noqa: S704 (matplotlib escapes text; the label is escaped below)


def _inline(text: str, label: str) -> str:
    """The SVG element alone: no preamble, no metadata, no namespaces, no fixed size, font or colors."""
    body = text[text.index("<svg ") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    view = re.search(r'viewBox="([^"]+)"', body)
    body = re.sub(
        r"<svg [^>]*>",
        f'<svg viewBox="{view[1] if view else ""}" role="img" aria-label="{escape(label)}">',
        body,
        count=1,
    )
    body = re.sub(r"<defs>\s*<style.*?</defs>\s*", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r" font-family: [^;\"]+;?", "", body)
    body = re.sub(r' id="[a-z_]+\.?[a-z]*_?\d+"', "", body)
    for color, variable in VARIABLES.items():
        body = body.replace(color, variable)
    return body.strip()
