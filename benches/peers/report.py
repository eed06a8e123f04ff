"""Tables and plots of docs/performance.md from what was measured.

    benches/peers/.venv/bin/python benches/peers/report.py --peers PEERS.json --serve SERVE.json

puts the tables between the markers `<!-- peers -->` and `<!-- serve -->` of docs/performance.md and draws
docs/peers.svg (articles per second against fidelity) and docs/load.svg (latency against load). Either file may be left
out.
"""

import argparse
import json
import statistics
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

DOCS = Path(__file__).resolve().parents[2] / "docs"
OURS = "Dateline "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--serve", type=Path)
    options = parser.parse_args()
    # The same numbers give the same file.
    plt.rcParams.update({"svg.hashsalt": "dateline", "svg.fonttype": "none", "font.family": "sans-serif"})
    if options.peers:
        result = json.loads(options.peers.read_text())
        insert("peers", peers_table(result))
        peers_plot(result, DOCS / "peers.svg")
    if options.serve:
        result = json.loads(options.serve.read_text())
        insert("serve", serve_table(result))
        load_plot(result, DOCS / "load.svg")


def insert(marker: str, table: str) -> None:
    """Replaces what stands between the markers."""
    page = DOCS / "performance.md"
    text = page.read_text()
    begin, end = f"<!-- {marker} -->\n", f"<!-- /{marker} -->"
    before, rest = text.split(begin, 1)
    page.write_text(before + begin + table + end + rest.split(end, 1)[1])


def peers_table(result: dict[str, Any]) -> str:
    """Markdown: an engine a row, the best of its two ways in each cell, and below it our ratio to the best peer."""
    setting = result["setting"]
    threads = sorted({cell["threads"] * cell["workers"] for cell in result["cells"]})
    batches = sorted({cell["batch"] for cell in result["cells"]})
    sizes = " / ".join(map(str, batches))
    head = ["engine"]
    for n in threads:
        head += [f"{plural(n, 'thread')}, batch {sizes}: articles/s", f"p50, {plural(n, 'thread')}, ms"]
    head += ["cosine", "worst"]
    lines = [context(setting), "", row(head), row(["---"] * len(head))]
    for engine, cosine in result["fidelity"].items():
        cells = [engine]
        for n in threads:
            rates = [median(best(result, engine, n, [size])) for size in batches]
            cells += [" / ".join(f"{rate:.1f}" for rate in rates), f"{single(result, engine, n):.1f}"]
        lines.append(row([*cells, f"{cosine['mean']:.5f}", f"{cosine['worst']:.5f}"]))
    lines += [
        "",
        "Each at its best batch size and way, ours against the fastest peers (medians of the rounds' ratios):",
        "",
    ]
    lines += [ratio(result, ours, n, batches) for ours in result["fidelity"] if ours.startswith(OURS) for n in threads]
    return "\n".join(lines) + "\n"


def context(setting: dict[str, Any]) -> str:
    versions = setting["versions"] | {"Python": setting["python"], "Rust": setting["rust"].split()[1]}
    shape = setting["shape"]
    parts = [
        f"`{setting['command']}`, {setting['date'][:10]}: {setting['cpu']} ({', '.join(setting['flags'])}), "
        f"{plural(setting['cores'], 'core')}, {setting['memory_gib']} GiB, "
        f"load {setting['load_before'][0]:.1f} before the run.",
        f"{', '.join(f'{name} {version}' for name, version in versions.items())}.",
        f"Weights of `{setting['model']}` ({shape['num_hidden_layers']} layers x {shape['hidden_size']}), "
        f"{setting['texts']} texts, {setting['tokens_mean']:.0f} tokens on average, "
        f"{plural(setting['rounds'], 'round')}; medians.",
    ]
    return "\n".join(parts)


def ratio(result: dict[str, Any], ours: str, threads: int, batches: list[int]) -> str:
    """One line: our best against the fastest peer, and against the fastest of those at least as faithful."""
    rates = best(result, ours, threads, batches)
    peers = [engine for engine in result["fidelity"] if not engine.startswith(OURS)]
    worst = result["fidelity"][ours]["worst"]
    faithful = [peer for peer in peers if result["fidelity"][peer]["worst"] >= worst - 1e-5]
    parts = []
    for word, choice in (("fastest peer", peers), ("fastest as faithful", faithful)):
        if choice:
            peer = max(choice, key=lambda peer: median(best(result, peer, threads, batches)))
            other = best(result, peer, threads, batches)
            pairs = [a / b for a, b in zip(rates, other, strict=True)]
            parts.append(f"{median(pairs):.2f} x the {word} ({peer}, {median(other):.1f})")
    return f"- {ours}, {plural(threads, 'thread')}: {median(rates):.1f} articles/s, {', '.join(parts)}"


def best(result: dict[str, Any], engine: str, threads: int, batches: list[int]) -> list[float]:
    """Articles per second, round by round, of the way and batch size with the best median."""
    cells = [
        cell["articles_per_s"]
        for cell in result["cells"]
        if cell["engine"] == engine and cell["threads"] * cell["workers"] == threads and cell["batch"] in batches
    ]
    return max(cells, key=median)


