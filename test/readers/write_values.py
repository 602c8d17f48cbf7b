"""
Writes random values of every type as pyarrow, polars and duckdb write them, and prints what each row holds:
python write_values.py FOLDER SEED. Numbers are printed as the text that they are to have, times as ISO 8601 has them.
"""

import datetime
import decimal
import json
import random
import sys

import duckdb
import numpy
import polars
import pyarrow as pa
import pyarrow.parquet as pq

folder, seed = sys.argv[1:]
draw = random.Random(seed)
rows = 60
digits = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def javascript(number):
    """The shortest text of a float, in the form that JavaScript gives it."""
    value = float(number)
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0.0" if str(number).startswith("-") else "0"
    sign, figures, exponent = decimal.Decimal(str(number)).normalize().as_tuple()
    text = "".join(map(str, figures))
    point = len(text) + exponent
    if 0 < point <= 21:
        text = text + "0" * (point - len(text)) if point >= len(text) else text[:point] + "." + text[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + text
    else:
        text = text[0] + ("." + text[1:] if len(text) > 1 else "") + f"e{'+' if point > 0 else ''}{point - 1}"
    return "-" + text if sign else text


def seconds(count, unit):
    size = 10 ** digits[unit]
    fraction = f".{count % size:0{digits[unit]}}" if digits[unit] else ""
    return count // size, fraction


def moment(count, kind):
    # Parquet has no seconds: Arrow writes them as milliseconds.
    whole, fraction = seconds(count, kind.unit)
    text = (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=whole)).isoformat()
    return text + (fraction or ".000") + ("Z" if kind.tz else "")


def clock(count, kind):
    whole, fraction = seconds(count, kind.unit)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}" + (fraction or ".000")


def length(count, kind):
    whole, fraction = seconds(abs(count), kind.unit)
    return f"{'-' if count < 0 else ''}PT{whole}{fraction}S"


def number(text):
    return {"number": str(text)}


def integer(kind):
    signed = pa.types.is_signed_integer(kind)
    low, high = (-(2 ** (kind.bit_width - 1)), 2 ** (kind.bit_width - 1) - 1) if signed else (0, 2**kind.bit_width - 1)
    value = draw.choice([low, high, draw.randint(low, high), draw.randint(0, 100)])
    return value, number(value)


def floating(kind):
    bits = numpy.uint64(draw.getrandbits(kind.bit_width))
    odd = [0.0, -0.0, 1.0, 3.14, 0.1, float("nan"), float("inf"), float("-inf"), 1e-6, 12.5]
    name = f"float{kind.bit_width}"
    some = bits.astype(f"uint{kind.bit_width}").view(name)
    value = draw.choice([some, some, numpy.dtype(name).type(draw.choice(odd))])
    return value, number(javascript(value))


def exact(kind):
    unscaled = draw.randint(1 - 10**kind.precision, 10**kind.precision - 1)
    unscaled = draw.choice([0, 110, unscaled, unscaled]) % 10**kind.precision * draw.choice([1, -1])
    value = decimal.Decimal(unscaled).scaleb(-kind.scale, decimal.Context(prec=80))
    return value, number(format(abs(value) if value == 0 else value, "f"))


def text(_):
    value = draw.choice(["", "é", "\ufeffmark", "a" * draw.randint(1, 300), "日本語\n\t", str(draw.random())])
    return value, value


def binary(kind):
    size = kind.byte_width if pa.types.is_fixed_size_binary(kind) else draw.randint(0, 40)
    value = draw.randbytes(size)
    return value, {"bytes": value.hex()}


def day(_):
    value = draw.randint(-200_000, 200_000)
    return value, (datetime.date(1970, 1, 1) + datetime.timedelta(days=value)).isoformat()


def instant(kind):
    value = draw.randint(-(2**53), 2**53) if kind.unit in ("us", "ns") else draw.randint(-(10**9), 10**9)
    return value, moment(value, kind)


def of_day(kind):
    value = draw.randrange(86_400 * 10 ** digits[kind.unit])
    return value, clock(value, kind)


def duration(kind):
    value = draw.randint(-(2**53), 2**53)
    return value, length(value, kind)


def items(kind):
    size = kind.list_size if pa.types.is_fixed_size_list(kind) else draw.randint(0, 4)
    pairs = [cell(kind.value_field) for _ in range(size)]
    return [value for value, _ in pairs], [shown for _, shown in pairs]


def struct(kind):
    pairs = {field.name: cell(field) for field in kind}
    return {name: pair[0] for name, pair in pairs.items()}, {"object": {name: pair[1] for name, pair in pairs.items()}}


def mapping(kind):
    keys = {f"key {index}": cell(kind.item_field) for index in range(draw.randint(0, 3))}
    return [(key, pair[0]) for key, pair in keys.items()], {"object": {key: pair[1] for key, pair in keys.items()}}


kinds = [
    (pa.types.is_boolean, lambda _: (draw.choice([True, False]),) * 2),
    (pa.types.is_integer, integer),
    (pa.types.is_floating, floating),
    (pa.types.is_decimal, exact),
    (lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind), text),
    (lambda kind: pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind), binary),
    (pa.types.is_date, day),
    (pa.types.is_timestamp, instant),
    (pa.types.is_time, of_day),
    (pa.types.is_duration, duration),
    (lambda kind: pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind), items),
    (pa.types.is_struct, struct),
    (pa.types.is_map, mapping),
]


def cell(field):
    """A value as pyarrow takes it, and what is to be read."""
    if field.nullable and draw.random() < 0.2:
        return None, None
    return next(make for fits, make in kinds if fits(field.type))(field.type)


def column(field):
    pairs = [cell(field) for _ in range(rows)]
    return pa.array([value for value, _ in pairs], field.type), [shown for _, shown in pairs]


