import type { TurnMarks } from './turn-marks.ts'

/** A family of models: how its chat template marks pictures and turns. */
export interface StudentFamily extends TurnMarks {
  name: string
  /** What the processor of the family takes for a picture. */
  picture: string
  /** Where a turn of the model begins. */
  answers: string
  /** A template that comes with kindling; of others, the user’s own copy is read. */
  template?: URL
}

const chatml = {
  head: '<|im_start|>',
  answers: '<|im_start|>assistant\n',
  end: '<|im_end|>',
  picture: '<|image_pad|>',
}
const shipped = (name: string): StudentFamily => ({
  ...chatml,
  name,
  template: new URL(`templates/${name}.jinja`, import.meta.url),
})

export const families: readonly StudentFamily[] = [
  shipped('qwen2_5_vl'),
  shipped('qwen3_vl'),
  {
    name: 'gemma3',
    head: '<start_of_turn>',
    answers: '<start_of_turn>model\n',
    end: '<end_of_turn>',
    picture: '<start_of_image>',
  },
  { name: 'llava', head: 'USER:', answers: 'ASSISTANT:', end: '</s>', picture: '<image>' },
  { name: 'llava_next', head: '[INST]', answers: '[/INST]', end: '</s>', picture: '<image>' },
  {
    name: 'smolvlm',
    head: 'User:',
    answers: 'Assistant:',
    end: '<end_of_utterance>',
    picture: '<image>',
  },
]

/** By the names that `config.json` of a model and people use. */
export const familyNamed = (name: string): StudentFamily | undefined =>
  families.find(family => family.name === (aliases[name] ?? name))

const aliases: Record<string, string> = { qwen2_vl: 'qwen2_5_vl', idefics3: 'smolvlm' }
