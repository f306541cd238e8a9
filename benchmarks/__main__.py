"""`make bench`: all parts of the benchmark, or those named.

python -m benchmarks [--only class40,otter,scale,cluster300,serve,alone] [--size N]
"""

from __future__ import annotations

import argparse

from benchmarks import alone, otter_run, scale, serve300, titanic_class

PARTS = {
    "class40": lambda size: titanic_class.main(["--class", str(size or 40)]),
    "otter": lambda size: otter_run.main(size or 3),
    "scale": scale.on_this_machine,
    "cluster300": lambda size: scale.on_a_cluster(size or 300),
    "serve": lambda size: serve300.main(size or 300),
    "alone": lambda _: alone.main([]),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("--only", default=",".join(PARTS), metavar="PART,…", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--size", type=int, metavar="N", help="submissions in the class, for a quick look")
    options = parser.parse_args()
    parts = options.only.split(",")
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        parser.error(f"no part {', '.join(unknown)}: there are {', '.join(PARTS)}")
    for part in parts:
        PARTS[part](options.size)


if __name__ == "__main__":
    main()
