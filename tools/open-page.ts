import Type, { type Static } from 'typebox'
import { InputError } from '../schemas/input-error.ts'
import { closed, count, filledText, readOptions } from '../schemas/options.ts'
import { type Service, ServiceError, ServiceLimits } from './service.ts'
import { oneLine } from './text-search.ts'
import { defineTool, type Tool, ToolError, type ToolResult } from './tool.ts'
import { internet, type Network, type Rules, ruledOut, visit } from './web/public-web.ts'
import { decoded, readablePage } from './web/readable.ts'

export const OpenPageOptions = closed({
  /** Hosts whose pages may be opened, with those below them; all by default. */
  allow: Type.Optional(Type.Array(filledText)),
  /** Hosts whose pages may not be opened. */
  deny: Type.Optional(Type.Array(filledText)),
  /** 80 and 443 by default. */
  ports: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }))),
  /** Characters of text that are shown. */
  maxChars: Type.Optional(count),
  /** The most bytes of a page, unpacked. A larger page is not read. */
  maxBytes: Type.Optional(count),
  /** For fetching and as much again for reading. */
  timeoutMs: Type.Optional(count),
  /** Four pages at once by default. */
  limits: Type.Optional(ServiceLimits),
})
export type OpenPageOptions = Static<typeof OpenPageOptions>

const args = Type.Object(
  {
    link: Type.String({
      description: 'The http or https link of the page, such as one that a search returned.',
    }),
  },
  { additionalProperties: false },
)

interface Page {
  link: string
  title: string
  date: string | null
  text: string
}

/**
 * The tool `open_page`, which gives the readable text of a page of the public web. It refuses addresses that are not
 * public, whatever name or redirect leads there. Throws InputError for an entry of `allow` or `deny` that is no host.
 */
export function openPage(given: OpenPageOptions = {}, network: Network = internet): Tool {
  const options = readOptions('openPage', OpenPageOptions, given)
  const { maxChars = 20_000, maxBytes = 3_000_000, timeoutMs = 20_000, limits = { concurrency: 4 } } = options
  const rules: Rules = {
    ...(options.allow && { allow: options.allow.map(hostOf) }),
    ...(options.deny && { deny: options.deny.map(hostOf) }),
    ports: options.ports ?? [80, 443],
  }
  const service: Service = { name: 'open_page', options: { version: 1, maxBytes }, limits, usdPerCall: 0 }
  const only = rules.allow ? ` Only pages of ${rules.allow.join(', ')} can be opened.` : ''
  return defineTool({
    name: 'open_page',
    description: `Open a web page and read its text, at most ${maxChars} characters of it.${only}`,
    args,
    options: { ...rules, maxChars, maxBytes, timeoutMs },
    stateful: false,
    services: [service],
    async run({ link: given }, { consult }) {
      const link = linkOf(given, rules)
      const page = await consult(service, { link: link.href }, async signal => {
        const name = `${service.name}: ${link.host}`
        const found = await visit({ service: name, link, rules, network, signal, maxBytes, timeoutMs })
        return pageOf(found, name, timeoutMs, signal)
      })
      return shown(page, link.href, maxChars)
    },
  })
}

function hostOf(given: string): string {
  const host = /[\s/:@?#*\\]/.test(given) ? undefined : URL.parse(`http://${given}/`)?.hostname
  if (host) return host.replace(/\.$/, '')
  throw new InputError([`openPage: ${JSON.stringify(given)} is no host; give names such as example.org`])
}

function linkOf(given: string, rules: Rules): URL {
  const link = URL.parse(given.trim())
  if (!link) throw new ToolError(`${JSON.stringify(oneLine(given).slice(0, 200))} is no link.`)
  link.hash = ''
  const refused = ruledOut(link, rules)
  if (refused) throw new ToolError(`The link was not opened: ${refused}.`)
  return link
}

async function pageOf(
  { link, type, bytes }: Awaited<ReturnType<typeof visit>>,
  name: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Page> {
  const text = decoded(bytes, type)
  if (!/html/i.test(type)) return { link: link.href, title: '', date: null, text: clean(text) }
  try {
    const page = await readablePage(text, timeoutMs, signal)
    return {
      link: link.href,
      title: clean(oneLine(page.title)).slice(0, 300),
      date: page.date && oneLine(page.date).slice(0, 100),
      text: clean(page.text),
    }
  } catch (cause) {
    signal.throwIfAborted()
    throw new ServiceError(`${name}: its page takes too much to be read`, { transient: false, cause })
  }
}

/** Without control characters, other than tabs and line feeds. */
const clean = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .toWellFormed()
    .trim()

function shown({ link, title, date, text }: Page, asked: string, maxChars: number): ToolResult {
  const cut =
    text.length <= maxChars
      ? text
      : `${text.slice(0, maxChars).toWellFormed()}\n\n… ${text.length - maxChars} characters left out …`
  const head = `${title || link} (link: ${link}${date ? `, published: ${date}` : ''})`
  const result = {
    id: link,
    title,
    snippet: cut,
    licence: null,
    source: null,
    link,
    date,
    image: null,
    score: 1,
  }
  return {
    parts: [{ type: 'text', text: `${head}\n\n${cut || 'The page has no text.'}` }],
    data: { kind: 'results', provider: 'open_page', query: asked, results: [result] },
    mistake: null,
  }
}
