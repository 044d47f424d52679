"""Makes the corpus: models of the converters of the field, rows, and the bits that they must give (see README.md).

python make.py                            makes corpus.tar.br
python make.py --out DIR                  leaves the cases there as folders too
python make.py --only WORD --out DIR      the cases whose name holds the word, as folders only
python make.py --check-native             compares the reference with each model's own library
python make.py --crashing --out DIR       models that end the process that scores them, as folders
python make.py --random N --out DIR       N models of a seeded generator, as folders (--seed S, default 1)
"""

import argparse
import sys
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path

from threadpoolctl import threadpool_limits

from cases import all_cases
from cases.crashing import crashing_cases
from cases.files import pack, write_case, write_expected, write_refusal
from cases.kit import Case
from cases.native import compare_native
from cases.random_models import random_cases
from cases.reference import read_columns, score

ARCHIVE = Path(__file__).parent / "corpus.tar.br"


def write(case: Case, folder: Path) -> None:
    write_case(folder, case)
    if case.refused is not None:
        write_refusal(folder, case)
        return
    _, kept, raw = score(case, str(folder / "model.onnx"))
    write_expected(folder, kept, read_columns(case, raw))


def write_all(cases: Iterable[Case], out: Path) -> dict[str, Path]:
    folders: dict[str, Path] = {}
    for case in cases:
        assert case.name not in folders, f"two cases are called {case.name}"
        folders[case.name] = out / case.name
        write(case, folders[case.name])
    return folders


def choose(options: argparse.Namespace) -> Iterable[Case]:
    if options.crashing:
        return crashing_cases()
    return all_cases(options.only) if options.random == 0 else random_cases(options.random, options.seed)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--check-native", action="store_true")
    parser.add_argument("--crashing", action="store_true")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    # Models are small and trained briefly on purpose.
    warnings.simplefilter("ignore")
    threadpool_limits(1)

    cases = choose(options)
    with tempfile.TemporaryDirectory() as temporary:
        out = options.out or Path(temporary)
        if options.check_native:
            return compare_native(cases, out)
        folders = write_all(cases, out)
        print(f"{len(folders)} cases")
        if options.only == "" and options.random == 0 and not options.crashing:
            pack(folders, ARCHIVE)
            print(f"{ARCHIVE.name}: {ARCHIVE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
