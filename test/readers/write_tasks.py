"""Writes task files as Hugging Face's `datasets` and pyarrow write them, into the folder it is given."""

import base64
import datetime
import io
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as encryption
from datasets import ClassLabel, Dataset, Features, Image, Sequence, Value
from PIL import Image as Picture

folder = sys.argv[1]


def picture(colour):
    file = io.BytesIO()
    Picture.new("RGB", (8, 6), colour).save(file, "PNG")
    return file.getvalue()


def cell(colour, path=None):
    return {"bytes": picture(colour), "path": path}


features = Features(
    {
        "id": Value("int64"),
        "question": Value("large_string"),
        "image": Image(),
        "images": Sequence(Image()),
        "label": ClassLabel(names=["red", "blue"]),
        "choices": Sequence(Value("string")),
        "when": Value("timestamp[us]"),
        "big": Value("int64"),
        "score": Value("float64"),
        "nested": {"level": Value("int32"), "tags": Sequence(Value("string"))},
    }
)
rows = {
    "id": [1, 2, 3],
    "question": ["Which?", "What é?", "Why?"],
    "image": [cell("red"), cell("blue", "b.png"), cell("red")],
    "images": [[cell("red"), cell("green")], [cell("blue")], [cell("red")] * 3],
    "label": [1, 0, 1],
    "choices": [["red", "blue"]] * 3,
    "when": [datetime.datetime(2024, 1, 2, 3, 4, 5)] * 3,
    "big": [2**60, 5, None],
    "score": [float("nan"), 0.5, None],
    "nested": [{"level": 1, "tags": ["x"]}, {"level": None, "tags": []}, {"level": 3, "tags": ["y", "z"]}],
}
Dataset.from_dict(rows, features=features).to_parquet(f"{folder}/datasets.parquet")

animals = ClassLabel(names=["cat", "dog", "emu"])
labelled = Features(
    {
        "plain": animals,
        "within": {"label": animals, "deep": {"labels": Sequence(animals)}},
        "struct_of_lists": Sequence({"label": animals, "x": Value("int32")}),
        "list_of_structs": [{"label": animals, "x": Value("int32")}],
    }
)
boxes = [{"label": 2, "x": 2}, {"label": 0, "x": 0}, {"label": -1, "x": 1}]
labels = {
    "plain": [1, -1],
    "within": [{"label": 0, "deep": {"labels": [2, 1]}}, {"label": -1, "deep": {"labels": []}}],
    "struct_of_lists": [{"label": [2, 0, -1], "x": [2, 0, 1]}, {"label": [], "x": []}],
    "list_of_structs": [boxes, []],
}
Dataset.from_dict(labels, features=labelled).to_parquet(f"{folder}/labels.parquet")

count = 1000
table = pa.table(
    {
        "id": [f"row-{index:04}" for index in range(count)],
        "question": [f"Question {index}?" for index in range(count)],
        "image": [picture("red")] * count,
        "answer": pa.array([f"{index % 7}" for index in range(count)]).dictionary_encode(),
        "choices": [[str(item) for item in range(7)] if index % 3 else None for index in range(count)],
    }
)
for codec in ["none", "snappy", "gzip", "brotli", "lz4", "zstd"]:
    pq.write_table(table, f"{folder}/{codec}.parquet", compression=codec, row_group_size=300)
long = pa.table({**{name: table[name] for name in table.column_names}, "padding": ["x" * 100_000] * count})
pq.write_table(long, f"{folder}/indexed.parquet", compression="none", use_dictionary=False, write_page_index=True)

latin = pa.array([b"one", b"\xe9t\xe9"], pa.binary()).view(pa.utf8())
short = pa.table({"id": ["a", "b"], "question": latin, "image": [picture("red")] * 2, "answer": ["x", "y"]})
pq.write_table(short, f"{folder}/latin.parquet")


class Keys(encryption.KmsClient):
    """Wraps keys in nothing but base64."""

    def __init__(self, _):
        encryption.KmsClient.__init__(self)

    def wrap_key(self, key, _):
        return base64.b64encode(key)

    def unwrap_key(self, key, _):
        return base64.b64decode(key)


for name, plain_footer in [("encrypted", False), ("encrypted-column", True)]:
    config = encryption.EncryptionConfiguration(
        footer_key="one", column_keys={"two": ["question"]}, plaintext_footer=plain_footer
    )
    properties = encryption.CryptoFactory(Keys).file_encryption_properties(encryption.KmsConnectionConfig(), config)
    words = table.slice(0, 1).drop_columns(["choices"])
    with pq.ParquetWriter(f"{folder}/{name}.parquet", words.schema, encryption_properties=properties) as writer:
        writer.write_table(words)
print("null")
