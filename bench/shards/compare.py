"""Reads two folders of shards row by row and fails where they differ: python compare.py ONE OTHER"""
import itertools
import sys

import pyarrow.dataset


def rows(folder):
    for batch in pyarrow.dataset.dataset(folder, format="parquet").to_batches(batch_size=20):
        yield from batch.to_pylist()


count = 0
for one, other in itertools.zip_longest(*(rows(folder) for folder in sys.argv[1:])):
    if one != other:
        sys.exit(f"row {count} differs")
    count += 1
print(f"read back: {count} rows are the same in both")
