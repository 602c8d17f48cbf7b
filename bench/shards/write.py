"""Writes the rows of SOURCE as one Parquet file into TARGET and prints what it took: python write.py SOURCE TARGET"""
import json
import os
import resource
import sys
import time

import pyarrow
import pyarrow.parquet

source, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
picture = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
schema = pyarrow.schema([("id", pyarrow.string()), ("text", pyarrow.string()), ("images", pyarrow.list_(picture))])
images = ["images.list.element.bytes", "images.list.element.path"]
codecs = {"id": "ZSTD", "text": "ZSTD", **{name: "NONE" for name in images}}
lines = open(os.path.join(source, "rows.jsonl"), encoding="utf-8").read().split("\n")
blob = open(os.path.join(source, "blob"), "rb")


def read(offset, size):
    blob.seek(offset)
    return {"bytes": blob.read(size), "path": f"{offset}.png"}


def groups():
    rows, size = [], 0
    for line in lines:
        row = json.loads(line)
        own = sum(length for _, length in row["images"])
        if rows and (len(rows) == 1000 or size + own > 8_000_000):
            yield rows
            rows, size = [], 0
        rows.append({**row, "images": [read(*image) for image in row["images"]]})
        size += own
    yield rows


cpu, start = time.process_time(), time.perf_counter()
with open(os.path.join(folder, "train.parquet"), "wb") as file:
    with pyarrow.parquet.ParquetWriter(
        file, schema, compression=codecs, use_dictionary=["id", "text"], write_page_index=True, write_statistics=["id", "text"]
    ) as writer:
        for rows in groups():
            writer.write_batch(pyarrow.RecordBatch.from_pylist(rows, schema=schema))
    file.flush()
    os.fsync(file.fileno())
wall, cpu = time.perf_counter() - start, time.process_time() - cpu
rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps({"wall": wall, "cpu": cpu, "rss": rss}))
