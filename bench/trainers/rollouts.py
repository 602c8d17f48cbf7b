"""Rollouts of a student for the tasks of a pool, and what a trainer's own reward path gave for them."""
import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow.parquet as parquet

LOOK = 'Let me look at it.'


@dataclass(frozen=True)
class Rollout:
    kind: str
    task: str
    """What the student said in each turn, and what tools showed after each but the last."""
    said: list
    shown: list
    """Whether it is to be rewarded."""
    right: bool

    def text(self):
        """All that follows the prompt, as the templates of Qwen's family write it."""
        results = [f'<|im_end|>\n<|im_start|>user\n<tool_response>\n{one}\n</tool_response>' for one in self.shown]
        later = [f'{one}<|im_end|>\n<|im_start|>assistant\n{text}' for one, text in zip(results, self.said[1:])]
        return ''.join([self.said[0], *later, '<|im_end|>'])

    def messages(self):
        pairs = zip(self.said, [*self.shown, None])
        spoken = [[{'role': 'assistant', 'content': said}, {'role': 'tool', 'content': shown}] for said, shown in pairs]
        return [message for pair in spoken for message in pair][:-1]


def decided(run):
    """The rollouts that a run decided about, with what its check `answer` said of them."""
    tables = Path(run) / 'tables'
    read = lambda name, *columns: parquet.read_table(tables / f'{name}.parquet', columns=list(columns)).to_pylist()
    passed = {one['key']: one['passed'] for one in read('facts', 'key', 'check', 'passed') if one['check'] == 'answer'}
    said, shown = {}, {}
    for one in sorted(read('turns', 'key', 'turn', 'text'), key=lambda one: one['turn']):
        said.setdefault(one['key'], []).append(one['text'] or '')
    for one in read('calls', 'key', 'turn', 'output'):
        shown.setdefault((one['key'], one['turn']), []).append(one['output'] or '')
    for row in read('rows', 'key', 'task_id', 'kept'):
        key, kind = row['key'], 'kept' if row['kept'] else 'rejected'
        results = ['\n'.join(shown.get((key, turn), [])) for turn in range(1, len(said[key]))]
        yield Rollout(kind, row['task_id'], said[key], results, passed.get(key, False))


def planted(task, truth):
    """A right one, a wrong one, and one in which only a tool has the answer."""
    answer = f'<answer>{truth}</answer>'
    yield Rollout('planted', task, [LOOK, f'<think>\nSo.\n</think>\n\n{answer}'], ['Nothing.'], True)
    yield Rollout('planted', task, [LOOK, '<answer>none of them</answer>'], [answer], False)
    yield Rollout('planted', task, [LOOK, 'It is so.'], [answer], False)


@dataclass
class Rewarded:
    """A row of the table of `main.ts`: of each kind of rollouts how many there were, and how many were judged right."""
    target: str
    version: str
    rows: int
    loaded: int = 0
    pictures: int = 0
    kept: list = field(default_factory=lambda: [0, 0])
    rejected: list = field(default_factory=lambda: [0, 0])
    planted: list = field(default_factory=lambda: [0, 0])
    silent: int = 0
    stubbed: list = field(default_factory=list)

    def load(self, ids, grids, pad):
        """A prompt's tokens and the patches of its pictures, as the trainer made them."""
        self.loaded += 1
        fits = list(ids).count(pad) == sum(t * h * w for t, h, w in grids) // 4
        self.pictures += len(grids) if fits else 0

    def judge(self, rollouts, reward):
        """`reward(rollout)` is what the trainer got for it. Without kindling there must be none: no zero either."""
        kindling, os.environ['KINDLING'] = os.environ['KINDLING'], 'false'
        self.silent = sum(is_rewarded(reward, rollout) for rollout in rollouts)
        os.environ['KINDLING'] = kindling
        for rollout in rollouts:
            given = reward(rollout)
            tally = getattr(self, rollout.kind)
            tally[0] += given == float(rollout.right)
            tally[1] += 1
            if given != float(rollout.right):
                print(f'{self.target}: {given} for {rollout!r:.999}', file=sys.stderr)

    def tell(self):
        print(json.dumps(asdict(self)), flush=True)


def is_rewarded(reward, rollout):
    try:
        return reward(rollout) is not None
    except Exception:
        return False
