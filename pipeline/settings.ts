import { join } from 'node:path'
import type { Check } from '../checks/check.ts'
import { prompt } from '../prompts/prompt.ts'
import { fromConfig } from '../schemas/config-folder.ts'
import { readOptions } from '../schemas/options.ts'
import { defaultStore } from '../store/default.ts'
import { Config, modelsOf, type Settings, servicesOf } from './config.ts'
import { ConfigError } from './errors.ts'
import { among, refuseMissing } from './needs.ts'

/** Fill in the defaults; throws with one line where the parts do not fit together. */
export function settings(given: Config): Settings {
  const config = readOptions('', Config, given)
  const { limits, prompts, output = 'runs', tasks, screens = [], prices, shared, ...rest } = config
  if (config.teachers.length === 0) throw new ConfigError('teachers: there is none; add one')
  refuseTwins('teachers', config.teachers)
  refuseTwins('tools', config.tools)
  refuseTwins('exports', config.exports)
  refuseTwins('checks', config.checks)
  refuseTwins('screens', screens)
  for (const { name, samples } of modelsOf(config)) refuseNoughts(`teachers: ${name}`, { samples })
  refuseBatches('checks', config.checks)
  refuseBatches('screens', screens)
  refuseLimits(
    'teachers',
    modelsOf(config).flatMap(teacher => teacher.endpoints ?? [teacher]),
  )
  refuseLimits('tools', servicesOf(config))
  for (const { name, usdPerCall } of servicesOf(config))
    refuseAmount(`tools: ${name}: usdPerCall`, usdPerCall)
  if (config.fill) refuseMissing(config.fill, config)
  return {
    ...rest,
    filters: config.filters.map(step => among(step, config)),
    tasks: [tasks].flat(),
    screens,
    store: config.store ?? defaultStore,
    limits: { turns: 9, concurrency: 8, maxTokens: 4096, ...limits },
    prompts: { system: prompt('system'), python: prompt('python'), question: prompt('question'), ...prompts },
    folder: fromConfig(join(output, config.name)),
    ...(prices !== undefined && { prices: fromConfig(prices) }),
    ...(shared !== undefined && { shared: fromConfig(shared) }),
  }
}

function refuseTwins(field: string, plugins: readonly { name: string }[]) {
  const names = plugins.map(({ name }) => name)
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin) throw new ConfigError(`${field}: two are named ${twin}; give one another name`)
}

function refuseNoughts(field: string, counts: object) {
  const wrong = Object.entries(counts).find(([, count]) => !(Number.isSafeInteger(count) && count > 0))
  if (wrong) throw new ConfigError(`${field}: ${wrong[0]} is ${wrong[1]}; give a whole number from 1`)
}

type Limited = { name: string; limits?: { account?: string } | undefined }

function refuseLimits(field: string, limited: readonly Limited[]) {
  for (const { name, limits } of limited) {
    const { account: _, ...counts } = limits ?? {}
    refuseNoughts(`${field}: ${name}: limits`, counts)
  }
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

function refuseAmount(field: string, usd: number | undefined) {
  if (usd !== undefined && !(Number.isFinite(usd) && usd >= 0))
    throw new ConfigError(`${field}: ${usd} is not an amount in USD; give a number such as 20`)
}
