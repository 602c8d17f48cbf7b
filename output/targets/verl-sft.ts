import { factory } from '../../schemas/options.ts'
import { images, list, struct, text } from '../columns.ts'
import { Export } from '../export.ts'
import { InlinedOptions, inlined } from '../inlined/inlined.ts'
import { trainingFile } from './training-file.ts'

/**
 * Kept trajectories for verl's MultiTurnSFTDataset, which trains every message of the assistant. It hands tools to a
 * template with all their fields filled with nulls, so tools are words.
 */
export const verlSft = factory(
  Export,
  'verlSft',
  InlinedOptions,
  inlined({
    name: 'verl_sft',
    trainer: { name: 'verl, SFT', load: 'in the folder: --config-name=sft, as sft.yaml says' },
    about:
      'For supervised fine-tuning with verl: `torchrun --nproc_per_node=8 -m verl.trainer.sft_trainer --config-path=$PWD --config-name=sft` in this folder.',
    column: list('messages', struct('element', [text('role'), text('content')]).type),
    written: messages => messages.map(message => ({ ...message })),
    images: images({ decode: false }),
    files: () => ({ 'sft.yaml': settings }),
  }),
)

const settings = trainingFile(
  'torchrun --nproc_per_node=8 -m verl.trainer.sft_trainer --config-path=$PWD --config-name=sft',
  {
    hydra: { searchpath: ['pkg://verl.trainer.config'] },
    defaults: ['sft_trainer_engine', '_self_'],
    model: { path: 'Qwen/Qwen2.5-VL-7B-Instruct' },
    data: { train_files: 'train', max_length: 32768, train_batch_size: 16, micro_batch_size_per_gpu: 1 },
    optim: { lr: 1e-5 },
    trainer: {
      project_name: 'kindling',
      experiment_name: 'sft',
      total_epochs: 1,
      default_local_dir: 'output',
    },
  },
)
