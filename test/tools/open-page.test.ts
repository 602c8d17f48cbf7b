import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { InputError } from '../../schemas/input-error.ts'
import { type OpenPageOptions, openPage } from '../../tools/open-page.ts'
import { ServiceError } from '../../tools/service.ts'
import { ToolError } from '../../tools/tool.ts'
import { internet, type Network } from '../../tools/web/public-web.ts'
import { toolConformance } from '../conformance/tool.ts'
import { type Answer, type Arrived, answeringServer } from './answering-server.ts'
import { shown } from './context.ts'

/** A web of its own, where every name leads to this machine. */
const web: Network = {
  resolve: async () => ['127.0.0.1'],
  mayReach: address => address === '127.0.0.1',
}

type Site = (arrived: Arrived, origin: string) => Answer | 'hang' | 'cut'

/** A site at example.org on this machine. */
async function withSite<T>(
  site: Site,
  work: (origin: string, server: Awaited<ReturnType<typeof answeringServer>>) => Promise<T>,
): Promise<T> {
  let origin = ''
  await using server = await answeringServer(arrived => site(arrived, origin))
  origin = `http://example.org:${server.port}`
  return await work(origin, server)
}

async function opening(link: string, options: OpenPageOptions = {}, network = web) {
  await using run = await shown()
  const port = Number(URL.parse(link)?.port)
  const tool = openPage({ ...(port && { ports: [port] }), ...options }, network)
  const { parts, data } = await tool.run({ link } as never, run.context)
  return { text: parts[0]?.type === 'text' ? parts[0].text : '', data }
}

const reading = (answer: Answer | 'hang' | 'cut', options: OpenPageOptions = {}) =>
  withSite(
    () => answer,
    origin => opening(`${origin}/page#part`, options),
  )

const sentence = 'Lake Chad is a shallow lake in Africa, which has been shrinking for a long time. '
const article = `<!doctype html><html><head><title>Lake Chad</title>
<meta property="article:published_time" content="2024-01-05"><style>p { color: red }</style></head>
<body><nav><a href="/">Home</a> <a href="/more">More of this site</a></nav>
<article><h1>Lake Chad</h1><p>${sentence.repeat(5)}</p><h2>Figures</h2>
<table><tr><th>Area</th><td>1,350 km²</td></tr><tr><th>Depth</th><td>10 m</td></tr></table>
<p>First line<br>second&nbsp;line &amp; <b>bold</b>.</p><ul><li>one<li>two</ul><pre>a
  b</pre></article><footer>All rights reserved</footer></body></html>`

test('A page is read as its text, without what stands around it', async () => {
  const { text, data } = await reading({ body: article })
  expect(text).toMatch(/^Lake Chad \(link: http:\/\/example\.org:\d+\/page, published: 2024-01-05\)\n\n/)
  expect(text).toContain(sentence.repeat(5).trim())
  expect(text).toContain('\n\n## Figures\n\n')
  expect(text).toContain('\nArea | 1,350 km²\nDepth | 10 m\n')
  expect(text).toContain('\n\nFirst line\nsecond line & bold.\n\n- one\n- two\n\na\n  b')
  expect(text).not.toMatch(/Home|More of this|rights reserved|color: red|<\w/)
  expect(data).toMatchObject({
    kind: 'results',
    provider: 'open_page',
    results: [{ title: 'Lake Chad', date: '2024-01-05', link: expect.stringMatching(/\/page$/) }],
  })
})

test('A page that is no article is read whole', async () => {
  const { text } = await reading({ body: '<title>T</title><ul><li>one<li>two</ul><script>x</script>' })
  expect(text).toMatch(/^T \(link: .*\)\n\n- one\n- two$/)
  expect((await reading({ body: '' })).text).toMatch(/\n\nThe page has no text\.$/)
})

test('Plain text is shown as it is, and any encoding that is named is read', async () => {
  const type = (value: string) => ({ headers: { 'content-type': value } })
  const latin = Buffer.from(
    '<html><head><meta charset="iso-8859-1"></head><body>Niamé</body></html>',
    'latin1',
  )
  expect((await reading({ ...type('text/plain'), body: 'a <b>\r\n  c\u0000' })).text).toMatch(
    /\n\na <b>\n {2}c$/,
  )
  expect((await reading({ ...type('text/html'), body: latin })).text).toMatch(/Niamé$/)
  expect(
    (await reading({ ...type('text/plain; charset=iso-8859-1'), body: Buffer.from('é', 'latin1') })).text,
  ).toMatch(/é$/)
  expect((await reading({ ...type('text/plain; charset=none-such'), body: 'é' })).text).toMatch(/é$/)
})

