"""Prints as JSON what SQL makes of the Parquet of two exports: python changed_rows.py BEFORE AFTER"""
import json
import math
import os
import sys

import duckdb

before, after = sys.argv[1:]
sql = duckdb.connect()


def rows_of(folder):
    shared = "id, key, teacher, sample, category, task_question, choices, task_answer, outcome, teacher_answer, trajectory, usage, facts, images"
    found = [
        f"SELECT {fate} AS fate, {shared} FROM read_parquet('{folder}/{target}/data/*.parquet')"
        for target, fate in (("hf", "'kept'"), ("rejected", "stage || '/' || reason"))
        if os.path.isdir(f"{folder}/{target}/data")
    ]
    return " UNION ALL ".join(found)


said = """list_transform(list_filter(trajectory, m -> m.role = 'assistant'),
  m -> [m.content, list_transform(json_extract(m.tool_calls, '$[*].function.name'), n -> n::VARCHAR)::VARCHAR,
        list_transform(json_extract(m.tool_calls, '$[*].function.arguments'), a -> a::VARCHAR)::VARCHAR])"""
# As many pictures as the question has placeholders, by their bytes.
shown = """list_transform(images[1:len(string_split(list_filter(trajectory, m -> m.role = 'user')[1].content, '<image>')) - 1],
  i -> sha256(i.bytes))"""
columns = f"* EXCLUDE (images), {said} AS said, {shown} AS shown"
sql.execute(f"CREATE TABLE a AS SELECT {columns} FROM ({rows_of(before)})")
sql.execute(f"CREATE TABLE b AS SELECT {columns} FROM ({rows_of(after)})")
sql.execute("""
CREATE TABLE pairs AS
SELECT coalesce(a.id, b.id) AS task, coalesce(a.teacher, b.teacher) AS teacher, coalesce(a.sample, b.sample) AS sample,
  coalesce(b.category, a.category) AS category, a.fate AS from_, b.fate AS to_, a.teacher_answer AS old, b.teacher_answer AS new,
  b.task_answer AS truth, a.said = b.said AS alike, a.id IS NOT NULL AND b.id IS NOT NULL AS paired,
  CASE WHEN a.fate IS NULL THEN 'new' WHEN b.fate IS NULL THEN 'gone' WHEN a.fate = b.fate THEN 'same'
       WHEN a.fate = 'kept' THEN 'lost' WHEN b.fate = 'kept' THEN 'gained' ELSE 'otherwise' END AS change
FROM a FULL JOIN b ON a.id = b.id AND a.teacher = b.teacher AND a.sample = b.sample
""")


def table(query):
    return sql.execute(query).fetchall()


def one(query):
    return table(query)[0][0]


def count(where):
    return one(f"SELECT count(*) FROM pairs WHERE {where}")


def tally(table_name, where):
    names = ("rollouts", "kept", "input", "output")
    query = f"""SELECT count(*), coalesce(sum((fate = 'kept')::INT), 0), coalesce(sum(usage.input), 0),
      coalesce(sum(usage.output), 0) FROM {table_name} WHERE {where}"""
    return dict(zip(names, map(int, table(query)[0])))


def wilson(kept, rollouts, z=1.959963984540054):
    share, square = kept / rollouts, z * z / rollouts
    middle = (share + square / 2) / (1 + square)
    margin = z / (1 + square) * math.sqrt(share * (1 - share) / rollouts + square / (4 * rollouts))
    low = 0 if kept == 0 else max(0, middle - margin)
    return share, low, 1 if kept == rollouts else min(1, middle + margin)


def newcombe(before, after):
    (was, was_low, was_high), (now, now_low, now_high) = (wilson(side["kept"], side["rollouts"]) for side in (before, after))
    low, high = math.hypot(now - now_low, was_high - was), math.hypot(now_high - now, was - was_low)
    return {"estimate": round(now - was, 9), "low": round(now - was - low, 9), "high": round(now - was + high, 9)}


def sign_test(where):
    query = f"""SELECT coalesce(sum((net > 0)::INT), 0), coalesce(sum((net < 0)::INT), 0) FROM
      (SELECT sum((change = 'gained')::INT - (change = 'lost')::INT) AS net FROM pairs WHERE {where} GROUP BY task)"""
    better, worse = map(int, table(query)[0])
    tail = sum(math.comb(better + worse, count) for count in range(min(better, worse) + 1))
    return round(min(1, 2 * tail / 2 ** (better + worse)), 9)


