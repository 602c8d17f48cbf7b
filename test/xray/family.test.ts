import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
import { temporaryFolder } from '../fixtures.ts'
import { inAxolotl, inTrl, inVerlSft } from './rows.ts'

/** Families that come without a template, each with one of its makers’, or as these tell it. */
const theirs: [family: string, template: string, found: TrainingFaultKind[]][] = [
  ['smolvlm', 'idefics3', []],
  ['gemma3', 'gemma3', []],
  // They put the pictures of a message before its words.
  ['llava_next', 'llava_next', ['picture_moved']],
  ['llava', 'llava', ['picture_moved']],
]

/** As a training file tells axolotl of turns that it does not know. */
const told = { role_boundaries: [{ role: 'assistant' }] }

const templateOf = (name: string) => new URL(`templates/${name}.jinja`, import.meta.url).pathname

const rows: [target: string, Trainer, JsonObject][] = [
  ...inTrl.map((row, index): [string, Trainer, JsonObject] => [`trl, turn ${index + 1}`, trlTrainer, row]),
  ['axolotl', axolotlTrainer, inAxolotl],
  ['verl_sft', verlTrainer, inVerlSft],
]

const each = theirs.flatMap(([name, template, found]) =>
  rows.map(([target, trainer, row]) => ({ name, template, found, target, trainer, row })),
)

function faultsOf(
  { name, template, trainer, row }: Pick<(typeof each)[number], 'name' | 'template' | 'trainer' | 'row'>,
  changed: Partial<StudentFamily> = {},
  settings: JsonObject = told,
): TrainingFaultKind[] {
  const model = studentModel(name, templateOf(template))
  const family = { ...model.family, ...changed }
  const made = trainer.render(row, { ...model, family }, settings)
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

test.each([
  ['gemma3', 'gemma3', {}, false],
  ['gemma3', 'gemma3', { chat_template: 'gemma3' }, false],
  ['gemma3', 'gemma3', { chat_template: 'tokenizer_default' }, true],
  ['llava', 'llava', {}, true],
  ['smolvlm', 'idefics3', {}, true],
  ['smolvlm', 'idefics3', told, false],
])('whether axolotl trains on results of %s by %s with %j: %s', (name, template, settings, isTrained) => {
  const found = faultsOf({ name, template, trainer: axolotlTrainer, row: inAxolotl }, {}, settings)
  expect(found.includes('observation_trained')).toBe(isTrained)
})

test('a template that ends no turn teaches no end, and its turns are known all the same', async () => {
  await using folder = await temporaryFolder()
  const endless = join(folder.path, 'endless.jinja')
  await writeFile(endless, readFileSync(templateOf('llava'), 'utf8').replace("'</s>'", "' '"))
  const model = studentModel('llava', endless)
  const made = verlTrainer.render(inVerlSft, model)
  if (!made.ok) throw new Error(made.problem)
  const kinds = compare(meantBy(inVerlSft), made.rendering, model.family).faults.map(({ kind }) => kind)
  expect([...new Set(kinds)].sort()).toEqual(['end_untrained', 'picture_moved'])
})
