import type { AsyncBuffer } from 'hyparquet'

/** Where the page reads an export from: a web server that gives parts of files, or a folder that a person chose. */
export interface Folder {
  name: string
  /** sha256 of the manifest; null where it is not known. */
  manifest: string | null
  /** Parquet files by their path below the folder. */
  files: ReadonlyMap<string, AsyncBuffer>
  /** Whether what serves it writes labels, too. */
  takesLabels: boolean
}

/** Something that a person can be told in one sentence. */
export class PageProblem extends Error {}

interface DeskList {
  name: string
  manifest: string | null
  files: { path: string; bytes: number }[]
  takesLabels?: boolean
}

/** The folder that the page itself lies in, as its `desk.json` lists it. Throws PageProblem where there is none. */
export async function servedFolder(): Promise<Folder> {
  // A page that was opened as a file may fetch nothing.
  const isFile = location.protocol === 'file:'
  const answer = isFile ? undefined : await fetch('desk.json').catch(() => undefined)
  if (!answer?.ok)
    throw new PageProblem(isFile ? chooseIt : 'No export lies beside this page. Choose the folder of one.')
  const { name, manifest, files, takesLabels = false }: DeskList = await answer.json()
  return {
    name,
    manifest,
    takesLabels,
    files: new Map(files.map(({ path, bytes }) => [path, servedFile(path, bytes)])),
  }
}

/**
 * Parts of a file are asked for. A server that gives whole files only is good enough for tables, each fetched once; a
 * shard may be half a gigabyte.
 */
function servedFile(path: string, byteLength: number): AsyncBuffer {
  let whole: Promise<ArrayBuffer> | undefined
  return {
    byteLength,
    async slice(start, end = byteLength) {
      if (whole) return (await whole).slice(start, end)
      const headers = { range: `bytes=${start}-${end - 1}` }
      const answer = await fetch(encodeURI(path), { headers }).catch(() => undefined)
      if (answer?.status === 206) return answer.arrayBuffer()
      if (answer?.status === 200 && path.startsWith('tables/')) {
        whole ??= answer.arrayBuffer()
        return (await whole).slice(start, end)
      }
      await answer?.body?.cancel()
      throw new PageProblem(answer?.ok ? noParts : `${path} cannot be read: ${saidBy(answer)}.`)
    },
  }
}

const chooseIt = 'A page that is opened as a file reads nothing by itself. Choose the folder of an export.'

const saidBy = (answer?: Response): string =>
  answer ? `the server answers ${answer.status}` : 'the server does not answer'

const noParts =
  'This server gives whole files only, no parts of them, so pictures are not shown. Choose the folder on this machine, or run `kindling view`.'

/** A folder that was chosen in the browser: paths begin with its own name. */
export function chosenFolder(chosen: readonly File[]): Folder {
  const below = (file: File) => file.webkitRelativePath.split('/').slice(1).join('/')
  const parquet = chosen.filter(({ name }) => name.endsWith('.parquet'))
  return {
    name: chosen[0]?.webkitRelativePath.split('/')[0] ?? '',
    manifest: null,
    takesLabels: false,
    files: new Map(parquet.map(file => [below(file), fileBuffer(file)])),
  }
}

const fileBuffer = (file: File): AsyncBuffer => ({
  byteLength: file.size,
  slice: (start, end) => file.slice(start, end).arrayBuffer(),
})
