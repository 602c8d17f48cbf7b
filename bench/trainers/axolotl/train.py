"""axolotl: `axolotl train sft.yaml` trains a tiny model, by the processor."""
import os
import sys
from importlib.metadata import version
from pathlib import Path

export, processors = map(Path, sys.argv[1:3])
os.environ.update(AXOLOTL_DO_NOT_TRACK='1', DO_NOT_TRACK='1')

from tiny import NAME, tiny
from training import trained

model = tiny(processors, Path('tiny').absolute())


def command(out, steps):
    here = {'base-model': model, 'output-dir': out, 'dataset-prepared-path': out / 'prepared', 'launcher': 'python'}
    few = {'max-steps': steps, 'save-steps': steps, 'gradient-accumulation-steps': 1, 'learning-rate': 0.003}
    given = {**here, **few, 'logging-steps': 1, 'warmup-steps': 0, 'bf16': 'false'}
    words = [str(word) for name, value in given.items() for word in (f'--{name}', value)]
    return ['axolotl', 'train', 'sft.yaml', *words]


stubbed = [NAME, "torchvision's operators and decoder (PIL's)"]
trained(export / 'axolotl', f'axolotl {version("axolotl")}', command, stubbed)
