"""The same job in Python on Postgres: by ADBC as an expert would write it or plainly, or by pandas as most people do.

Reads public.input (id bigint, f0 .. f19 real), scores it in a stream, and writes id, prediction, run id, model version
and time to a schema of its own: `swap` fills a new version table, gives it a unique index and points the view score at
it; `merge` fills a staging table and merges it into the version there is. Prints one line of JSON.
"""

import time

START = time.perf_counter()  # before the other imports: they are part of the run

import argparse
import hashlib
import json
import resource
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import onnxruntime as ort

FEATURES = [f"f{i}" for i in range(20)]
SOURCE = f"select id, {', '.join(FEATURES)} from public.input"
# pandas merges into what ADBC has filled; the plain tables have other types.
SCHEMAS = {"adbc": "peer", "adbc-plain": "peer_plain", "pandas": "peer"}
# A quarter of ADBC's own size of batches: less memory, and more of them under way.
BATCH_BYTES = 4 * 1024**2
PANDAS_ROWS = 100_000

# What every statement of the job needs: runs it, returns its rows where it has some.
Run = Callable[[str], list[tuple]]


class Model:
    def __init__(self, path: Path, threads: int):
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        content = path.read_bytes()
        self.version = hashlib.sha256(content).hexdigest()[:12]
        self.session = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self.output = self.session.get_outputs()[0].name

    def score(self, features: np.ndarray) -> np.ndarray:
        (prediction,) = self.session.run([self.output], {"features": features})
        return prediction.ravel()


class Origin:
    """What every row says of its run. As defaults of the table it need not travel with each row."""

    def __init__(self, model: Model):
        self.run_id = uuid.uuid4()
        self.model_version = model.version
        self.scored_at = datetime.now(timezone.utc)

    def columns(self) -> str:
        return f"""
            _run_id uuid not null default '{self.run_id}',
            _model_version text not null default '{self.model_version}',
            _scored_at timestamptz not null default '{self.scored_at.isoformat()}',
            id bigint not null, prediction real"""


def last_version(run: Run, schema: str) -> int:
    run(f"create schema if not exists {schema}")
    ((last,),) = run(
        "select coalesce(max(cast(substring(tablename from '^score__v([0-9]+)$') as int)), 0) "
        f"from pg_tables where schemaname = '{schema}'"
    )
    return last


def write(run: Run, fill: Callable[[str, bool], None], strategy: str, schema: str) -> str:
    """The statements around the bulk load; `fill(table, temporary)` makes the table and loads. The caller commits."""
    last = last_version(run, schema)
    if strategy == "merge" and last > 0:
        table = f"score__v{last}"
        fill("staged", True)
        run(
            f"""
            merge into {schema}.{table} as t using staged as s on t.id = s.id
            when matched then update set
                _run_id = s._run_id, _model_version = s._model_version, _scored_at = s._scored_at,
                prediction = s.prediction
            when not matched then insert (_run_id, _model_version, _scored_at, id, prediction)
                values (s._run_id, s._model_version, s._scored_at, s.id, s.prediction)
            when not matched by source then delete"""
        )
        run("drop table staged")
        return table
    table = f"score__v{last + 1}"
    fill(table, False)
    run(f"create unique index on {schema}.{table} (id)")
    run(f"create or replace view {schema}.score as select * from {schema}.{table}")
    return table


def create_table(run: Run, table: str, temporary: bool, schema: str, origin: Origin) -> None:
    name = f"temporary table {table}" if temporary else f"table {schema}.{table}"
    run(f"create {name} ({origin.columns()})")


