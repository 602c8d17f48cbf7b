import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'

/** What a page did while it was looked at. */
export interface Seen {
  requests: { url: string; bytes: number }[]
  /** Directives of the policy that something broke. */
  violations: string[]
  /** Errors that nothing in the page caught, and those that it wrote on its console. */
  errors: string[]
}

export interface Looking extends AsyncDisposable {
  page: Page
  seen: Seen
}

/** One for each file of tests. Throws where there is none: the set-up of the tests installs it. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`${executablePath} is missing; \`npm run setup -- --also chromium\` installs it`)
  const args = ['--disable-gpu', '--disable-dev-shm-usage', '--js-flags=--expose-gc']
  return chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox', ...args] : args,
  })
}

interface Screen {
  width?: number
  height?: number
  colorScheme?: 'light' | 'dark'
}

/** Opens an address in a window of its own, and notes what it does. */
export async function look(browser: Browser, url: string, screen: Screen = {}): Promise<Looking> {
  const { width = 1280, height = 800, colorScheme = 'light' } = screen
  const context = await browser.newContext({ viewport: { width, height }, colorScheme })
  const page = await context.newPage()
  const seen: Seen = { requests: [], violations: [], errors: [] }
  page.on('requestfinished', async request => {
    // The page may be closed by then.
    const sizes = await request.sizes().catch(() => ({ responseBodySize: 0, responseHeadersSize: 0 }))
    seen.requests.push({ url: request.url(), bytes: sizes.responseBodySize + sizes.responseHeadersSize })
  })
  page.on('requestfailed', request => seen.requests.push({ url: request.url(), bytes: 0 }))
  page.on('pageerror', error => seen.errors.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') seen.errors.push(message.text())
  })
  await page.exposeFunction('noteViolation', (directive: string) => seen.violations.push(directive))
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', event => noteViolation(event.effectiveDirective + ' ' + event.blockedURI))`,
  )
  await page.goto(url)
  return { page, seen, [Symbol.asyncDispose]: () => context.close() }
}
