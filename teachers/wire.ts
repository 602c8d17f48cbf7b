import Type, { type Static, type TUnsafe } from 'typebox'
import type { Image } from '../schemas/image.ts'
import { JsonObject } from '../schemas/json.ts'
import { closed, count, filledText, httpAddress, trueOrFalse } from '../schemas/options.ts'
import type { Reply } from '../schemas/trajectory.ts'
import { BatchOptions, type BatchService, batching } from './batch-wire.ts'
import { ReachOptions } from './endpoints.ts'
import { accustomed, type HabitLesson, type Habits, refusalIn, wireHabits } from './habits.ts'
import { lightFetch } from './light-fetch.ts'
import { patiently, unhurried } from './patience.ts'
import { keyFor, type Provider, unseeing, unsentFrom } from './provider.ts'
import type { Answer } from './reading/answer-body.ts'
import { unreadable } from './reading/ends.ts'
import { NoReply } from './reading/no-reply.ts'
import { errorIn, saidIn } from './reading/said-error.ts'
import type { Teacher, TeacherRequest } from './teacher.ts'
import { answeredError, wireError } from './wire-errors.ts'
import type { ImageLimits } from './wire-images.ts'

/** What every teacher behind a provider's package is told. */
const WireOptions = closed({
  ...ReachOptions.properties,
  model: filledText,
  /** A server that speaks the same wire (for OpenAI's: vLLM, SGLang, llama.cpp, Ollama, LM Studio…). */
  baseURL: Type.Optional(httpAddress),
  /**
   * Taken from the environment when absent: from `apiKeyEnv`, or else, for the provider itself, from its own variable.
   * It is never stored.
   */
  apiKey: Type.Optional(Type.String()),
  /** Rollouts per task. */
  samples: Type.Optional(count),
  temperature: Type.Optional(Type.Number({ minimum: 0 })),
  /** Further parameters of the request, as the server documents them. They win over those made here. */
  params: Type.Optional(JsonObject),
  /** Distinguishes teachers of one model. The model's name when absent. */
  name: Type.Optional(filledText),
  /**
   * Read the reply as a stream, which tells a server that works from one that hangs. By default of every server with a
   * `baseURL` that takes it, and where a reply may be longer than 20,000 tokens.
   */
  stream: Type.Optional(trueOrFalse),
  /** Pixels of the long side above which images are sent smaller. By default what the provider takes. */
  imageSide: Type.Optional(count),
  ...wireHabits,
  /** Ask in batches, which cost half and take up to a day. Turning it on or off buys nothing again. */
  batch: Type.Optional(Type.Union([trueOrFalse, BatchOptions])),
})

/** With a ready client of the same package (Azure, Bedrock, Vertex…), which is left as it is. */
export const wireOptions = <Client extends object>(client: TUnsafe<Client>) => ({
  ...WireOptions.properties,
  client: Type.Optional(client),
})
export type WireOptions<Client> = Static<typeof WireOptions> & { client?: Client }

/** How one wire says a request and understands the answer. `toWire` and `fromWire` lose nothing. */
export interface Wire<Client, Body> {
  /** The options that change replies, beyond `WireOptions`. */
  options: JsonObject
  /** Whose key its own variable holds. */
  provider: Provider
  connect(settings: ClientSettings): Client
  /** How the server wants it, to begin with, and what its refusals teach. */
  habits: Habits
  lessons: readonly HabitLesson[]
  toWire(request: TeacherRequest, habits: Habits): Promise<Body>
  /** Sends once. Throws what the package throws. */
  send(client: Client, body: Body, sending: Sending): Promise<Answer>
  /** Reads an answer of whatever shape. `turn` tells it from the others of its conversation. Throws NoReply. */
  fromWire(answer: Answer, turn: string): Reply
  /** The provider's batches of this wire. */
  batches: BatchService<NoInfer<Client>, NoInfer<Body>, unknown>
}

/** How a body is sent: once, without the package's own retries, and until the signal. */
export interface Sending {
  options: ReturnType<typeof unhurried> & { signal: AbortSignal }
  heard(): void
  /** Tells requests apart that are sent as the same body. */
  sample: number
}