def group(by, name):
    where = "true" if by == "all" else f"{by} = '{name}'"
    before, after = tally("a", where), tally("b", where)
    both = before["rollouts"] > 0 and after["rollouts"] > 0
    return {
        "by": by,
        "name": name,
        "before": before,
        "after": after,
        "p": sign_test(where) if both and count("paired") > 0 else None,
        "change": newcombe(before, after) if both else None,
        "lost": count(f"change = 'lost' AND {where}"),
        "gained": count(f"change = 'gained' AND {where}"),
    }


def names(column):
    return [name for (name,) in table(f"SELECT DISTINCT {column} FROM pairs ORDER BY 1")]


def fates(table_name):
    return dict(table(f"SELECT fate, count(*) FROM {table_name} GROUP BY 1"))


def checks(table_name):
    query = f"""SELECT fact->>'check', count(*) FILTER ((fact->>'passed') = 'true'),
      count(*) FILTER ((fact->>'passed') != 'true' AND (fact->>'couldNotTell') IS NULL),
      count(*) FILTER ((fact->>'couldNotTell') = 'true')
      FROM (SELECT unnest(from_json(facts, '["JSON"]')) AS fact FROM {table_name}) GROUP BY 1"""
    names = ("passed", "failed", "could_not_tell")
    return {name: dict(zip(names, counts)) for name, *counts in table(query)}


def categories(table_name):
    return dict(table(f"SELECT category, count(*) FROM {table_name} WHERE fate = 'kept' GROUP BY 1"))


def siblings(table_name):
    query = f"""SELECT teacher, count(*), sum((kinds = 1)::INT) FROM
      (SELECT teacher, id, count(DISTINCT said) AS kinds FROM {table_name} GROUP BY 1, 2 HAVING count(*) > 1) GROUP BY 1"""
    return {teacher: {"tasks": tasks, "identical": int(alike)} for teacher, tasks, alike in table(query)}


def flipped():
    query = "SELECT from_, to_, count(*) FROM pairs WHERE change IN ('lost', 'gained', 'otherwise') GROUP BY 1, 2 ORDER BY 1, 2"
    return [{"from": was, "to": now, "count": rows} for was, now, rows in table(query)]


def changed_rows():
    fields = ("change", "task", "teacher", "sample", "category", "from", "to")
    query = """SELECT change, task, teacher, sample, category, from_, to_ FROM pairs WHERE change != 'same'
      ORDER BY task, teacher, sample"""
    return [dict(zip(fields, row)) for row in table(query)]


def changed_answers():
    fields = ("task", "teacher", "sample", "before", "after", "truth")
    query = "SELECT task, teacher, sample, old, new, truth FROM pairs WHERE old != new ORDER BY 1, 2, 3"
    return [dict(zip(fields, row)) for row in table(query)]


changes = ["same", "lost", "gained", "otherwise"]
print(
    json.dumps(
        {
            "fates": {"before": fates("a"), "after": fates("b")},
            "checks": {"before": checks("a"), "after": checks("b")},
            "categories": {"before": categories("a"), "after": categories("b")},
            "aligned": count("paired"),
            **{change: count(f"change = '{change}'") for change in changes},
            "new": {"kept": count("change = 'new' AND to_ = 'kept'"), "dropped": count("change = 'new' AND to_ != 'kept'")},
            "gone": {"kept": count("change = 'gone' AND from_ = 'kept'"), "dropped": count("change = 'gone' AND from_ != 'kept'")},
            "saidTheSame": count("alike"),
            "tasks": {
                "both": one("SELECT count(*) FROM (SELECT id FROM a INTERSECT SELECT id FROM b)"),
                "onlyBefore": [task for (task,) in table("SELECT id FROM a EXCEPT SELECT id FROM b ORDER BY 1")],
                "onlyAfter": [task for (task,) in table("SELECT id FROM b EXCEPT SELECT id FROM a ORDER BY 1")],
                "changed": [task for (task,) in table("""SELECT DISTINCT a.id FROM a JOIN b ON a.id = b.id
                  WHERE (a.task_question, a.task_answer, coalesce(a.choices, []), a.shown) != (b.task_question, b.task_answer, coalesce(b.choices, []), b.shown)
                  ORDER BY 1""")],
            },
            "answers": {"both": count("old IS NOT NULL AND new IS NOT NULL"), "changed": changed_answers()},
            "groups": [group("all", ""), *(group(by, name) for by in ("category", "teacher") for name in names(by))],
            "siblings": {"before": siblings("a"), "after": siblings("b")},
            "flips": flipped(),
            "rows": changed_rows(),
        }
    )
)