def single(result: dict[str, Any], engine: str, threads: int) -> float:
    """The median latency of one article, NaN where batch 1 was not measured."""
    cells = (
        cell["single_ms"].get("p50")
        for cell in result["cells"]
        if cell["engine"] == engine and (cell["threads"], cell["workers"], cell["batch"]) == (threads, 1, 1)
    )
    return next(cells, float("nan"))


def peers_plot(result: dict[str, Any], path: Path) -> None:
    """Up is faster, left is more faithful: one mark an engine, at its best batch size and way, on all threads."""
    threads = max(cell["threads"] * cell["workers"] for cell in result["cells"])
    batches = sorted({cell["batch"] for cell in result["cells"]})
    figure, axes = plt.subplots(figsize=(8, 5))
    named: list[tuple[float, float]] = []
    # The least error that can be drawn: below it is rounding.
    errors = {engine: max(1 - cosine["worst"], 1e-7) for engine, cosine in result["fidelity"].items()}
    rates = {engine: median(best(result, engine, threads, batches)) for engine in errors}
    for engine, error in sorted(errors.items(), key=lambda item: item[1]):
        rate, ours = rates[engine], engine.startswith(OURS)
        axes.scatter(error, rate, s=70, marker="D" if ours else "o", color="#c0392b" if ours else "#34657f", zorder=3)
        # Below the mark where a name to the left of it would be in the way.
        blocked = any(error < 100 * e and abs(rate - r) < max(rates.values()) / 20 for e, r in named)
        axes.annotate(engine, (error, rate), xytext=(7, -13 if blocked else 5), textcoords="offset points", fontsize=9)
        named.append((error, rate))
    axes.set_xscale("log")
    axes.set_xlim(4e-8, 1)
    axes.set_ylim(0)
    axes.set_xlabel("worst text: 1 - cosine to PyTorch f32 (1e-7: the same but for rounding)")
    axes.set_ylabel(f"articles/s, {plural(threads, 'thread')}")
    axes.set_title("Speed against fidelity, same weights, same texts")
    finish(figure, axes, path)


def serve_table(result: dict[str, Any]) -> str:
    """Markdown: the closed loops, then the open ones."""
    setting = result["setting"]
    date = datetime.fromtimestamp(setting["unix_s"], UTC).date()
    lines = [
        f"{date}, {setting['cpu']}, {plural(setting['threads'], 'thread')}, {setting['isa']}, {setting['model']} "
        f"{setting['model_version']} in {setting['precision']}, {plural(setting['rounds'], 'round')} of "
        f"{setting['seconds']:g} s; medians.",
        "",
        row(["callers", "gRPC, articles/s", "in process, articles/s", "gRPC/in process"]),
        row(["---"] * 4),
    ]
    for loop in result["closed"]:
        grpc, bare = median(loop["grpc"]), median(loop["in_process"])
        lines.append(row([str(loop["callers"]), f"{grpc:.1f}", f"{bare:.1f}", f"{loop['ratio']:.3f}"]))
    lines += ["", row(["load", "articles/s", "calls", "refused", "p50, ms", "p90", "p99", "slowest"]), row(["---"] * 8)]
    for loop in result["open"]:
        p = loop["percentiles_ms"]
        # A percentile of fewer calls than these is one call's luck.
        p99 = f"{p[99]:.0f}" if loop["calls"] >= 200 else "-"
        counts = [f"{loop['load']:.0%}", f"{loop['rate']:.1f}", str(loop["calls"]), str(loop["refused"])]
        lines.append(row([*counts, f"{p[50]:.0f}", f"{p[90]:.0f}", p99, f"{p[100]:.0f}"]))
    return "\n".join(lines) + "\n"


def load_plot(result: dict[str, Any], path: Path) -> None:
    """Latency from the planned arrival at each load of the open loop."""
    figure, axes = plt.subplots(figsize=(8, 5))
    loads = [loop["load"] * 100 for loop in result["open"]]
    for percent, colour in ((50, "#34657f"), (90, "#d68910"), (99, "#c0392b")):
        if percent == 99 and min(loop["calls"] for loop in result["open"]) < 200:
            continue
        values = [loop["percentiles_ms"][percent] for loop in result["open"]]
        axes.plot(loads, values, marker="o", color=colour, label=f"p{percent}")
    axes.set_xlim(0, 100)
    axes.set_ylim(0)
    axes.set_xlabel("load, % of the closed loop's articles/s")
    axes.set_ylabel("latency, ms")
    axes.set_title(
        f"The service under load, {plural(result['setting']['threads'], 'thread')}, {result['setting']['precision']}"
    )
    axes.legend()
    finish(figure, axes, path)


def finish(figure: Any, axes: Any, path: Path) -> None:  # noqa: ANN401  (matplotlib is not typed)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


median = statistics.median

if __name__ == "__main__":
    main()
