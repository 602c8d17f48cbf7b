"""Prints the column `number` of a folder's shards as text, which JSON's readers cannot round: python integers.py FOLDER"""
import json
import sys

import pyarrow.parquet

numbers = pyarrow.parquet.read_table(sys.argv[1]).column("number").to_pylist()
print(json.dumps({"numbers": [str(number) for number in numbers]}))
