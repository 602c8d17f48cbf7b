"""Trains on the prompts of this folder with TRL's GRPOTrainer: `python grpo.py MODEL` in it."""
import sys

from datasets import load_dataset
from reward import answered_right
from trl import GRPOConfig, GRPOTrainer

# Your functions for the tools of `tools.json`: of the same names, with the types of their arguments and a docstring.
tools = []

trainer = GRPOTrainer(
    model=sys.argv[1],
    args=GRPOConfig(output_dir='grpo', max_completion_length=16384),
    train_dataset=load_dataset('parquet', data_files='data/*.parquet', split='train'),
    reward_funcs=answered_right,
    tools=tools or None,
)
trainer.train()
