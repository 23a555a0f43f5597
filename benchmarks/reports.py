"""The speed promises of `report`: whole processes, and a portfolio of 1,000 workloads.

Wall time is what the promises speak of; the processor's time is given beside it, for a machine that others share.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = "examples/recommender.yaml"
PROMISES_S = {".html": 1.5, ".pdf": 4.0, ".xlsx": 1.0, ".md": None, ".json": None, ".csv": None}
MANY, MANY_S = 1000, 10.0
TIMES = 5
COMMAND = "from advisor.cli import main; main()"


def processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(words: list[str]) -> tuple[float, float]:
    start, used = time.perf_counter(), processor_s()
    run = [sys.executable, "-c", COMMAND, "report", *words, "--force", "--as-of", "2026-11-24"]
    subprocess.run(run, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start, processor_s() - used


def show(what: str, taken: list[tuple[float, float]], promise_s: float | None) -> None:
    wall_s, cpu_s = (statistics.median(each) for each in zip(*taken, strict=True))
    promised = f"{promise_s:>9.1f} s" if promise_s else ""
    print(f"{what:<32}{wall_s:>10.2f} s{cpu_s:>12.2f} s{promised}")


def main() -> None:
    print(f"{'what':<32}{'wall':>12}{'processor':>14}{'promise':>11}")
    with tempfile.TemporaryDirectory() as folder:
        for suffix, promise_s in PROMISES_S.items():
            words = [EXAMPLE, "-o", f"{folder}/r{suffix}"]
            show(f"{EXAMPLE} as {suffix}", [measured(words) for _ in range(TIMES)], promise_s)
        text = (ROOT / EXAMPLE).read_text(encoding="utf-8")
        paths = [Path(folder) / f"{number}.yaml" for number in range(MANY)]
        for number, path in enumerate(paths):
            path.write_text(text.replace("name: recommender", f"name: service {number}"), encoding="utf-8")
        words = [*map(str, paths), "-o", f"{folder}/many.html"]
        show(f"{MANY:,} workloads as .html", [measured(words)], MANY_S)


if __name__ == "__main__":
    main()
