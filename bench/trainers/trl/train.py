"""TRL: `trl sft --config sft.yaml` trains a tiny model; what stands after it is what a machine without a GPU needs."""
import sys
from pathlib import Path

export, processors = map(Path, sys.argv[1:3])

import trl
from tiny import NAME, tiny
from training import trained

model = tiny(processors, Path('tiny').absolute())


def command(out, steps):
    small = ['--model_name_or_path', model, '--dtype', 'float32', '--use_cpu', 'true', '--bf16', 'false']
    few = ['--max_steps', steps, '--gradient_accumulation_steps', 1, '--learning_rate', 0.003, '--logging_steps', 1]
    told = ['--output_dir', out, '--save_steps', steps, '--report_to', 'none']
    return ['trl', 'sft', '--config', 'sft.yaml', *map(str, [*small, *few, *told])]


trained(export / 'trl', f'TRL {trl.__version__}', command, [NAME])
