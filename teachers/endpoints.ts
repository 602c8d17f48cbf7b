import type { Teacher, TeacherLimits } from './teacher.ts'

/** One key at one address. */
export interface EndpointOptions {
  /** The teacher's own when absent. */
  baseURL?: string
  /** The environment variable that holds the key. The key itself is in no option, so that it is in no record. */
  apiKeyEnv?: string
  /** The teacher's when absent; each endpoint has them to itself. */
  limits?: TeacherLimits
}

/** How a teacher is reached: outside of what it is, so that a key more or other limits buy no trajectory again. */
export interface ReachOptions extends EndpointOptions {
  /** Several keys, or servers of the same model, in place of one. The one with least to do is asked. */
  endpoints?: readonly EndpointOptions[]
}

/** The teacher that `make` makes, with its limits, and once more for each endpoint. Throws where a client has its own. */
export function reached<Options extends ReachOptions & { name?: string; client?: object }>(
  options: Options,
  make: (options: Options) => Teacher,
): Teacher {
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
