"""Coverage-guided fuzzing of what reads uploads: any bytes are read or refused, nothing else.

python bench/fuzz.py FORMAT|zip|all [--minutes 10] [--findings FOLDER]

Needs atheris (Python 3.11 to 3.13), which nothing else here does: an environment of its own with
`pip install atheris -e .` has it. An input that crashes, takes ten seconds or a gigabyte is kept in
the folder of findings; its first byte only says in what pieces the rest is read.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

INSIDE = "--inside"
ZIP = "zip"
STEPS = (1 << 17, 1, 13, 200)
LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-max_len=16384", "-print_final_stats=1")
WORDS = re.compile(rb'"[\w#@]+"')
SIGNS = (b"{", b"}", b"[", b"]", b"},{", b",", b'"', b"\\u0000", b"\\ud800", b"1e999", b"null")
UNITS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
PEAK = re.compile(r"stat::peak_rss_mb:\s*(\d+)")
EDGES = re.compile(r"\bcov: (\d+)")


def main(arguments: Sequence[str]) -> None:
    seeds = all_seeds()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("target", choices=[*seeds, "all"])
    parser.add_argument("--minutes", type=float, default=10, help="for each of them")
    parser.add_argument("--findings", type=Path, default=Path(tempfile.gettempdir()) / "findings")
    wanted = parser.parse_args(arguments)
    if not find_spec("atheris"):
        sys.exit("atheris is missing: `pip install atheris -e .` in an environment of its own")
    wanted.findings.mkdir(parents=True, exist_ok=True)
    targets = list(seeds) if wanted.target == "all" else [wanted.target]
    print(f"{'target':<20}{'inputs':>12}{'edges':>8}{'peak MB':>9}  finding", flush=True)
    figures = []
    for name in targets:
        figures.append(hunt(name, seeds[name], wanted.minutes, wanted.findings))
        show(figures[-1])
    print(json.dumps({"bench": "fuzz", "minutes": wanted.minutes, "figures": figures}))
    sys.exit(any(one["finding"] for one in figures))


def all_seeds() -> dict[str, list[bytes]]:
    """Sound files of every format, and zips of them."""
    shapes = import_module("tests.listening.archives.shapes")
    seeds = {name: shapes.seeds(name) for name in shapes.SHAPES}
    return seeds | {ZIP: [zipped(files) for files in seeds.values()]}


def zipped(files: Sequence[bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number, content in enumerate(files):
            archive.writestr(f"folder/{number}.json", content)
    return target.getvalue()


def hunt(target: str, seeds: Sequence[bytes], minutes: float, findings: Path) -> dict[str, Any]:
    """Run one target in a process of its own, for libFuzzer ends its process at a finding."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, words = Path(folder) / "corpus", Path(folder) / "words"
        corpus.mkdir()
        for number, seed in enumerate(seeds):
            (corpus / str(number)).write_bytes(b"\0" + seed)
        words.write_text(dictionary(seeds))
        options = [f"-max_total_time={round(60 * minutes)}", f"-dict={words}", *LIMITS]
        prefix = findings / f"{target}-"
        command = [sys.executable, __file__, INSIDE, target, f"-artifact_prefix={prefix}"]
        told = subprocess.run([*command, *options, corpus], stderr=subprocess.PIPE, check=False)
    text = told.stderr.decode(errors="replace")
    if told.returncode:
        print(text, file=sys.stderr)
    kept = re.search(r"Test unit written to (\S+)", text)
    return {
        "target": target,
        "inputs": last(UNITS, text),
        "edges": last(EDGES, text),
        "peak_mb": last(PEAK, text),
        "finding": kept[1] if kept else told.returncode,
    }


def dictionary(seeds: Sequence[bytes]) -> str:
    """The words of a format and the signs of all, as libFuzzer wants them."""
    found = {*SIGNS, *(word for seed in seeds for word in WORDS.findall(seed))}
    escaped = ("".join(f"\\x{byte:02x}" for byte in word) for word in sorted(found))
    return "".join(f'"{word}"\n' for word in escaped)


def last(number: re.Pattern[str], text: str) -> int:
    found = number.findall(text)
    return int(found[-1]) if found else 0


def inside(target: str, options: Sequence[str]) -> None:
    """Be the process that is fuzzed."""
    atheris = import_module("atheris")
    # Only what is imported in this block is watched.
    with atheris.instrument_imports(include=["spotify_insights.listening"]):
        fuzzing = import_module("tests.listening.archives.fuzzing")
        parsers = import_module("spotify_insights.listening.archives.formats").PARSERS
    upload = Path(options[-1]).with_name("upload")

    def check(data: bytes) -> None:
        if target == ZIP:
            fuzzing.check_upload(data[1:], upload)
        else:
            fuzzing.check(parsers[target], data[1:], STEPS[data[0] % len(STEPS)] if data else 1)

    atheris.Setup([sys.argv[0], *options], check)
    atheris.Fuzz()


def show(one: dict[str, Any]) -> None:
    line = f"{one['target']:<20}{one['inputs']:>12,}{one['edges']:>8}{one['peak_mb']:>9}"
    print(f"{line}  {one['finding'] or 'none'}", flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    if sys.argv[1:2] == [INSIDE]:
        inside(sys.argv[2], sys.argv[3:])
    else:
        main(sys.argv[1:])
