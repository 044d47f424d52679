"""The same job in Python, as an expert would write it: DuckDB -> Arrow -> onnxruntime -> Arrow -> DuckDB.

Reads main.input (id bigint, f0 .. f19 float), scores it in a stream, fills a new version table in the schema
predictions and points the view predictions.score at it. Prints one line of JSON.
"""

import time

START = time.perf_counter()  # before the other imports: they are part of the run

import argparse
import hashlib
import json
import resource
import uuid
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import duckdb
import onnxruntime as ort
import pyarrow as pa

FEATURES = [f"f{i}" for i in range(20)]
BATCH_ROWS = 65_536
SCORED = pa.schema([("id", pa.int64()), ("prediction", pa.float32())])


class Model:
    def __init__(self, path: Path, threads: int):
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        content = path.read_bytes()
        self.version = hashlib.sha256(content).hexdigest()[:12]
        self.session = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self.output = self.session.get_outputs()[0].name

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        features = batch.select(FEATURES).to_tensor().to_numpy()  # [n, 20], row by row
        (prediction,) = self.session.run([self.output], {"features": features})
        return pa.record_batch([batch["id"], pa.array(prediction.ravel())], schema=SCORED)


def score_in_pool(model: Model, batches: Iterator[pa.RecordBatch], cores: int) -> Iterator[pa.RecordBatch]:
    """A bounded number of batches in flight; onnxruntime releases the GIL while it runs."""
    with ThreadPoolExecutor(cores) as pool:
        running: deque[Future[pa.RecordBatch]] = deque()
        for batch in batches:
            running.append(pool.submit(model.score, batch))
            if len(running) > cores + 1:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def next_version(con: duckdb.DuckDBPyConnection) -> str:
    (last,) = con.execute(
        """
        select coalesce(max(regexp_extract(table_name, '^score__v(\\d+)$', 1)::int), 0)
        from duckdb_tables() where schema_name = 'predictions' and table_name similar to 'score__v\\d+'
        """
    ).fetchone()
    return f"predictions.score__v{last + 1}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--threads", choices=["pool", "session"], default="pool")
    parser.add_argument("--cores", type=int, default=2)
    args = parser.parse_args()

    model = Model(args.model, threads=1 if args.threads == "pool" else args.cores)
    # The key travels with its row: without an order to keep, DuckDB reads and fills faster.
    con = duckdb.connect(
        str(args.database), config={"threads": args.cores, "preserve_insertion_order": False}
    )
    con.execute("create schema if not exists predictions")
    table = next_version(con)

    reader = (
        con.cursor().execute(f"select id, {', '.join(FEATURES)} from main.input").to_arrow_reader(BATCH_ROWS)
    )
    if args.threads == "pool":
        batches = score_in_pool(model, reader, args.cores)
    else:
        batches = map(model.score, reader)
    con.register("scored", pa.RecordBatchReader.from_batches(SCORED, batches))
    con.execute(
        f"""
        create table {table} as
        select ?::varchar as _run_id, ?::varchar as _model_version, now() as _scored_at, id, prediction from scored
        """,
        [str(uuid.uuid4()), model.version],
    )

    con.begin()
    con.execute(f"create or replace view predictions.score as select * from {table}")
    con.commit()
    (rows,) = con.execute("select count(*) from predictions.score").fetchone()
    con.close()

    usage = resource.getrusage(resource.RUSAGE_SELF)
    report = {
        "rows": rows,
        "seconds": round(time.perf_counter() - START, 3),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
        "max_rss_mb": usage.ru_maxrss // 1024,
        "threads": args.threads,
        "cores": args.cores,
        "table": table,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
