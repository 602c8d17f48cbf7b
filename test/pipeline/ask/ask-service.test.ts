import { afterEach, expect, test } from 'vitest'
import { askServices, serviceAdapter } from '../../../pipeline/ask/ask-service.ts'
import { type Means, tries } from '../../../pipeline/ask/asker.ts'
import { type ServiceAnswer, searchKey } from '../../../pipeline/ask/service-answers.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { openSqliteLimiter } from '../../../store/sqlite-limiter.ts'
import type { Store } from '../../../store/store.ts'
import type { Service } from '../../../tools/service.ts'
import type { TextProvider } from '../../../tools/text-search.ts'
import { ToolError } from '../../../tools/tool.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { type Answering, hit, searchEngine, searchServer } from '../search-server.ts'

const { signal } = new AbortController()
const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]()
})

const open = async <T extends AsyncDisposable>(thing: Promise<T>): Promise<T> => {
  const here = await thing
  opened.push(here)
  return here
}

const freshStore = async () => open(openSqliteStore((await open(temporaryFolder())).path))
const eager = { backoff: 1 }
const question = (service: Service, call: () => Promise<unknown>) =>
  serviceAdapter().inquiryOf(service, { query: {}, call })

/** A search engine, and how tools ask it through the record. */
async function engine(answer?: Answering, means: Means = {}, given?: Store) {
  const server = await open(searchServer(answer))
  const store = given ?? (await freshStore())
  const consult = askServices(store, { ...eager, ...means })
  const provider = server.provider()
  const search = (query: string, from: TextProvider = provider, until = signal) =>
    consult(until)(from, { query, top: 5 }, signal => from.search(query, 5, signal))
  return { ...server, store, search, provider }
}

test('what was said is stored whole before it is shown, with its date, and asked once, also by another process', async () => {
  const { store, search, asked, provider } = await engine(() => [hit('b'), hit('a')])
  const found = await search('Niger  area')
  expect(found.map(({ id }) => id)).toEqual(['b', 'a'])
  const [stored] = await Array.fromAsync(store.scan<ServiceAnswer>('searches'))
  expect(stored?.value).toEqual({
    service: 'engine',
    options: { country: 'us' },
    query: { query: 'Niger  area', top: 5 },
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    answer: [hit('b'), hit('a')],
  })
  const other = askServices(store)(signal)
  const never = () => Promise.reject(new Error('asked again'))
  expect(await other(provider, { query: 'niger area', top: 5 }, never)).toEqual(found)
  expect(asked).toHaveLength(1)
})

test('what could not be stored is not shown', async () => {
  const store = await freshStore()
  const full: Store = { ...store, put: () => Promise.reject(new Error('disk is full')) }
  const { search } = await engine(undefined, {}, full)
  await expect(search('a')).rejects.toThrow('disk is full')
})

const pairs: [string, boolean, JsonObject, JsonObject][] = [
  ['blanks', true, { query: ' Lake\t Chad\n' }, { query: 'Lake Chad' }],
  ['capitals', true, { query: 'lake chad' }, { query: 'Lake CHAD' }],
  ['forms of one character', true, { query: 'ｃａｆé ①' }, { query: 'cafe\u0301 1' }],
  ['order of fields', true, { query: 'a', top: 5 }, { top: 5, query: 'a' }],
  ['words', false, { query: 'Lake Chad' }, { query: 'Lake Chads' }],
  ['order of words', false, { query: 'Chad Lake' }, { query: 'Lake Chad' }],
  ['an operator', false, { query: 'lake OR chad' }, { query: 'lake or chad' }],
  ['punctuation', false, { query: '"lake chad"' }, { query: 'lake chad' }],
  ['how many', false, { query: 'a', top: 5 }, { query: 'a', top: 6 }],
  ['an address', false, { url: 'http://a/B' }, { url: 'http://a/b' }],
]

