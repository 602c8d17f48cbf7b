import { join } from 'node:path'
import Type from 'typebox'
import type { Check } from '../checks/check.ts'
import { lengthCounter } from '../output/length/lengths.ts'
import { prompt } from '../prompts/prompt.ts'
import { twofold } from '../prompts/twofold.ts'
import type { RolloutSource } from '../rollouts/source.ts'
import { fromConfig } from '../schemas/config-folder.ts'
import { closed, count, readOptions, usd } from '../schemas/options.ts'
import { defaultStore } from '../store/default.ts'
import { TeacherLimits } from '../teachers/teacher.ts'
import { ServiceLimits } from '../tools/service.ts'
import { Config, modelsOf, type Settings, servicesOf } from './config.ts'
import { ConfigError } from './errors.ts'
import { among, refuseMissing } from './filter-needs.ts'

/** What a teacher or a service says of itself in numbers, whoever made it. */
const AskedModel = closed({ samples: count, limits: Type.Optional(TeacherLimits) })
const AskedService = closed({ usdPerCall: Type.Optional(usd), limits: Type.Optional(ServiceLimits) })

/** Fill in the defaults; throws with one line where the parts do not fit together. */
export function settings(given: Config): Settings {
  const config = readOptions('', Config, given)
  const { limits, prompts, output = 'runs', tasks, screens = [], prices, shared, ...rest } = config
  const rollouts = [config.rollouts ?? []].flat()
  refuseNone(config, rollouts)
  refuseTwins('teachers', [...config.teachers, ...rollouts])
  refuseTwins('tools', config.tools)
  refuseTwins('exports', config.exports)
  refuseTwins('checks', config.checks)
  refuseTwins('screens', screens)
  refuseBatches('checks', config.checks)
  refuseBatches('screens', screens)
  for (const { name, samples, limits } of modelsOf(config).flatMap(each => [each, ...(each.endpoints ?? [])]))
    readOptions(`teachers: ${name}`, AskedModel, { samples, limits })
  for (const { name, usdPerCall, limits } of servicesOf(config))
    readOptions(`tools: ${name}`, AskedService, { usdPerCall, limits })
  if (config.workers) refuseWaiting(config)
  if (config.fill) refuseMissing(config.fill, config)
  // Read here, so that a file that is none costs no run.
  if (config.lengths) lengthCounter(config.lengths)
  return {
    ...rest,
    filters: config.filters.map(step => among(step, config)),
    tasks: [tasks].flat(),
    rollouts,
    screens,
    store: config.store ?? defaultStore,
    limits: { turns: 9, concurrency: 8, maxTokens: 4096, ...limits },
    prompts: {
      system: twofold('system'),
      python: twofold('python'),
      question: prompt('question'),
      ...prompts,
    },
    folder: fromConfig(join(output, config.name)),
    ...(prices !== undefined && { prices: fromConfig(prices) }),
    ...(shared !== undefined && { shared: fromConfig(shared) }),
  }
}

/** Rollouts of others need neither tasks nor teachers, and one of these without the other is a slip. */
function refuseNone({ teachers, tasks }: Config, rollouts: readonly RolloutSource[]) {
  const isSlip = rollouts.length === 0 || [tasks].flat().length > 0
  if (teachers.length === 0 && isSlip) throw new ConfigError('teachers: there is none; add one')
}

function refuseTwins(field: string, plugins: readonly { name: string }[]) {
  const names = plugins.map(({ name }) => name)
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin) throw new ConfigError(`${field}: two are named ${twin}; give one another name`)
}

/** A worker gives a rollout back only when it is over, so it cannot wait a day for a batch. */
function refuseWaiting(config: Config) {
  const batched = config.teachers.find(({ batch }) => batch)
  if (batched)
    throw new ConfigError(
      `workers: ${batched.name} is asked in batches, which workers do not; leave out one of the two`,
    )
}

/** A batch takes up to a day; checks and screens have their models answer while they work. */
function refuseBatches(field: string, plugins: readonly Pick<Check, 'name' | 'models'>[]) {
  for (const { name, models = [] } of plugins) {
    const batched = models.find(({ batch }) => batch)
    if (batched)
      throw new ConfigError(
        `${field}: ${name} asks ${batched.name} in batches, which it cannot wait for; give it the model without \`batch\``,
      )
  }
}
