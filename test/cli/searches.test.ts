import { expect, test } from 'vitest'
import { hit, searchServer } from '../pipeline/search-server.ts'
import { completion } from '../teachers/wire-server.ts'
import { type Answering, place } from './command.ts'

const config = 'searches.config.ts'

/** Searches for how wide a picture is, then answers 8; another model searches for something else at the second. */
const searching: Answering = ({ body }) => {
  if (body.messages.some(({ role }) => role === 'tool'))
    return { body: completion({ content: '<answer>8</answer>' }) }
  const asked = JSON.stringify(body.messages)
  const query = body.model === 'other' && asked.includes('second') ? 'how high' : 'how wide'
  const call = {
    id: 'a',
    type: 'function',
    function: { name: 'text_search', arguments: JSON.stringify({ query }) },
  }
  return { body: completion({ content: 'I search.', tool_calls: [call] }) }
}

const withoutNetwork = 'set -- unshare --map-current-user --net "$@"'

test('searches are limited, priced, reported, taken along, and answered without the engine', async () => {
  await using engine = await searchServer(query => [
    hit(query),
    hit('x', { link: 'https://huggingface.co/x' }),
  ])
  await using here = await place(searching)
  await here.tasks([{}, { question: 'How wide is the second?' }])
  const env = (changes: Record<string, string>) =>
    Object.entries({ SEARCH_URL: engine.url, ...changes })
      .map(([name, value]) => `export ${name}=${value}`)
      .join('; ')
  const dead = { SEARCH_URL: 'http://127.0.0.1:9/' }

  const first = await here.kindling(['run', config, '--json'], env({}))
  expect(first.code, first.err).toBe(0)
  expect(engine.asked).toEqual(['how wide'])
  expect(JSON.parse(first.out)).toMatchObject({
    costs: { services: { engine: { calls: 1, usd: 0.5 } } },
    funnel: { removed: [{ provider: 'engine', reason: 'host', count: 2 }] },
  })
  const told = await here.kindling(['searches'])
  expect(told).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^ {2}engine {2}1 stored {2}(\S+) to \1 {2}0 older than 30 days \(0 %\)\n$/),
  })
  expect(await here.kindling(['searches', 'runs/searching', '--older', 'x'])).toMatchObject({
    code: 2,
    err: '--older: x is no number of days; give one such as 30\n',
  })

  const replayed = await here.kindling(['replay', config], `${env(dead)}; ${withoutNetwork}`)
  expect(replayed.code, replayed.err + replayed.out).toBe(0)

  expect((await here.kindling(['searches', '--export', 'corpus', '--deepeyes', 'cache'])).out).toMatch(
    /^answers written: 1\ntasks whose image search was written: 0\n/,
  )
  const other = env({ ...dead, RUN: 'frozen', MODEL: 'other' })
  const unseeded = await here.kindling(['run', config, '--frozen'], other)
  expect(unseeded.code, unseeded.err).toBe(3)
  const brought = await here.kindling(['searches', 'runs/frozen', '--import', 'corpus'])
  expect(brought).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^answers brought in: 1, there already: 0\n/),
  })
  const frozen = await here.kindling(['run', config, '--frozen', '--json'], other)
  expect(frozen.code, frozen.err).toBe(3)
  expect(JSON.parse(frozen.out).funnel).toMatchObject({
    answered: 1,
    dropped: [{ reason: 'failed_tool', count: 1 }],
  })
  const shown = await here.kindling(['show', 'width/2', '--run', 'runs/frozen'])
  expect(shown.out).toContain(
    'engine has no stored answer to {"query":"how high","top":5}; run without --frozen to ask it',
  )
  expect(engine.asked).toHaveLength(1)
})