def by_adbc(args: argparse.Namespace, schema: str) -> str:
    import adbc_driver_postgresql.dbapi as adbc
    import pyarrow as pa

    plain = args.peer == "adbc-plain"
    model = Model(args.model, threads=args.cores if plain else 1)
    origin = Origin(model)
    fields = [("id", pa.int64()), ("prediction", pa.float32())]
    if plain:
        fields = [("_run_id", pa.string()), ("_model_version", pa.string()), ("_scored_at", pa.timestamp("us", "UTC")), *fields]
    scored_schema = pa.schema(fields)

    def score(batch: pa.RecordBatch) -> pa.RecordBatch:
        features = batch.select(FEATURES).to_tensor().to_numpy()  # [n, 20], row by row
        columns = [batch["id"], pa.array(model.score(features))]
        if plain:
            constants = [str(origin.run_id), origin.model_version, origin.scored_at]
            columns = [*(pa.repeat(pa.scalar(value), len(batch)) for value in constants), *columns]
        return pa.record_batch(columns, schema=scored_schema)

    # One connection cannot send and receive at the same time.
    with adbc.connect(args.url) as reading, adbc.connect(args.url) as writing:
        with reading.cursor() as source, writing.cursor() as sink:

            def run(sql: str) -> list[tuple]:
                sink.execute(sql)
                return sink.fetchall() if sink.description else []

            def fill(table: str, temporary: bool) -> None:
                if not plain:
                    create_table(run, table, temporary, schema, origin)
                    source.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": BATCH_BYTES})
                source.execute(SOURCE)
                batches = source.fetch_record_batch()
                scored = map(score, batches) if plain else in_pool(score, batches, args.cores)
                place = {"temporary": True} if temporary else {"db_schema_name": schema}
                reader = pa.RecordBatchReader.from_batches(scored_schema, scored)
                sink.adbc_ingest(table, reader, mode="create" if plain else "append", **place)

            table = write(run, fill, args.strategy, schema)
        writing.commit()
    return table


def in_pool(score: Callable, batches: Iterable, cores: int) -> Iterator:
    """A bounded number of batches in flight; onnxruntime releases the GIL while it runs."""
    with ThreadPoolExecutor(cores) as pool:
        running: deque[Future] = deque()
        for batch in batches:
            running.append(pool.submit(score, batch))
            if len(running) > cores + 1:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def by_pandas(args: argparse.Namespace, schema: str) -> str:
    import pandas as pd
    import sqlalchemy

    model = Model(args.model, threads=args.cores)
    origin = Origin(model)
    engine = sqlalchemy.create_engine(sqlalchemy.make_url(args.url).set(drivername="postgresql+psycopg"))
    with engine.connect() as reading, engine.begin() as writing:

        def run(sql: str) -> list[tuple]:
            result = writing.execute(sqlalchemy.text(sql))
            return list(result) if result.returns_rows else []

        def fill(table: str, temporary: bool) -> None:
            create_table(run, table, temporary, schema, origin)
            place = None if temporary else schema
            types = {"_run_id": sqlalchemy.Uuid()}
            streaming = reading.execution_options(stream_results=True)
            for frame in pd.read_sql(SOURCE, streaming, chunksize=PANDAS_ROWS):
                scores = model.score(frame[FEATURES].to_numpy(dtype=np.float32))
                scored = frame[["id"]].assign(
                    prediction=scores,
                    _run_id=origin.run_id,
                    _model_version=origin.model_version,
                    _scored_at=origin.scored_at,
                )
                # method="multi" takes twice the CPU time of the default.
                scored.to_sql(table, writing, schema=place, if_exists="append", index=False, dtype=types)

        return write(run, fill, args.strategy, schema)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--peer", choices=list(SCHEMAS), default="adbc")
    parser.add_argument("--strategy", choices=["swap", "merge"], default="swap")
    parser.add_argument("--cores", type=int, default=2)
    args = parser.parse_args()

    by = by_pandas if args.peer == "pandas" else by_adbc
    table = by(args, SCHEMAS[args.peer])

    usage = resource.getrusage(resource.RUSAGE_SELF)
    report = {
        "seconds": round(time.perf_counter() - START, 3),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
        "max_rss_mb": usage.ru_maxrss // 1024,
        "peer": args.peer,
        "strategy": args.strategy,
        "cores": args.cores,
        "table": table,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
