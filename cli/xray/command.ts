import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { LengthCounter } from '../../output/length/counter.ts'
import { Family } from '../../output/length/family.ts'
import { lengthCounter } from '../../output/length/lengths.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { sampleOf } from '../../xray/exported.ts'
import { type Model, studentModel } from '../../xray/model.ts'
import type { RenderedRow } from '../../xray/span.ts'
import { countedSpans, cutAt } from '../../xray/tokens.ts'
import type { Trainer } from '../../xray/trainer.ts'
import { trainers } from '../../xray/trainers/all.ts'
import { xray } from '../../xray/xray.ts'
import { guarded } from '../guarded.ts'
import { exportAt } from '../keeping/verify.ts'
import { resultLine } from '../scheduled/head.ts'
import { foundIn, type XRayAbout } from './found.ts'
import { xrayPage } from './page.ts'
import { renderedBy } from './rendered-by.ts'
import { printXRay } from './text.ts'

interface XRayOptions {
  trainer: string
  model: string
  rows: string
  tokenizer?: string
  template?: string
  python?: string
  cutoff?: string
  html?: string
  json?: boolean
}

/** Show what a trainer makes of an export’s rows; status 10 where it is not what was meant. */
export const xraying = (given: string, options: XRayOptions) =>
  guarded(async () => {
    const trainer = trainerNamed(options.trainer)
    const model = studentModel(options.model, options.template)
    const path = existsSync(given) && !existsSync(join(given, 'export')) ? given : await exportAt(given)
    const sample = await sampleOf(path, trainer, wholeNumber('--rows', options.rows))
    const cutoff = cutoffOf(options.cutoff, sample.settings)
    const counter = counterOf(model, options.tokenizer)
    const { by, rows } = await renderedBy(trainer, model, sample, { ...options, cutoff })
    const counted = await Promise.all(
      rows.map((row, index) => withTokens(row, sample.rows[index]?.pictures ?? [], counter, cutoff)),
    )
    const seen = xray(sample, model, counted)
    const about: XRayAbout = {
      trainer: trainer.name,
      model: model.family.name,
      target: sample.target,
      by,
      of: sample.of,
      cutoff: cutoff ?? null,
      counter: by.code === 'own' ? `${trainer.name} ${by.version}` : (counter?.name ?? null),
    }
    const found = foundIn(about, seen)
    const status = found.faults.length === 0 ? 0 : 10
    if (options.html) await writeFile(options.html, xrayPage(found, seen))
    console.log(options.json ? resultLine({ ok: status === 0, ...found }, status) : printXRay(found, seen))
    process.exitCode = status
  })

function trainerNamed(name: string): Trainer {
  const known = trainers.find(trainer => trainer.name === name)
  if (known) return known
  throw new ConfigError(`--trainer ${name}: there are ${trainers.map(({ name }) => name).join(', ')}`)
}

/** As it is asked for, or as the target’s training file says in the words of its trainer. */
function cutoffOf(given: string | undefined, settings: JsonObject): number | undefined {
  if (given !== undefined) return wholeNumber('--cutoff', given)
  const named = settings.cutoff_len ?? settings.sequence_len ?? settings.max_length
  return typeof named === 'number' ? named : undefined
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new ConfigError(`${option} ${text} is no whole number above 0; give such as 20`)
}

/** Tokens of texts are counted by a tokenizer that is given or lies in the model’s folder, and guessed otherwise. */
function counterOf({ family, folder }: Model, given?: string): LengthCounter | undefined {
  const own = folder === undefined ? undefined : join(folder, 'tokenizer.json')
  const tokenizer = given ?? (own && existsSync(own) ? own : undefined)
  const counted = Family.enum.find(name => name === family.name)
  if (counted === undefined) return undefined
  try {
    return lengthCounter({ family: counted, ...(tokenizer && { tokenizer }) })
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error))
  }
}

/** What the trainer’s code counted stays; else it is counted here, and cut where there are too many. */
async function withTokens(
  row: RenderedRow,
  pictures: readonly Uint8Array[],
  counter: LengthCounter | undefined,
  cutoff: number | undefined,
): Promise<RenderedRow> {
  if (!row.ok || counter === undefined || row.rendering.spans.every(({ tokens }) => tokens !== undefined))
    return row
  const rendering = countedSpans(row.rendering, counter, await Promise.all(pictures.map(sizeOfPicture)))
  return { ok: true, rendering: cutoff === undefined ? rendering : cutAt(rendering, cutoff) }
}

async function sizeOfPicture(bytes: Uint8Array) {
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata()
  return { width, height }
}