/** The teacher behind a wire: connects when first asked, and turns the package's errors into TeacherErrors. */
export function wireTeacher<Client extends object, Body>(
  settings: WireOptions<Client>,
  wire: Wire<Client, Body>,
): Teacher {
  const { model, baseURL, temperature, params = {}, imageSide, samples = 1 } = settings
  const name = settings.name ?? nameOf(model)
  refuseSecrets(baseURL, name)
  let client = settings.client
  const connected = () => {
    client ??= connect(settings, wire, name)
    return client
  }
  const problem = (error: unknown) => wireError(error, name, client && keyOf(client))
  const replyIn = (answer: Answer, turn: string) => {
    const said = 'whole' in answer ? errorIn(answer.whole) : undefined
    if (said) throw answeredError(said, { name, key: client && keyOf(client) })
    try {
      return wire.fromWire(answer, turn)
    } catch (error) {
      if (error instanceof NoReply) throw problem(error)
      return unreadable(error, answer)
    }
  }
  const habits = accustomed(wire.habits, wire.lessons)
  const batched = (options: true | BatchOptions) =>
    batching(
      {
        name,
        patience: settings,
        client: connected,
        write: request => known => wire.toWire(request, { ...known, streams: 'not' }),
        habits: habits.later(),
        reply: (whole, id) => replyIn({ whole }, id),
        refusal: (body, status) =>
          answeredError(saidIn(body, status), { name, key: client && keyOf(client), status }),
        problem,
      },
      wire.batches,
      options === true ? {} : options,
    )
  return {
    name,
    // Neither the key nor what leaves replies as they are: both may change without buying anything again.
    options: {
      model,
      ...given({ baseURL, temperature, imageSide }),
      ...wire.options,
      ...(Object.keys(params).length > 0 ? { params } : {}),
    },
    samples,
    ...(wire.habits.maxTokensAs === 'none' && !saysLength(params) && { endless: true }),
    ready: () => void connected(),
    warnings: () => (settings.client ? [] : unsentFrom(wire.provider, settings)),
    async ask(request, signal) {
      const to = connected()
      const streamed = settings.stream ?? (baseURL !== undefined || request.maxTokens > streamedFrom)
      const turn = String(request.turns.length)
      const asking = habits.ask({
        write: known => wire.toWire(request, streamed ? known : { ...known, streams: 'not' }),
        send: body =>
          patiently(settings, { name, signal }, async ({ signal, heard }) => {
            const options = { ...unhurried(to), signal }
            return replyIn(await wire.send(to, body, { options, heard, sample: request.sample }), turn)
          }),
        refusal: error => refusalIn(Reflect.get(Object(error), 'error'), problem(error)),
      })
      return asking.catch(error => {
        signal.throwIfAborted()
        throw problem(error)
      })
    },
    ...(settings.batch && { batch: batched(settings.batch) }),
  }
}

const saysLength = (params: JsonObject) =>
  Object.keys(params).some(name => /^max_?(\w*_)?tokens$/i.test(name))

/** The address is part of every row's record; a password must not be. */
function refuseSecrets(baseURL: string | undefined, name: string) {
  const { username = '', password = '' } = (baseURL && URL.parse(baseURL)) || {}
  if (username || password)
    throw new Error(
      `teacher ${name}: its baseURL holds a password; give it as the API key or in a ready client`,
    )
}

/** Tokens. Anthropic's package refuses longer replies without a stream from 21,334 on. */
const streamedFrom = 20_000

/** A model's name without what a folder or a flag could stumble over. */
export const nameOf = (model: string) => model.replaceAll(/[^\w.-]+/g, '-')

const keyOf = (client: object) =>
  'apiKey' in client && typeof client.apiKey === 'string' ? client.apiKey : null

/** What the providers' packages are made with. */
export interface ClientSettings {
  apiKey: string
  baseURL?: string
  maxRetries: 0
  fetch: typeof fetch
  logLevel: 'off'
}

function connect<Client>(
  options: WireOptions<object>,
  { provider, connect }: Pick<Wire<Client, never>, 'provider' | 'connect'>,
  name: string,
): Client {
  const to = { apiKey: keyFor(provider, options, name), ...given({ baseURL: options.baseURL }) }
  // Errors are thrown too; printing them would tear the progress display.
  const quiet = { maxRetries: 0, fetch: lightFetch, logLevel: 'off' } as const
  return unseeing(provider, () => connect({ ...to, ...quiet }))
}

export const limitsWith = (limits: ImageLimits, { imageSide }: { imageSide?: number }): ImageLimits => ({
  ...limits,
  ...given({ side: imageSide }),
})

export const given = <T extends Record<string, unknown>>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

export type Bytes = (image: Image) => Promise<Uint8Array>
