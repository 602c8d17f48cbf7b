"""ms-swift: `swift sft sft.yaml` trains a tiny model, by the processor."""
import os
import sys
from pathlib import Path

export, processors = map(Path, sys.argv[1:3])
os.environ.update(USE_HF='1', MODELSCOPE_CACHE=os.environ['HF_HOME'])

import swift
from tiny import NAME, tiny
from training import trained

# By its folder's name ms-swift knows a model.
model = tiny(processors, Path('Qwen2.5-VL-7B-Instruct').absolute())


def command(out, steps):
    here = {'model': model, 'output_dir': out, 'use_cpu': 'true', 'torch_dtype': 'float32'}
    few = {'max_steps': steps, 'save_steps': steps, 'gradient_accumulation_steps': 1, 'learning_rate': 0.003}
    given = {**here, **few, 'logging_steps': 1, 'load_from_cache_file': 'false', 'report_to': 'none'}
    return ['swift', 'sft', 'sft.yaml', *(str(word) for name, value in given.items() for word in (f'--{name}', value))]


trained(export / 'ms_swift', f'ms-swift {swift.__version__}', command, [NAME])