test.each(pairs)('queries that differ in %s are the same: %s', async (_, same, one, other) => {
  const { store, provider } = await engine()
  const consult = askServices(store)(signal)
  let calls = 0
  for (const query of [one, other]) await consult(provider, query, async () => ++calls)
  expect(calls).toBe(same ? 1 : 2)
})

test('an answer that was stored long ago is found: its key never changes', () => {
  const service = { name: 'engine', options: { country: 'us' } }
  expect(searchKey(service, { query: ' Lake  OR chad', top: 5 })).toBe(
    'engine/9f98ee6ee9361eb5892105a4bb8590c154d2a346f5645d76e63eda6011164f68',
  )
  expect(searchKey(service, { url: 'http://a/B' }, 1)).toBe(
    'engine/d7edc70d9942f11ebf12d20b71f7f07c12eff6172e599458c5e1f0987146b5fd@1',
  )
})

test('other parameters and other services have answers of their own', async () => {
  const { search, asked, url } = await engine()
  for (const changes of [{}, { options: { country: 'fr' } }, { name: 'other' }, {}])
    await search('a', searchEngine(url, changes))
  expect(asked).toHaveLength(3)
})

test('who asks the same meanwhile shares the call, and one that is stopped does not stop it', async () => {
  const arrived = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const { store, asked, provider } = await engine()
  const consult = askServices(store)
  const call = async (signal: AbortSignal) => {
    arrived.resolve()
    await answered.promise
    return provider.search('a', 5, signal)
  }
  const first = new AbortController()
  const stopped = consult(first.signal)(provider, { query: 'a' }, call)
  const waits = consult(signal)(provider, { query: 'A' }, call)
  await arrived.promise
  first.abort(new Error('by hand'))
  await expect(stopped).rejects.toThrow('by hand')
  answered.resolve()
  expect(await waits).toEqual([hit('a')])
  expect(asked).toHaveLength(1)
})

test('a call that nobody waits for any more is broken off', async () => {
  const { search, asked, given, provider } = await engine(() => 'hang')
  const stop = new AbortController()
  const left = search('a', provider, stop.signal)
  await expect.poll(() => asked.length).toBe(1)
  stop.abort(new Error('by hand'))
  await expect(left).rejects.toThrow('by hand')
  await expect.poll(() => given.up).toBe(1)
})

test('a failure is told in one harmless line and warned of once; it is not kept', async () => {
  let broken = true
  const warnings: string[] = []
  const { store, search } = await engine(query => (broken ? { status: 403 } : [hit(query)]), {
    warn: message => warnings.push(message),
  })
  const failed = await search('a').catch(error => error)
  expect(failed).toBeInstanceOf(ToolError)
  expect(failed.message).toBe('The search failed: engine: [2J403 of a')
  await expect(search('a')).rejects.toThrow(ToolError)
  expect(warnings).toEqual(['a teacher is told that a search failed: engine: [2J403 of a'])
  expect(await store.count('searches')).toBe(0)
  broken = false
  expect(await search('a')).toEqual([hit('a')])
})

test('what is no failure of the service goes through as it is', async () => {
  const { store, provider } = await engine()
  const consult = askServices(store)(signal)
  for (const error of [new Error('a fault of ours'), new ToolError('no such page')])
    await expect(consult(provider, { query: 'a' }, () => Promise.reject(error))).rejects.toBe(error)
})

const outcomes: [string, { status: number; wait?: number }, number][] = [
  ['broke', { status: 500 }, 5],
  ['is refused for good', { status: 401 }, 1],
  ['is refused for longer than anyone waits', { status: 429, wait: 3600 }, 1],
]

test.each(outcomes)('a call that %s (%o) is tried %i times', async (_, said, times) => {
  const { search, asked } = await engine(() => said)
  await expect(search('a')).rejects.toThrow(ToolError)
  expect(asked).toHaveLength(times)
})

