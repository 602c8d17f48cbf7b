"""Prints as JSON what SQL, polars and pandas make of an export's tables: python table_questions.py EXPORT DOCUMENT

The statements are those of the document.
"""
import glob
import json
import os
import re
import sys

import duckdb
import pandas
import polars

export, document = sys.argv[1:]
tables = ["rows", "turns", "calls", "facts", "images"]
with open(document) as file:
    views, questions = re.findall(r"```sql\n(.*?)```", file.read(), re.S)
os.chdir(export)
sql = duckdb.connect()
sql.execute(views)
statements = dict(re.findall(r"-- (.*?)\n(.*?);", questions, re.S))


def one(statement):
    return sql.execute(statement).fetchone()


def misplaced():
    """Rows that do not lie where `rows` says."""
    wrong = []
    for view, shard, row, key in sql.execute("SELECT view, shard, shard_row, key FROM rows WHERE view IS NOT NULL").fetchall():
        file = sorted(glob.glob(f"{view}/data/*.parquet"))[shard]
        if one(f"SELECT key FROM '{file}' LIMIT 1 OFFSET {row}") != (key,):
            wrong.append(key)
    return wrong


paths = [f"{view}/data/*.parquet" for view in ("hf", "rejected") if os.path.isdir(view)]
frames = {name: (polars.read_parquet(f"tables/{name}.parquet"), pandas.read_parquet(f"tables/{name}.parquet")) for name in tables}
tries = "SELECT bool_and(task_tries = (SELECT count(*) FROM rows o WHERE o.task_id = r.task_id)) FROM rows r"
print(json.dumps({
    "answers": {question: sql.execute(statement).fetchall() for question, statement in statements.items()},
    "misplaced": misplaced(),
    "placed": one("SELECT count(*) FROM rows WHERE view IS NOT NULL")[0],
    "held": one(f"SELECT count(*), sum(len(images)) FROM read_parquet({paths}, union_by_name = true)"),
    "lines": {name: [len(frame) for frame in both] for name, both in frames.items()},
    "tries": one(tries)[0],
}))
