"""Prints as JSON what SQL makes of the Parquet of two exports: python changed_rows.py BEFORE AFTER"""
import json
import os
import sys

import duckdb

before, after = sys.argv[1:]
sql = duckdb.connect()


def rows_of(folder):
    shared = "id, key, teacher, sample, category, task_question, choices, task_answer, outcome, teacher_answer, trajectory, usage, facts"
    found = [
        f"SELECT {fate} AS fate, {shared} FROM read_parquet('{folder}/{target}/data/*.parquet')"
        for target, fate in (("hf", "'kept'"), ("rejected", "stage || '/' || reason"))
        if os.path.isdir(f"{folder}/{target}/data")
    ]
    return " UNION ALL ".join(found)


said = """list_transform(list_filter(trajectory, m -> m.role = 'assistant'),
  m -> [m.content, list_transform(json_extract(m.tool_calls, '$[*].function.name'), n -> n::VARCHAR)::VARCHAR,
        list_transform(json_extract(m.tool_calls, '$[*].function.arguments'), a -> a::VARCHAR)::VARCHAR])"""
sql.execute(f"CREATE TABLE a AS SELECT *, {said} AS said FROM ({rows_of(before)})")
sql.execute(f"CREATE TABLE b AS SELECT *, {said} AS said FROM ({rows_of(after)})")
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


def group(by, name):
    where = "true" if by == "all" else f"{by} = '{name}'"
    return {
        "by": by,
        "name": name,
        "before": tally("a", where),
        "after": tally("b", where),
        "lost": count(f"change = 'lost' AND {where}"),
        "gained": count(f"change = 'gained' AND {where}"),
    }


def names(column):
    return [name for (name,) in table(f"SELECT DISTINCT {column} FROM pairs ORDER BY 1")]


def fates(table_name):
    return dict(table(f"SELECT fate, count(*) FROM {table_name} GROUP BY 1"))


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
                  WHERE (a.task_question, a.task_answer, coalesce(a.choices, [])) != (b.task_question, b.task_answer, coalesce(b.choices, []))
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
