"""Figures as a document, in the format that remit-load reads and writes, and as a table."""

import datetime
import json
import os
import platform
import re
import statistics
import subprocess

# Unit, and which is better.
KINDS = {
    "requestsPerSecond": ("1/s", "higher"),
    "p50": ("µs", "lower"),
    "p90": ("µs", "lower"),
    "p99": ("µs", "lower"),
    "p999": ("µs", "lower"),
    "max": ("µs", "lower"),
    "serverCPU": ("µs", "lower"),
    "machineCPU": ("µs", "lower"),
    "loadCPU": ("µs", "lower"),
    "serverCore": ("%", "lower"),
    "loadCore": ("%", "lower"),
    "failed": ("1", "lower"),
    "fairness": ("×", "lower"),
    "encode": ("ns", "lower"),
    "decode": ("ns", "lower"),
}

TITLES = {
    "remit": "Remit",
    "remit-unpinned": "Remit, on all cores",
    "floor": "C floor",
    "grpc-echo": "grpc-swift",
    "grpc": "grpc-swift + GRDB",
    "grpc-pragmas": "grpc-swift + GRDB, Remit's pragmas",
    "grpc-group": "grpc-swift + GRDB, those and group commit",
    "postgres": "PostgreSQL",
    "postgres-pipelined": "PostgreSQL, pipelined without looking",
    "postgres-unpinned": "PostgreSQL, on all cores",
    "postgres-pipelined-unpinned": "PostgreSQL, pipelined without looking, on all cores",
    "swift-protobuf": "swift-protobuf",
    "cpp": "C++ libprotobuf",
    "cpp-again": "C++ libprotobuf, into the same message",
    "python": "PyPI protobuf (upb)",
    "view": "Remit, views",
}


def spread(values):
    return {"values": values, "median": statistics.median(values), "low": min(values), "high": max(values)}


class Document:
    def __init__(self, repository, notes):
        self.repository = repository
        self.notes = notes
        # (scenario, side, shape as sorted pairs) → round → figures by name.
        self.rounds = {}
        self.ratios = []

    def add(self, scenario, side, shape, number, figures):
        """One side's figures of one round; `figures` may lack some."""
        key = scenario, side, tuple(sorted(shape.items()))
        self.rounds.setdefault(key, {})[number] = {k: v for k, v in figures.items() if v is not None}

    @property
    def next_round(self):
        """The number after all rounds so far."""
        return 1 + max((number for rounds in self.rounds.values() for number in rounds), default=-1)

    def values(self, scenario, side, shape, figure):
        """A figure's values by round; nothing where it wasn't taken."""
        rounds = self.rounds.get((scenario, side, tuple(sorted(shape.items()))), {})
        return {number: figures[figure] for number, figures in sorted(rounds.items()) if figure in figures}

    def compare(self, name, scenario, of, to, shape, figure, must=None, goal=None, better="higher", to_shape=None):
        """Adds a ratio per round: what disturbs the machine for longer than a round disturbs both sides.

        A ratio that is better high says how many times better `of` is; one that is better low, how many times the cost:
        of time, or of what throughput is lost.
        """
        ours = self.values(scenario, of, shape, figure)
        theirs = self.values(scenario, to, to_shape or shape, figure)
        both = [number for number in ours if number in theirs]
        if not both:
            return
        figure_is_high = KINDS[figure][1] == "higher"
        values = []
        for number in both:
            ratio = ours[number] / theirs[number]
            values.append(ratio if figure_is_high == (better == "higher") else 1 / ratio)
        ratio = {"name": name, "of": of, "to": to, "figure": figure, "better": better, **spread(values)}
        if must is not None:
            ratio["must"] = must
        if goal is not None:
            ratio["goal"] = goal
        ratio["standing"] = {"goal": "goalMet", "must": "mustMet", "MISSED": "mustMissed", "": "shown"}[standing(ratio)]
        self.ratios.append(ratio)

    def json(self):
        results = []
        for (scenario, side, shape), rounds in self.rounds.items():
            figures = {}
            for name in KINDS:
                values = [figures_[name] for _, figures_ in sorted(rounds.items()) if name in figures_]
                if values:
                    unit, better = KINDS[name]
                    figures[name] = {"unit": unit, "better": better, **spread(values)}
            results.append({"scenario": scenario, "side": side, "shape": dict(shape), "figures": figures})
        return {
            "format": 1, "environment": environment(self.repository, self.notes), "results": results,
            "ratios": self.ratios,
        }

    def write(self, name, path=None):
        """Writes to `path`, or else to a file of this run's own; gives its path."""
        if path:
            return self.write_to(path)
        folder = os.path.join(self.repository, "benchmarks", "results")
        os.makedirs(folder, exist_ok=True)
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        path = os.path.join(folder, f"{date}-{commit(self.repository)}-{name}.json")
        return os.path.relpath(self.write_to(path), self.repository)

    def write_to(self, path):
        with open(path, "w") as file:
            json.dump(self.json(), file, indent=2, sort_keys=True, ensure_ascii=False)
            file.write("\n")
        return path

    def table(self):
        document = self.json()
        texts = []
        loads = [result for result in document["results"] if "requestsPerSecond" in result["figures"]]
        if loads:
            lines = [[
                "", "requests/s", "±%", "p50 µs", "p99 µs", "server µs", "its core", "machine µs", "load µs", "its core"]]
            for result in loads:
                lines.append([label(result)] + [cell(result["figures"], name) for name in (
                    "requestsPerSecond", "±", "p50", "p99", "serverCPU", "serverCore", "machineCPU", "loadCPU",
                    "loadCore")])
            texts.append(aligned(lines))
        codecs = [result for result in document["results"] if "decode" in result["figures"]]
        if codecs:
            lines = [["", "encode ns", "decode ns"]]
            for result in codecs:
                lines.append([label(result)] + [cell(result["figures"], name) for name in ("encode", "decode")])
            texts.append(aligned(lines))
        if self.ratios:
            lines = [["", "ratio", "low", "high", "must", "goal", ""]]
            for ratio in self.ratios:
                lines.append([
                    ratio["name"] + (f", to {TITLES[ratio['to']]}" if ratio["to"] != ratio["of"] else "")
                    + f" ({ratio['figure']})",
                    *(f"{ratio[key]:.2f}" for key in ("median", "low", "high")),
                    *(f"{'≤' if ratio['better'] == 'lower' else '≥'} {ratio[key]:g}" if key in ratio else ""
                      for key in ("must", "goal")),
                    standing(ratio),
                ])
            texts.append(aligned(lines))
        return "\n\n".join(texts)


