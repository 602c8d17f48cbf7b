import { expect, test } from 'vitest'
import type { JsonObject } from '../../schemas/json.ts'
import { compare } from '../../xray/compare.ts'
import type { StudentFamily } from '../../xray/family.ts'
import { meantBy } from '../../xray/meant.ts'
import { studentModel } from '../../xray/model.ts'
import type { Trainer } from '../../xray/trainer.ts'
import { axolotlTrainer } from '../../xray/trainers/axolotl.ts'
import { trlTrainer } from '../../xray/trainers/trl.ts'
import { verlTrainer } from '../../xray/trainers/verl.ts'
import type { TrainingFaultKind } from '../../xray/training-fault.ts'
import { inAxolotl, inTrl, inVerlSft } from './rows.ts'

/** Families that come without a template, each with one of its makers’. */
const theirs: [family: string, template: string, found: TrainingFaultKind[]][] = [
  ['smolvlm', 'idefics3', []],
  // It puts the pictures of a message before its words.
  ['llava_next', 'llava_next', ['picture_moved']],
]

const rows: [target: string, Trainer, JsonObject][] = [
  ...inTrl.map((row, index): [string, Trainer, JsonObject] => [`trl, turn ${index + 1}`, trlTrainer, row]),
  ['axolotl', axolotlTrainer, inAxolotl],
  ['verl_sft', verlTrainer, inVerlSft],
]

const each = theirs.flatMap(([name, template, found]) =>
  rows.map(([target, trainer, row]) => ({ name, template, found, target, trainer, row })),
)

function faultsOf(
  { name, template, trainer, row }: (typeof each)[number],
  changed: Partial<StudentFamily> = {},
): TrainingFaultKind[] {
  const model = studentModel(name, new URL(`templates/${template}.jinja`, import.meta.url).pathname)
  const family = { ...model.family, ...changed }
  const made = trainer.render(row, { ...model, family })
  if (!made.ok) throw new Error(made.problem)
  return [...new Set(compare(meantBy(row), made.rendering, family).faults.map(({ kind }) => kind))]
}

test.each(each)('the turns of $name are known by its own template in a row of $target', one => {
  const found = faultsOf(one)
  expect(one.found).toEqual(expect.arrayContaining(found))
})

test.each(each)('another end than that of $name is not found in a row of $target', one => {
  expect(faultsOf(one, { end: '<end>' })).toContain('end_untrained')
})

test.each(each.filter(({ trainer }) => trainer !== trlTrainer))(
  'another beginning than that of $name trains nothing in a row of $target',
  one => {
    expect(faultsOf(one, { answers: '<answers>' })).toContain('nothing_trained')
  },
)
