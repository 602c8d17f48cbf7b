import type { Files } from '../../tasks/files.ts'
import { tellChat } from '../chat.ts'
import type { RolloutOptions } from '../options.ts'
import { chatOfItems, inputItems } from '../response-items.ts'
import { fieldsIn, itemsIn, type PlainRow, textAs } from '../row.ts'
import type { PicturesOfRow } from '../row-pictures.ts'
import { rowRollouts } from '../row-rollouts.ts'
import type { RolloutSource } from '../source.ts'
import { openTelling, toolsIn } from '../telling.ts'

/**
 * Rollouts that NeMo Gym collected: `responses_create_params` asks and `response.output` answers, both in items of
 * OpenAI's Responses. Which field holds the right answer is another one for each of its servers: name it by `answer`.
 */
export const nemoGym = (files: Files, options: RolloutOptions = {}): RolloutSource =>
  rowRollouts({ name: 'nemo_gym', profile: 'plain', images: 'images', read }, files, options)

function read(row: PlainRow, pictures: PicturesOfRow) {
  const asked = fieldsIn(row.responses_create_params)
  const { output, model } = fieldsIn(row.response)
  const said = itemsIn(output).map(fieldsIn)
  if (said.length === 0) return 'has no response with an output; name another format or leave the row out'
  const told = openTelling()
  told.system(textAs(asked.instructions))
  tellChat(chatOfItems([...inputItems(asked.input), ...said]), told, pictures)
  const { _ng_rollout_index: sample } = row
  return told.end({
    tools: toolsIn(asked.tools),
    id: typeof row._ng_task_index === 'number' ? `task/${row._ng_task_index}` : textAs(row.id),
    ...(typeof sample === 'number' && { sample: Math.max(0, Math.trunc(sample)) }),
    model: textAs(model) || textAs(asked.model),
  })
}
