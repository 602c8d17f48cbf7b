"""LLaMA-Factory: `llamafactory-cli train kindling.yaml` trains a tiny model, by the processor."""
import os
import sys
from importlib.metadata import version
from pathlib import Path

export, processors = map(Path, sys.argv[1:3])

from tiny import NAME, tiny
from training import trained

model = tiny(processors, Path('tiny').absolute())


def command(out, steps):
    small = [f'model_name_or_path={model}', 'bf16=false', 'use_cpu=true', 'overwrite_cache=true']
    few = [f'max_steps={steps}', 'gradient_accumulation_steps=1', 'learning_rate=0.003']
    told = [f'output_dir={out}', 'save_strategy=steps', f'save_steps={steps}']
    return ['llamafactory-cli', 'train', 'kindling.yaml', *small, *few, *told]


stubbed = [NAME, 'torchaudio', "torchvision's operators"]
trained(export / 'llamafactory', f'LLaMA-Factory {version("llamafactory")}', command, stubbed)
