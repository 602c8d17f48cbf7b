"""Rewards of rows in a file, by a `reward.py` that is loaded from its path, as trainers do."""
import importlib.util
import json
import os
import sys
import threading

spec = importlib.util.spec_from_file_location('custom_module', sys.argv[1])
reward = importlib.util.module_from_spec(spec)
sys.modules['custom_module'] = reward
spec.loader.exec_module(reward)
with open(sys.argv[2]) as file:
    rows = json.load(file)


def by_verl(row):
    info = {name: row[name] for name in ('answer_type', 'question', 'choices', 'tolerance')}
    return reward.compute_score('any', row['solution'], row['ground_truth'], {**info, 'num_turns': 4})


def in_threads(count):
    scores = [None] * len(rows)

    def work(first):
        for place in range(first, len(rows), count):
            scores[place] = by_verl(rows[place])

    threads = [threading.Thread(target=work, args=(first,)) for first in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return scores


def forked():
    """What a process says that is forked from one which asked already."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, json.dumps([by_verl(row) for row in rows[:10]]).encode())
        os._exit(0)
    os.close(writing)
    os.wait()
    return json.loads(os.read(reading, 65536))


def error_of(row, before=lambda: None):
    before()
    try:
        return by_verl(row)
    except reward.RewardError as error:
        return str(error)


def openrlhf():
    labels = [json.dumps({**row, 'solution': None}) for row in rows]
    prompts = ['<|im_start|>assistant\n'] * len(rows)
    queries = [f'{prompt}{row["solution"]}<|im_end|>' for prompt, row in zip(prompts, rows)]
    together = reward.reward_func(queries, prompts, labels)
    alone = reward.reward_func([rows[0]['solution']], prompts[:1], labels[:1])
    return [together['rewards'], alone]


def trl():
    columns = {name: [row[name] for row in rows] for name in rows[0] if name != 'solution'}
    completions = [[{'role': 'tool', 'content': 'x'}, {'role': 'assistant', 'content': row['solution']}] for row in rows]
    ended = [[*messages, {'role': 'tool', 'content': '<answer>8</answer>'}] for messages in completions]
    given = {'prompts': rows, 'trainer_state': None, **columns}
    return [reward.answered_right(completions=each, **given) for each in (completions, ended)]


print(json.dumps({
    'scores': in_threads(4),
    'forked': forked(),
    'openrlhf': openrlhf(),
    'trl': trl(),
    'killed': error_of(rows[0], reward._judge._child.kill),
    'after': error_of(rows[0]),
    'unjudged': error_of({**rows[0], 'answer_type': 'nmber'}),
}))
