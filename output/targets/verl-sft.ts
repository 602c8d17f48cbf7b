import { factory } from '../../schemas/options.ts'
import { images, list, struct, text } from '../columns.ts'
import { Export } from '../export.ts'
import { inlined } from '../inlined/inlined.ts'
import { LessonExportOptions } from '../lesson-export.ts'
import { type Training, trainingFile } from './training-file.ts'

const command = 'torchrun --nproc_per_node=8 -m verl.trainer.sft_trainer --config-path=$PWD --config-name=sft'

/**
 * Kept trajectories for verl's MultiTurnSFTDataset, which trains every message of the assistant. It hands tools to a
 * template with all their fields filled with nulls, so tools are words.
 */
export const verlSft = factory(
  Export,
  'verlSft',
  LessonExportOptions,
  inlined({
    name: 'verl_sft',
    about: 'For supervised fine-tuning with verl. Tools, calls and what came back are words.',
    trainer: { name: 'verl, SFT', load: `in the folder: ${command}` },
    column: list('messages', struct('element', [text('role'), text('content')]).type),
    written: messages => messages.map(message => ({ ...message })),
    images: images({ decode: false }),
    files: totals => ({ 'sft.yaml': trainingFile(command, totals, settings) }),
  }),
)

const settings = ({ model, cutoff }: Training) => ({
  hydra: { searchpath: ['pkg://verl.trainer.config'] },
  defaults: ['sft_trainer_engine', '_self_'],
  model: { path: model },
  data: {
    train_files: 'train',
    // A longer row ends the command.
    max_length: cutoff,
    max_token_len_per_gpu: Math.max(8192, cutoff),
    train_batch_size: 16,
    micro_batch_size_per_gpu: 1,
  },
  optim: { lr: 1e-5 },
  trainer: {
    project_name: 'kindling',
    experiment_name: 'sft',
    total_epochs: 1,
    logger: ['console'],
    default_local_dir: '../../trained/verl_sft',
  },
})
