import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ConfigError } from '../../pipeline/errors.ts'
import { isRemote, withoutSecrets } from '../../tasks/remote/places.ts'
import { usualRoutes } from '../../tasks/remote/web.ts'
import { writeBundle } from '../../view/bundle.ts'
import { type Desk, openDesk } from '../../view/desk.ts'
import { labelPlace } from '../../view/label-routes.ts'
import { type PageFiles, pageFiles } from '../../view/page-files.ts'
import { openRemoteDesk } from '../../view/remote-desk.ts'
import { deskRoutes } from '../../view/routes.ts'
import { serveDesk } from '../../view/server.ts'
import { guarded } from '../guarded.ts'
import { cutOffBySignal, stopSignals } from '../interrupts.ts'
import { exportAt } from '../keeping/verify.ts'
import { labelsBeside } from '../labelling/table-rows.ts'
import { resultLine } from '../scheduled/head.ts'
import { harmless } from '../show.ts'

interface ViewOptions {
  port?: string
  /** Whether to open a browser. */
  open: boolean
  json?: boolean
  /** Where to write the page as a folder instead. */
  bundle?: string
  /** Another file for labels than the one beside the export. */
  labels?: string
}

/** Serve the page of an export until a signal ends it. */
export const viewing = (given: string | undefined, options: ViewOptions) =>
  guarded(async () => {
    const { bundle, port, open, json = false } = options
    const { desk, labels } = await deskAt(given, options)
    const page = await pageFiles()
    if (bundle !== undefined) return bundling(bundle, desk, page, json)
    const place = labels === undefined ? undefined : await labelPlace(desk.folder, labels)
    await using server = await serveDesk(deskRoutes(desk, page, place), portOf(port))
    const ended = stopped()
    const { url } = server
    if (json) console.log(resultLine({ url, folder: desk.folder, files: desk.files.length }))
    else console.log(`${harmless(desk.name)}: ${url}\nCtrl-C ends it.`)
    if (open && process.stdout.isTTY) openBrowser(url)
    await ended
  })

/** What is looked at, and where labels of it go: of an export elsewhere nowhere, if no file is named. */
async function deskAt(given: string | undefined, { labels, bundle }: ViewOptions) {
  if (given === undefined || !isRemote(given)) {
    const exported = await exportAt(given)
    return { desk: await openDesk(exported), labels: labels ?? labelsBeside(exported) }
  }
  if (bundle !== undefined)
    throw new ConfigError(`--bundle: ${withoutSecrets(given)} lies elsewhere; fetch it and give its folder`)
  return { desk: await openRemoteDesk(given, usualRoutes()), labels }
}

async function bundling(folder: string, desk: Desk, page: PageFiles, json: boolean): Promise<void> {
  await writeBundle(folder, desk, page)
  const files = desk.files.length
  if (json) console.log(resultLine({ bundle: folder, files }))
  else console.log(`${harmless(desk.name)}: ${folder}/index.html, with ${files} Parquet files`)
}

function portOf(given = '0'): number {
  const port = Number(given)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new ConfigError(`--port: ${given} is no port; give a whole number up to 65535`)
}

/** The signal that ends looking is no fault. */
async function stopped(): Promise<void> {
  for (const name of stopSignals) process.off(name, cutOffBySignal)
  await Promise.race(stopSignals.map(name => once(process, name)))
}

/** Where there is none, the address that was printed is enough. */
function openBrowser(url: string): void {
  const command = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open'
  const child = spawn(command, [url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
