import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../../pipeline/errors.ts'
import type { Model } from '../../xray/model.ts'
import { byOwnCode } from '../../xray/own-code.ts'
import type { Sample } from '../../xray/sample.ts'
import type { RenderedRow } from '../../xray/span.ts'
import type { Trainer } from '../../xray/trainer.ts'
import type { XRayAbout } from './found.ts'

interface RenderedRows {
  by: XRayAbout['by']
  rows: RenderedRow[]
}

export interface RenderOptions {
  /** A Python that has the trainer; without one, the environment may name it. */
  python?: string
  /** Path of a chat template. */
  template?: string
  cutoff?: number | undefined
}

/** The trainer’s own code where a Python has it and the model’s folder is given; else its rules. */
export async function renderedBy(
  trainer: Trainer,
  model: Model,
  sample: Sample,
  { python: asked, template, cutoff }: RenderOptions,
): Promise<RenderedRows> {
  const python = asked ?? pythonFor(trainer)
  if (asked !== undefined && (!trainer.own || model.folder === undefined))
    throw new ConfigError(whyNoOwnCode(trainer))
  if (python === undefined || !trainer.own || model.folder === undefined)
    return byRules(trainer, model, sample)
  const { version, rows } = await byOwnCode(sample, {
    script: trainer.own.script,
    python,
    model: model.folder,
    family: model.family.name,
    template: template === undefined ? undefined : readFileSync(template, 'utf8'),
    cutoff,
  })
  return { by: { code: 'own', version }, rows }
}

/** The one that `KINDLING_PYTHON` names, or that of the environment that is activated, if it has the trainer. */
function pythonFor({ own }: Trainer): string | undefined {
  if (process.env.KINDLING_PYTHON) return process.env.KINDLING_PYTHON
  const active = process.env.VIRTUAL_ENV || process.env.CONDA_PREFIX
  if (!own || !active) return undefined
  const has = globSync(`lib/python*/site-packages/${own.module}`, { cwd: active }).length > 0
  return has ? join(active, 'bin/python') : undefined
}

const whyNoOwnCode = ({ name, own }: Trainer) =>
  own
    ? '--python: the trainer’s own code needs a processor; give the model’s folder as --model'
    : `--python: of ${name} only the rules are known; leave --python out`

function byRules(trainer: Trainer, model: Model, { rows, settings }: Sample): RenderedRows {
  const { families, name, version } = trainer
  if (families && !families.includes(model.family.name))
    throw new ConfigError(
      `--model: ${name} has templates of its own, and those for ${families.join(' and ')} are known; for ${model.family.name} give --python with ${name} and the model’s folder`,
    )
  if (!families && !model.chat)
    throw new ConfigError(
      `--model ${model.family.name}: its chat template does not come with kindling; give --template`,
    )
  return {
    by: { code: 'rules', version },
    rows: rows.map(row => trainer.render(row.fields, model, settings)),
  }
}