test('what broke once is asked again, and what was refused when the service says', async () => {
  const times: number[] = []
  const { search } = await engine((query, number) => {
    times.push(performance.now())
    return [{ status: 502 }, { status: 429, wait: 1 }, [hit(query)]][number - 1] ?? 'hang'
  })
  expect(await search('a')).toEqual([hit('a')])
  const [, refused = 0, taken = 0] = times
  expect(times).toHaveLength(3)
  expect(taken - refused).toBeGreaterThan(990)
})

test('no more calls are under way than a service allows, and a wait between tries takes no place', async () => {
  const { load, asked, provider, store } = await engine((query, number) =>
    number <= 3 ? { status: 500 } : [hit(query)],
  )
  const limited = { ...provider, limits: { concurrency: 3 } }
  const ask = askServices(store, eager)(signal)
  const queries = Array.from({ length: 12 }, (_, index) => `q${index}`)
  await Promise.all(queries.map(query => ask(limited, { query }, signal => limited.search(query, 5, signal))))
  expect(load.most).toBeLessThanOrEqual(3)
  expect(asked).toHaveLength(15)
})

test('services of one account share its limits, others do not', async () => {
  const { provider } = await engine()
  const named = (name: string, account?: string) => ({
    ...provider,
    name,
    limits: { concurrency: 1, ...(account && { account }) },
  })
  const held = Promise.withResolvers<void>()
  const begun: string[] = []
  const ask = tries(eager)
  const call = (name: string, account?: string) =>
    ask(
      question(named(name, account), async () => {
        begun.push(name)
        if (name === 'first') await held.promise
      }),
      signal,
    )
  const first = call('first', 'ours')
  const second = call('second', 'ours')
  await call('other', 'theirs')
  await call('own')
  expect(begun).toEqual(['first', 'other', 'own'])
  held.resolve()
  await Promise.all([first, second])
  expect(begun).toEqual(['first', 'other', 'own', 'second'])
})

test('a rate is kept by all who share a limiter', async () => {
  const { path } = await open(temporaryFolder())
  using first = openSqliteLimiter(path)
  using second = openSqliteLimiter(path)
  const { provider } = await engine()
  const limited = { ...provider, limits: { requestsPerMinute: 600 } }
  const began = performance.now()
  const asks = [first, second].map(limiter => tries({ limiter }))
  const calls = Array.from({ length: 12 }, (_, index) =>
    asks[index % 2]?.(
      question(limited, async () => index),
      signal,
    ),
  )
  await Promise.all(calls)
  // Half a second's worth, five, at once; a tenth of a second for each of the rest.
  expect(performance.now() - began).toBeGreaterThan(600)
})

test('a frozen record answers what is stored, whenever it was said, and names what is not', async () => {
  const { store, search, asked, provider } = await engine()
  await search('Lake Chad')
  const frozen = askServices(store, {}, { frozen: true, generation: 2 })(signal)
  const never = () => Promise.reject(new Error('asked'))
  expect(await frozen(provider, { query: 'lake chad', top: 5 }, never)).toEqual([hit('Lake Chad')])
  await expect(frozen(provider, { query: 'Niger', top: 5 }, never)).rejects.toThrow(
    'engine has no stored answer to {"query":"Niger","top":5}; run without --frozen to ask it',
  )
  expect(asked).toHaveLength(1)
  expect(await store.count('searches')).toBe(2)
})

test('what is asked anew has answers of its own', async () => {
  const { store, search, provider } = await engine((query, number) => [hit(`${query}${number}`)])
  expect(await search('a')).toEqual([hit('a1')])
  const anew = askServices(store, {}, { generation: 1 })(signal)
  const ask = () => anew(provider, { query: 'a', top: 5 }, signal => provider.search('a', 5, signal))
  expect(await ask()).toEqual([hit('a2')])
  expect(await ask()).toEqual([hit('a2')])
  expect(await search('a')).toEqual([hit('a1')])
})