test('Of a long page only the start is shown, and how much is left out is said', async () => {
  const { text } = await reading({ body: `<p>${'word '.repeat(200)}` }, { maxChars: 100 })
  expect(text).toContain(`\n\n${'word '.repeat(20)}\n\n… 899 characters left out …`)
})

test('Nothing in a page is run, and nothing that it names is fetched', () =>
  withSite(
    ({ path }, origin) => ({
      body:
        path === '/'
          ? `<html><head><link rel=stylesheet href="${origin}/a.css"><script src="${origin}/b.js"></script>
             <meta http-equiv=refresh content="0;url=${origin}/c"><base href="${origin}/d/"></head>
             <body onload="fetch('${origin}/e')"><img src="${origin}/f.png"><iframe src="${origin}/g"></iframe>
             <script>globalThis.constructor.constructor('return process')().exit()</script>
             <object data="${origin}/h"></object><video src="${origin}/i" poster="${origin}/j"></video>Seen</body></html>`
          : '',
    }),
    async (origin, server) => {
      expect((await opening(`${origin}/`)).text).toMatch(/\n\nSeen$/)
      expect(server.arrived.map(({ path }) => path)).toEqual(['/'])
    },
  ))

const faults: [what: string, answer: Answer | 'hang' | 'cut', line: RegExp, options?: OpenPageOptions][] = [
  ['a page that is not there', { status: 404, body: 'no' }, /404 Not Found/],
  ['a picture', { headers: { 'content-type': 'image/png' } }, /it is image\/png, not a page/],
  ['a broken connection', 'cut', /it cannot be reached/],
  ['a page that is too large', { body: 'x'.repeat(2000) }, /larger than 1000 bytes/, { maxBytes: 1000 }],
  [
    'a small page that unpacks to a large one',
    { body: gzipSync(Buffer.alloc(9_000_000)), headers: { 'content-encoding': 'gzip' } },
    /larger than 3000000 bytes/,
  ],
  ['a server that hangs', 'hang', /did not answer within 0.2 s/, { timeoutMs: 200 }],
  [
    'a page that nobody could read in time',
    { body: '<div>'.repeat(500_000) },
    /its page takes too much to be read/,
    { timeoutMs: 3000 },
  ],
]

test.each(faults)('%s is a failure, said in one line', async (_, answer, line, options) => {
  const error = await reading(answer, options).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(ServiceError)
  expect((error as Error).message).toMatch(line)
  expect((error as Error).message).toMatch(/^open_page: example\.org:\d+: [^\n]+$/)
})

test('Redirects are followed, but not forever', () =>
  withSite(
    ({ path }) =>
      path === '/5' ? { body: '<p>Seen' } : { status: 302, headers: { location: `./${+path.slice(1) + 1}` } },
    async (origin, server) => {
      const { text } = await opening(`${origin}/1`)
      expect(text).toContain(`link: ${origin}/5`)
      expect(text).toMatch(/Seen$/)
      server.arrived.length = 0
      await expect(opening(`${origin}/6`)).rejects.toThrow(/redirected more than 5 times/)
      expect(server.arrived.length).toBe(6)
    },
  ))

const nowhere = [
  'not a link',
  '',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'ftp://example.org/',
  'data:text/html,hello',
  'https://user:secret@example.org/',
  'http://example.org:22/',
  'http://example.org:6379/',
]

test.each(nowhere)('%j is the teacher’s mistake, and nobody is asked', async link => {
  await using run = await shown()
  const asked = openPage().run({ link } as never, {
    ...run.context,
    consult: () => Promise.reject(new Error('somebody was asked')),
  })
  await expect(asked).rejects.toThrow(ToolError)
  await expect(asked).rejects.toThrow(/^[^\n]+$/)
  await expect(asked).rejects.not.toThrow(/secret/)
})

/** Every way to write this machine that URL takes; each with what a server on it would have got. */
const loopback = ['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.1', '0.0.0.0', '0', '[::]', '[::1]']
const mapped = ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '[0:0:0:0:0:0:0:1]']
const names = ['localhost', 'LOCALHOST', '127.0.0.1.', '①②⑦.0.0.1']

test.each([...loopback, ...mapped, ...names])('http://%s/ is not opened by default', host =>
  withSite(
    () => ({ body: 'secret' }),
    async (_, server) => {
      const asked = opening(`http://${host}:${server.port}/`, {}, internet)
      await expect(asked).rejects.toThrow(/is no address of the public web/)
      expect(server.arrived).toEqual([])
    },
  ),
)

test.each(['169.254.169.254', '10.0.0.1', '192.168.0.1', '100.64.0.1', '[fd00::1]', '[fe80::1]'])(
  'http://%s/ is not opened by default',
  async host => {
    await expect(opening(`http://${host}/`, {}, internet)).rejects.toThrow(/is no address of the public web/)
  },
)

