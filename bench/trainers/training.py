"""Training by a trainer's own command in a target's folder, on a tiny model, and what it says of the loss."""
import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet as parquet
from told import written

# On a processor a step of 1,300 tokens takes some ten seconds, mostly for the 151,936 words of Qwen's vocabulary.
OVER_ROWS, ON_ONE = 4, 6


@dataclass
class Trained:
    """A row of the table of `main.ts`: the loss on some rows, one after the other, and on one row again and again."""
    target: str
    version: str
    rows: int
    losses: list
    repeated: list
    stubbed: list
    peak_mb: int = 0

    def tell(self):
        self.peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(json.dumps(asdict(self)), flush=True)


def train(target, command, rows, steps):
    """
    The loss of each step of `command`, called with the folder for what it writes and the number of steps, in a copy of
    the target that has its first `rows` rows alone.
    """
    here = Path(f'train-{target.name}-{rows}').absolute()
    shutil.rmtree(here, ignore_errors=True)
    few(target, here / target.name, rows)
    name, *rest = command(here / 'out', steps)
    subprocess.run(
        [Path(sys.executable).with_name(name), *rest],
        cwd=here / target.name,
        env={**os.environ, 'DISABLE_VERSION_CHECK': '1'},
        stdout=sys.stderr,
        check=True,
    )
    states = sorted((here / 'out').rglob('trainer_state.json'))
    losses = [one['loss'] for one in json.loads(states[-1].read_text())['log_history'] if 'loss' in one]
    assert len(losses) == steps, f'{len(losses)} losses of {steps} steps'
    return losses


def few(target, into, rows):
    """A copy of a target, its files as they are, with its first rows alone."""
    shutil.copytree(target, into, ignore=shutil.ignore_patterns('train'))
    (into / 'train').mkdir()
    table = parquet.read_table(target / 'train')
    parquet.write_table(table.slice(0, rows), into / 'train' / 'train-00000-of-00001.parquet')


def trained(target, version, command, stubbed):
    rows = written(target / 'train')
    losses = train(target, command, rows, OVER_ROWS)
    repeated = train(target, command, 1, ON_ONE)
    Trained(target.name, version, rows, losses, repeated, stubbed).tell()
