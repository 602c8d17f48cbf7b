import { factory } from '../../schemas/options.ts'
import { images, list, struct, text } from '../columns.ts'
import { Export } from '../export.ts'
import { InlinedOptions, inlined, typedParts } from '../inlined/inlined.ts'
import { trainingFile } from './training-file.ts'

const part = struct('element', [text('type'), text('text')])

/**
 * Kept trajectories for TRL, as messages of typed parts with the pictures beside them. TRL gives no tools to a template
 * that sees pictures, so they are words. The loss is on what the assistant said (`assistant_only_loss`, from TRL 1.16
 * with transformers 5.18).
 */
export const trl = factory(
  Export,
  'trl',
  InlinedOptions,
  inlined({
    name: 'trl',
    trainer: { name: 'TRL', load: 'in the folder: trl sft --config sft.yaml' },
    about:
      'For supervised fine-tuning with TRL from 1.16, whose `assistant_only_loss` trains all turns of the assistant: `trl sft --config sft.yaml` in this folder.',
    column: list('messages', struct('element', [text('role'), list('content', part.type)]).type),
    written: messages =>
      messages.map(({ role, content }) => ({
        role,
        content: typedParts(content, {
          text: text => ({ type: 'text', text }),
          picture: () => ({ type: 'image', text: null }),
        }),
      })),
    images: images({ decode: true }),
    files: () => ({ 'sft.yaml': settings }),
  }),
)

const settings = trainingFile('trl sft --config sft.yaml', {
  model_name_or_path: 'Qwen/Qwen2.5-VL-7B-Instruct',
  datasets: [{ path: 'parquet', data_files: 'train/*.parquet', split: 'train' }],
  assistant_only_loss: true,
  max_length: null,
  dtype: 'bfloat16',
  per_device_train_batch_size: 1,
  gradient_accumulation_steps: 16,
  learning_rate: 1e-5,
  num_train_epochs: 1,
  output_dir: 'output',
})
