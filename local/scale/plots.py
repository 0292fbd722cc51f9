"""The plots of docs/scale.md."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from local.scale.counting import Cost
from local.scale.simulation import Wait

_HOUR = 3600.0
_MARKS = "os^vD<>Pdp*X"
_DOTS = 80
_PLAIN = FuncFormatter(lambda value, _: f"{value:,.0f}")


def plot_costs(measured: Mapping[int, Mapping[str, Cost]], path: Path) -> None:
    """Requests and units of each operation by the number of open jobs."""
    figure, (left, right) = _panels((11, 4.6))
    sizes = sorted(measured)
    for mark, operation in zip(_MARKS, measured[sizes[0]], strict=False):
        costs = [measured[size][operation] for size in sizes]
        left.plot(sizes, [cost.requests for cost in costs], marker=mark, label=operation)
        right.plot(sizes, [cost.reads + cost.writes for cost in costs], marker=mark)
    for axes, title in ((left, "requests"), (right, "read and write units")):
        axes.set(xscale="log", yscale="log", xlabel="open jobs", title=title)
        axes.xaxis.set_major_formatter(_PLAIN)
        axes.yaxis.set_major_formatter(_PLAIN)
        axes.grid(visible=True, alpha=0.3)
    figure.legend(loc="outside right upper", fontsize="small")
    figure.savefig(path, dpi=_DOTS)


def plot_waits(waits: Mapping[str, Sequence[Wait]], path: Path) -> None:
    """How many of each owner's jobs have waited how long, beside each other for each discipline."""
    figure, panels = _panels((11, 4.2))
    for axes, (discipline, all_waits) in zip(panels, waits.items(), strict=True):
        for mark, owner in zip(_MARKS, sorted({wait.owner for wait in all_waits}), strict=False):
            hours = sorted(wait.seconds / _HOUR for wait in all_waits if wait.owner == owner)
            shares = [(number + 1) / len(hours) for number in range(len(hours))]
            axes.plot(hours, shares, label=owner, marker=mark, markevery=max(1, len(hours) // 8))
        axes.set(xscale="symlog", xlabel="hours until a job has its slot", title=discipline)
        axes.set(xlim=(0, 2000), ylim=(0, 1.05), ylabel="share of the owner's jobs")
        axes.xaxis.set_major_formatter(_PLAIN)
        axes.grid(visible=True, alpha=0.3)
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=_DOTS)


def _panels(size: tuple[float, float]) -> tuple[Figure, tuple[Axes, Axes]]:
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    return figure, (left, right)
