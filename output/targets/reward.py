"""Rewards for reinforcement learning, given by kindling itself: 1 where the check `answer` would pass, 0 where not.

verl calls `compute_score`, OpenRLHF `reward_func`, and TRL takes `answered_right` as one of its `reward_funcs`. Only the
model's last turn counts, which ends in one `<answer>…</answer>`.

Nothing but Python's standard library is needed here, and the command `kindling` on the PATH, or as `KINDLING` names it
(`KINDLING='node /path/to/kindling/cli/main.ts'`). One `kindling reward --stdin` stays open in each process that asks.
Where it cannot be asked or cannot judge, RewardError is raised: that is nobody's wrong answer.
"""
import json
import os
import shlex
import subprocess
import threading


class RewardError(RuntimeError):
    """No reward is known."""


def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):
    """For verl's `reward.custom_reward_function`: the reward of one rollout, a float."""
    return _score(solution_str, {**(extra_info or {}), 'ground_truth': ground_truth})


def reward_func(queries, prompts, labels, **_):
    """For OpenRLHF's `--reward.remote_url`: a label is JSON text with what the answer is judged by."""
    texts = [query[len(prompt):] if query.startswith(prompt) else query for query, prompt in zip(queries, prompts)]
    scores = [_score(text, json.loads(label)) for text, label in zip(texts, labels)]
    rewards = scores[0] if len(scores) == 1 else scores
    return {'rewards': rewards, 'scores': rewards, 'extra_logs': {}}


def answered_right(completions, ground_truth, **columns):
    """For TRL's `reward_funcs`: a reward for each completion, a text or a list of messages."""
    fields = [name for name in _ASKED if name in columns]
    rows = zip(*(columns[name] for name in fields)) if fields else [()] * len(completions)
    return [
        _score(_last_turn(completion), {**dict(zip(fields, row)), 'ground_truth': truth})
        for completion, truth, row in zip(completions, ground_truth, rows)
    ]


_ASKED = ('answer_type', 'question', 'choices', 'tolerance')


def _last_turn(completion):
    """What the model said last; nothing where a tool has the last word."""
    if isinstance(completion, str):
        return completion
    last = completion[-1] if completion else {}
    if last.get('role') != 'assistant':
        return ''
    content = last.get('content') or ''
    return content if isinstance(content, str) else ''.join(part.get('text') or '' for part in content)


def _score(solution, row):
    asked = {name: _plain(row.get(name)) for name in _ASKED}
    known = {name: value for name, value in asked.items() if value is not None}
    return float(_judge.ask({'solution': solution, 'ground_truth': row['ground_truth'], **known})['score'])


def _plain(value):
    """Without the arrays and the numbers that are none which readers of Parquet make."""
    value = value.tolist() if hasattr(value, 'tolist') else value
    return None if value != value else value


class _Judge:
    """The open `kindling reward --stdin` of this process; threads take turns."""

    def __init__(self):
        self.forget()

    def forget(self):
        """A forked process opens its own, or it would read its parent's answers."""
        self._lock, self._child, self._asked, self._read = threading.Lock(), None, 0, b''

    def ask(self, question):
        with self._lock:
            try:
                return self._answer(question)
            except BaseException:
                # Broken off, by a trainer's time limit too, an answer may be on its way still.
                self._end()
                raise

    def _answer(self, question):
        self._asked += 1
        child = self._opened()
        try:
            self._send(child, json.dumps({'id': self._asked, **question}).encode() + b'\n')
            answer = json.loads(self._line(child))
        except (OSError, ValueError) as error:
            raise RewardError(f'`{_command()}` has ended or gave no answer: {error}') from error
        if answer.get('id') != self._asked or answer.get('score') not in (0, 1):
            raise RewardError(f'no reward: {answer.get("error") or answer}')
        return answer

    def _opened(self):
        if self._child is None:
            pipe = subprocess.PIPE
            try:
                self._child = subprocess.Popen(shlex.split(_command()), stdin=pipe, stdout=pipe, bufsize=0)
            except OSError as error:
                raise RewardError(f'put kindling on the PATH or set KINDLING: {error}') from error
        return self._child

    def _send(self, child, data):
        while data:
            data = data[child.stdin.write(data):]

    def _line(self, child):
        while b'\n' not in self._read:
            more = child.stdout.read(65536)
            if not more:
                return b''
            self._read += more
        line, self._read = self._read.split(b'\n', 1)
        return line

    def _end(self):
        child, self._child, self._read = self._child, None, b''
        if child is not None:
            child.kill()
            child.wait()
            child.stdin.close()
            child.stdout.close()


def _command():
    return f'{os.environ.get("KINDLING") or "kindling"} reward --stdin'


_judge = _Judge()
if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_judge.forget)
