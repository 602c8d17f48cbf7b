import { factory } from '../../schemas/options.ts'
import { images, list, struct, text } from '../columns.ts'
import { Export } from '../export.ts'
import { inlined, typedParts } from '../inlined/inlined.ts'
import { LessonExportOptions } from '../lesson-export.ts'
import { type Training, trainingFile } from './training-file.ts'

const part = struct('element', [text('type'), text('text')])

const command = 'trl sft --config sft.yaml'

/**
 * Kept trajectories for TRL, as messages of typed parts with the pictures beside them. TRL gives no tools to a template
 * that sees pictures, so they are words. The loss is on what the assistant said (`assistant_only_loss`, from TRL 1.16
 * with transformers 5.18).
 */
export const trl = factory(
  Export,
  'trl',
  LessonExportOptions,
  inlined({
    name: 'trl',
    about:
      'For supervised fine-tuning with TRL from 1.16, whose `assistant_only_loss` trains all turns of the assistant. Tools, calls and what came back are words.',
    trainer: { name: 'TRL', load: `in the folder: ${command}` },
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
    files: totals => ({ 'sft.yaml': trainingFile(command, totals, settings) }),
  }),
)

const settings = ({ model }: Training) => ({
  model_name_or_path: model,
  datasets: [{ path: 'parquet', data_files: 'train/*.parquet', split: 'train' }],
  assistant_only_loss: true,
  // It takes no bound for pixels: where pictures are larger than was counted, a cutoff would cut.
  max_length: null,
  dtype: 'bfloat16',
  per_device_train_batch_size: 1,
  gradient_accumulation_steps: 16,
  learning_rate: 1e-5,
  num_train_epochs: 1,
  output_dir: '../../trained/trl',
})
