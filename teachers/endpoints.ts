import Type, { type Static } from 'typebox'
import { closed, filledText, httpAddress } from '../schemas/options.ts'
import { patienceOptions } from './patience.ts'
import { apart } from './reading/thoughts.ts'
import { type Teacher, TeacherLimits } from './teacher.ts'

/** One key at one address. */
const EndpointOptions = closed({
  /** The teacher's own when absent. */
  baseURL: Type.Optional(httpAddress),
  /** The environment variable that holds the key. The key itself is in no option, so that it is in no record. */
  apiKeyEnv: Type.Optional(filledText),
  /** The teacher's when absent; each endpoint has them to itself. */
  limits: Type.Optional(TeacherLimits),
})
type EndpointOptions = Static<typeof EndpointOptions>

/** How a teacher is reached: outside of what it is, so that a key more or other limits buy no trajectory again. */
export const ReachOptions = closed({
  ...EndpointOptions.properties,
  /** Several keys, or servers of the same model, in place of one. The one with least to do is asked. */
  endpoints: Type.Optional(Type.Immutable(Type.Array(EndpointOptions))),
  ...patienceOptions,
})
export type ReachOptions = Static<typeof ReachOptions>

/**
 * The teacher that `make` makes, with its limits, and once more for each endpoint. Throws where a client has its own.
 */
export const reached = <Options extends Reached>(
  options: Options,
  make: (options: Options) => Teacher,
): Teacher => apart(everywhere(options, make))

type Reached = ReachOptions & { name?: string; client?: object }

function everywhere<Options extends Reached>(options: Options, make: (options: Options) => Teacher): Teacher {
  const { limits, endpoints: given, ...rest } = options
  const teacher: Teacher = { ...make(options), ...(limits ? { limits } : {}) }
  if (!given || given.length === 0) return teacher
  if (options.client)
    throw new Error(`teacher ${teacher.name}: give it endpoints or a ready client, not both`)
  const endpoints = given.map(endpoint => {
    const where = { limits, ...endpoint }
    const name = `${teacher.name} (${placeOf(endpoint)})`
    return {
      ...make({ ...(rest as Options), ...endpoint, name }),
      ...(where.limits ? { limits: where.limits } : {}),
    }
  })
  let turn = 0
  return {
    ...teacher,
    endpoints,
    ready: () => oneIsReady(endpoints),
    warnings: () => endpoints.flatMap(each => each.warnings?.() ?? []),
    ask: (request, signal) => (endpoints[turn++ % endpoints.length] ?? teacher).ask(request, signal),
    close: async () => void (await Promise.all(endpoints.map(each => each.close?.()))),
  }
}

/** One that cannot be asked is passed over, as long as there are others. */
function oneIsReady(endpoints: readonly Teacher[]): void {
  const problems = endpoints.flatMap(({ ready }) => {
    try {
      ready?.()
      return []
    } catch (error) {
      return [error]
    }
  })
  if (problems.length === endpoints.length) throw problems[0]
}

const placeOf = ({ baseURL, apiKeyEnv }: EndpointOptions) =>
  [apiKeyEnv, baseURL ? new URL(baseURL).host : undefined].filter(Boolean).join(' at ')