test('A redirect to an address that is not public, or to a link that may not be opened, is not followed', () =>
  withSite(
    () => ({ body: 'secret' }),
    async (_, inner) => {
      const targets: [string, RegExp][] = [
        [`http://127.0.0.2:${inner.port}/`, /127\.0\.0\.2 is no address of the public web/],
        [`http://[::1]:${inner.port}/`, /\[::1\] is no address/],
        [`http://other.example:${inner.port}/`, /pages of other\.example may not be opened/],
        ['file:///etc/passwd', /only http and https/],
        [`http://a:b@example.org:${inner.port}/`, /user name or password/],
        ['http://example.org:22/', /port 22/],
      ]
      for (const [location, line] of targets)
        await withSite(
          () => ({ status: 301, headers: { location } }),
          async (origin, { port }) => {
            const options = { deny: ['other.example'], ports: [port, inner.port] }
            await expect(opening(`${origin}/`, options)).rejects.toThrow(line)
          },
        )
      expect(inner.arrived).toEqual([])
    },
  ))

test('A name is looked up once for each connection, and what was looked at is what is connected to', () =>
  withSite(
    () => ({ body: '<p>Seen' }),
    async (origin, server) => {
      const answers = [['127.0.0.1'], ['127.0.0.2']]
      const hosts: string[] = []
      const changing: Network = {
        ...web,
        resolve: async host => {
          hosts.push(host)
          return answers[hosts.length - 1] ?? []
        },
      }
      expect((await opening(`${origin}/`, {}, changing)).text).toMatch(/Seen$/)
      expect(hosts).toEqual(['example.org'])
      await expect(opening(`${origin}/`, {}, changing)).rejects.toThrow(
        /example\.org is no address of the public web/,
      )
      await expect(opening(`${origin}/`, {}, changing)).rejects.toThrow(/example\.org has no address/)
      expect(server.arrived.length).toBe(1)
    },
  ))

test('A name that leads to a public and to another address is refused whole', () =>
  withSite(
    () => ({ body: '<p>Seen' }),
    async (origin, server) => {
      const both = { ...web, resolve: async () => ['127.0.0.1', '127.0.0.2'] }
      await expect(opening(`${origin}/`, {}, both)).rejects.toThrow(/is no address of the public web/)
      expect(server.arrived).toEqual([])
    },
  ))

const lists: [link: string, options: OpenPageOptions, opened: boolean][] = [
  ['http://www.example.org/', { allow: ['example.org'] }, true],
  ['http://EXAMPLE.org./', { allow: ['Example.ORG'] }, true],
  ['http://notexample.org/', { allow: ['example.org'] }, false],
  ['http://example.org.evil.net/', { allow: ['example.org'] }, false],
  ['http://a.example.org/', { deny: ['example.org'] }, false],
  ['http://example.org/', { allow: ['example.org'], deny: ['a.example.org'] }, true],
  ['http://b.a.example.org./', { allow: ['example.org'], deny: ['a.example.org'] }, false],
  ['http://bücher.example/', { deny: ['xn--bcher-kva.example'] }, false],
  ['http://example.org/', { allow: [] }, false],
]

test.each(lists)('%s with %j is opened: %s', async (link, options, opened) => {
  await using run = await shown()
  const asked: unknown[] = []
  const consult = async (_: unknown, query: object) => {
    asked.push(query)
    return { link, title: 'T', date: null, text: 'x' }
  }
  const call = openPage(options).run({ link } as never, { ...run.context, consult: consult as never })
  if (opened) await call
  else await expect(call).rejects.toThrow(/may not be opened/)
  expect(asked.length).toBe(opened ? 1 : 0)
})

test.each(['', 'https://example.org', 'example.org/path', 'a b', 'user@example.org', 'example.org:80', '*'])(
  'A list with %j, which is no host, is refused',
  host => {
    expect(() => openPage({ allow: [host] })).toThrow(InputError)
    expect(() => openPage({ deny: [host] })).toThrow(InputError)
  },
)

test('The description says which pages can be opened and how much of them is shown', () => {
  expect(openPage({ maxChars: 500, allow: ['example.org'] }).description).toMatch(
    /500 char.*Only pages of example\.org/,
  )
})

toolConformance('open_page', async () => {
  const run = await shown()
  const tool = openPage()
  const consult = async () => ({ link: 'http://example.org/', title: 'T', date: null, text: 'Seen' })
  return {
    tool,
    context: { ...run.context, consult: consult as never },
    good: [{ link: 'http://example.org/a' }, { link: 'http://example.org/b#c' }],
    senseless: [{ link: '' }, { link: 'no link' }, { link: 'ftp://example.org/' }],
    invalid: [{}, { link: 1 }, { link: null }],
    [Symbol.asyncDispose]: () => run[Symbol.asyncDispose](),
  }
})
