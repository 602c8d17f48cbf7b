"""Prints as JSON what pyarrow, polars and DuckDB make of one Parquet file: python parquet_rows.py FILE [--features]

What datasets makes of it is told only when it is asked for: loading that takes three times as long as all the others.
"""
import hashlib
import json
import sys

import duckdb
import polars
import pyarrow.parquet


def plain(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"sha256": hashlib.sha256(bytes(value)).hexdigest()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def chunk(column):
    return {
        "path": column.path_in_schema,
        "compression": column.compression,
        "encodings": list(column.encodings),
        "offset_index": column.has_offset_index,
    }


def duckdb_rows(file):
    cursor = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [file])
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


def features(schema):
    import datasets

    return {name: str(feature) for name, feature in datasets.Features.from_arrow_schema(schema).items()}


file, *wanted = sys.argv[1:]
opened = pyarrow.parquet.ParquetFile(file)
groups = [opened.metadata.row_group(index) for index in range(opened.metadata.num_row_groups)]
print(
    json.dumps(
        {
            "schema": str(opened.schema),
            "metadata": {key.decode(): value.decode() for key, value in (opened.metadata.metadata or {}).items()},
            "groups": [
                {"rows": group.num_rows, "columns": [chunk(group.column(index)) for index in range(group.num_columns)]}
                for group in groups
            ],
            "pyarrow": plain(opened.read().to_pylist()),
            "polars": plain(polars.read_parquet(file).to_dicts()),
            "duckdb": plain(duckdb_rows(file)),
            "features": features(opened.schema_arrow) if wanted == ["--features"] else None,
        }
    )
)