def standing(ratio):
    """`goal`, `must` or `MISSED`; empty where nothing is demanded."""
    reaches = (lambda bound: ratio["median"] >= bound) if ratio["better"] == "higher" else (
        lambda bound: ratio["median"] <= bound)
    if "must" in ratio and not reaches(ratio["must"]):
        return "MISSED"
    if "goal" in ratio and reaches(ratio["goal"]):
        return "goal"
    return "must" if "must" in ratio else ""


def label(result):
    shape = result["shape"]
    parts = [f"{shape['inFlight']} in flight"] if "inFlight" in shape else []
    parts += [f"{shape[key]} {key}" for key in ("tenants", "payments") if key in shape]
    parts += [shape[key] for key in ("spread", "message", "calls") if key in shape]
    return f"{result['scenario']}: {TITLES[result['side']]} ({', '.join(parts)})"


def cell(figures, name):
    if name == "±":
        figure = figures["requestsPerSecond"]
        return f"{(figure['high'] - figure['low']) / 2 / figure['median'] * 100:.0f}" if figure["median"] else "-"
    if name not in figures:
        return "-"
    value = figures[name]["median"]
    if name in ("serverCore", "loadCore"):
        return f"{value:.0f} %"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def aligned(lines):
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0])] + [text.rjust(width) for text, width in zip(line[1:], widths[1:])]).rstrip()
        for line in lines)


def commit(repository):
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True).stdout.strip()

    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("+changes" if git("status", "--porcelain") else "")


def kernel():
    """As remit-load names it: such as “6.18 x86_64”, without what a distribution or a vendor adds."""
    numbers = re.match(r"\d+\.\d+", platform.release())
    return f"{numbers[0] if numbers else 'unknown'} {platform.machine()}"


def environment(repository, notes):
    cpu = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        system = platform.system()
    return {
        "cpu": cpu, "cores": os.cpu_count(), "kernel": kernel(), "system": system,
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "notes": {"commit": commit(repository), **notes},
    }