def table(fields):
    columns = [column(field) for field in fields]
    held = [dict(zip([field.name for field in fields], row)) for row in zip(*[shown for _, shown in columns])]
    return pa.table([array for array, _ in columns], schema=pa.schema(fields)), held


def fields(types):
    return [pa.field(f"{index} {kind}", kind, nullable=draw.random() < 0.8) for index, kind in enumerate(types)]


integers = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
decimals = [pa.decimal128(digits, scale) for digits, scale in [(5, 2), (9, 9), (18, 0), (20, 2), (38, 37)]]
common = [pa.bool_(), *integers, pa.float32(), pa.float64(), *decimals, pa.string(), pa.binary(), pa.date32()]
naive = [pa.timestamp("us"), pa.timestamp("ns")]
nested = [
    pa.list_(pa.decimal128(7, 3)),
    pa.list_(pa.list_(pa.string())),
    pa.struct([("when", pa.timestamp("us")), ("deep", pa.struct([("x", pa.float32()), ("__proto__", pa.int64())]))]),
    pa.list_(pa.struct([("a", pa.int32()), ("b", pa.list_(pa.float64()))])),
]
only_arrow = [
    pa.float16(),
    pa.decimal256(60, 30),
    pa.large_string(),
    pa.binary(7),
    *[pa.timestamp(unit) for unit in ("s", "ms")],
    *[pa.timestamp(unit, "Europe/Berlin") for unit in ("ms", "us", "ns")],
    *[pa.time32("ms"), pa.time64("us"), pa.time64("ns")],
    *[pa.duration(unit) for unit in ("s", "ms", "us", "ns")],
    pa.map_(pa.string(), pa.decimal128(9, 4)),
    pa.list_(pa.map_(pa.string(), pa.list_(pa.duration("us")))),
    pa.list_(pa.int16(), 2),
    pa.large_list(pa.date32()),
]
written = []


def file(name, held):
    written.append({"file": name, "rows": held})
    return f"{folder}/{name}"


def encodings(schema):
    """An encoding other than the usual one for some of the columns."""
    fitting = [
        (pa.types.is_int32, ["DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]),
        (pa.types.is_int64, ["DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]),
        (pa.types.is_floating, ["BYTE_STREAM_SPLIT"]),
        (pa.types.is_decimal128, ["BYTE_STREAM_SPLIT"]),
        (pa.types.is_string, ["DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]),
        (pa.types.is_binary, ["DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]),
    ]
    found = {field.name: next((names for fits, names in fitting if fits(field.type)), []) for field in schema}
    return {name: draw.choice(names) for name, names in found.items() if names}


for codec in ["none", "snappy", "gzip", "brotli", "lz4", "zstd"]:
    for version in ["1.0", "2.0"]:
        for usual in [True, False]:
            data, held = table(fields(common + naive + nested + only_arrow))
            pq.write_table(
                data,
                file(f"pyarrow-{codec}-{version}-{'dictionary' if usual else 'encoded'}.parquet", held),
                compression=codec,
                data_page_version=version,
                row_group_size=draw.choice([7, rows]),
                data_page_size=draw.choice([64, 100_000]),
                write_batch_size=draw.choice([3, 1024]),
                write_page_checksum=draw.choice([True, False]),
                write_page_index=draw.choice([True, False]),
                store_decimal_as_integer=draw.choice([True, False]),
                use_dictionary=usual,
                column_encoding=None if usual else encodings(data.schema),
            )

for codec in ["uncompressed", "snappy", "gzip", "brotli", "lz4", "zstd"]:
    spans = [pa.duration("us"), pa.duration("ns"), pa.time64("ns"), pa.timestamp("ms"), pa.timestamp("ns", "UTC")]
    data, held = table(fields(common + naive + nested + spans))
    path = file(f"polars-{codec}.parquet", held)
    size = draw.choice([100, 100_000])
    polars.from_arrow(data).write_parquet(path, compression=codec, row_group_size=17, data_page_size=size)

connection = duckdb.connect()
connection.sql("set timezone = 'UTC'")
for codec in ["uncompressed", "snappy", "gzip", "brotli", "lz4_raw", "zstd"]:
    for version in ["V1", "V2"]:
        own = [pa.timestamp("us", "UTC"), pa.time64("us"), pa.map_(pa.string(), pa.decimal128(9, 4))]
        data, held = table(fields(common + naive + nested + own))
        path = file(f"duckdb-{codec}-{version}.parquet", held)
        connection.register("data", data)
        connection.sql(f"copy (from data) to '{path}' (compression {codec}, parquet_version {version})")

special = {
    "uuid '00112233-4455-6677-8899-aabbccddeeff'": "00112233-4455-6677-8899-aabbccddeeff",
    "'{\"a\": 1.10, \"b\": [9007199254740993, 1e400]}'::json": {
        "object": {"a": number("1.10"), "b": [number("9007199254740993"), number("1e400")]}
    },
    "interval '14 months 3 days 4.005 seconds'": "P14M3DT4.005S",
    "'red'::enum('red', 'blue')": "red",
    "123456789012345678901234567890.12345678::decimal(38, 8)": number("123456789012345678901234567890.12345678"),
    "date 'infinity'": {"unreadable": "is a date beyond the year 275760; correct the row"},
    "map([1.10, 2.5], ['x', 'y'])": {"object": {"1.10": "x", "2.50": "y"}},
}
names = ", ".join(f'{value} as "{index}"' for index, value in enumerate(special))
path = file("duckdb-types.parquet", [{str(index): shown for index, shown in enumerate(special.values())}])
connection.sql(f"copy (select {names}) to '{path}'")
print(json.dumps(written))
