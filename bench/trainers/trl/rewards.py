"""TRL: its GRPOTrainer over the pool, as `grpo.py` calls it, on a tiny model; a step of training, and its rewards."""
import sys
from pathlib import Path

pool, processors, run = (Path(given).absolute() for given in sys.argv[1:4])
folder = pool / 'trl_grpo'
sys.path.insert(0, str(folder))

import trl
from datasets import load_dataset
from reward import answered_right
from rollouts import Rewarded, decided, planted
from tiny import NAME, tiny
from told import written
from transformers import AutoProcessor
from trl import GRPOConfig, GRPOTrainer

rows = load_dataset('parquet', data_files=str(folder / 'data' / '*.parquet'), split='train')
model = tiny(processors, Path('tiny').absolute())
processor = AutoProcessor.from_pretrained(model)
tasks = {row['id']: row for row in rows}
made_up = [one for name, row in tasks.items() for one in planted(name, row['ground_truth'])]


def plays(prompts, trainer):
    """TRL's `rollout_func`: for the prompts of the first task, which all are the same, what was made up for it."""
    ids, _, _ = trainer._tokenize_prompts(prompts)
    said = [processor.tokenizer.encode(one.text()) for one in made_up[:len(prompts)]]
    return {'prompt_ids': ids, 'completion_ids': said, 'logprobs': [[0.0] * len(one) for one in said]}


settings = GRPOConfig(
    output_dir='grpo',
    use_cpu=True,
    bf16=False,
    per_device_train_batch_size=3,
    num_generations=3,
    max_steps=1,
    logging_steps=1,
    shuffle_dataset=False,
    save_strategy='no',
    report_to='none',
    model_init_kwargs={'dtype': 'float32'},
)
trainer = GRPOTrainer(
    model=str(model),
    args=settings,
    train_dataset=rows,
    reward_funcs=answered_right,
    rollout_func=plays,
    processing_class=processor,
)


def reward(rollout):
    """What TRL's trainer gets for a rollout, which it has as messages."""
    row = tasks[rollout.task]
    return trainer._calculate_rewards([row], [row['prompt']], [rollout.messages()], [[]])[0, 0].item()


stubbed = [NAME, 'the student: rollouts are given']
found = Rewarded('trl_grpo', f'TRL {trl.__version__}', written(folder / 'data'), stubbed=stubbed)
for row in rows:
    asked = trl.data_utils.prepare_multimodal_messages(row['prompt'], images=row['images'])
    [ids], _, made = trainer._tokenize_prompts([asked])
    found.load(ids, made['image_grid_thw'].tolist() if row['images'] else [], processor.image_token_id)
found.judge([*decided(run), *made_up], reward)
trainer.train()
[mean] = [one['rewards/answered_right/mean'] for one in trainer.state.log_history if 'loss' in one]
assert abs(mean - 1 / 3) < 1e-6, f'one of three rollouts is right, and the mean of their rewards was {mean}'
found.tell()
