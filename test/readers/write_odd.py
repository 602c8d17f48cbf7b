"""Writes Parquet that is odd, as pyarrow and duckdb write it, into the folder it is given."""

import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
deep = '{"k":' * 10_000 + "1" + "}" * 10_000
texts = ['{"n": 1.10}', '{"k": {"a": 1, "a": 2}}', deep, "{", "null"]


def write(name, columns, **options):
    names = [name for name, _ in columns]
    pq.write_table(pa.table([array for _, array in columns], names=names), f"{folder}/{name}.parquet", **options)


def rows(count):
    words = [f"row {index}" for index in range(count)]
    return [("id", pa.array(words)), ("question", pa.array(words)), ("answer", pa.array(words))]


write("twice", [*rows(2), ("answer", pa.array(["second"] * 2))])
inner = pa.StructArray.from_arrays([pa.array([1, 2]), pa.array([3, 4])], names=["x", "x"])
write("inner", [*rows(2), ("more", inner)])
pairs = pa.array([[("a", 1), ("b", 2)], [("a", 1), ("a", 2)], None], pa.map_(pa.string(), pa.int32()))
write("map", [*rows(3), ("more", pairs)])
keys = pa.array([[({"x": 1}, 1)]], pa.map_(pa.struct([("x", pa.int32())]), pa.int32()))
write("keys", [*rows(1), ("more", keys)])
write("json", [*rows(5), ("more", pa.array(texts, pa.json_()))])
write("proto", [*rows(1), ("__proto__", pa.array([7]))])
write("checked", rows(3), compression="none", use_dictionary=False, write_page_checksum=True)
paged = {"compression": "none", "use_dictionary": False, "data_page_size": 1, "write_batch_size": 10}
write("paged", rows(100), write_page_checksum=True, **paged)
blank = [*rows(2), ("more", pa.array([None, None], pa.float32()))]
write("blank", blank, data_page_version="2.0", use_dictionary=False)
values = "'row 0' as id, 'row 0' as question, 'row 0' as answer"
for name, value in [("variant", "{'a': 1}::variant"), ("interval", "interval '3 days'"), ("bits", "'101'::bit")]:
    duckdb.sql(f"copy (select {values}, {value} as more) to '{folder}/{name}.parquet'")
duckdb.sql(f"copy (select {values}, 170141183460469231731687303715884105727::hugeint as more) to '{folder}/huge.parquet'")
print("null")
