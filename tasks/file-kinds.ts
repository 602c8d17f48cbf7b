import { open } from 'node:fs/promises'
import { fileFault } from './file-faults.ts'

/** A kind of file by its first bytes, each a character; no row can be read from it, or not by this reader. */
interface Kind {
  name: string
  begins(head: string): boolean
  cure: string
}

const kind = (name: string, begins: string[] | ((head: string) => boolean), cure: string): Kind => ({
  name,
  begins: Array.isArray(begins) ? head => begins.some(text => head.startsWith(text)) : begins,
  cure,
})

const unpack = (command: string) => `unpack it, as with \`${command}\``
const fetchIt = 'fetch the file itself'
const write = 'write its rows as Parquet or JSON Lines, as with pandas or DuckDB'

/** Of two that begin alike, the narrower stands first. https://en.wikipedia.org/wiki/List_of_file_signatures */
const kinds: Kind[] = [
  kind('a pointer of Git LFS', ['version https://git-lfs'], 'run `git lfs pull`'),
  kind('a page of HTML', head => /^\W*<(!doctype\s+html|html|head|body)\b/i.test(head), fetchIt),
  kind('XML', head => /^\W*<\?xml/i.test(head), fetchIt),
  kind('zstd', ['\x28\xb5\x2f\xfd'], unpack('zstd -d')),
  kind('bzip2', ['BZh'], unpack('bunzip2')),
  kind('xz', ['\xfd7zXZ'], unpack('unxz')),
  kind('LZ4', ['\x04\x22\x4d\x18'], unpack('unlz4')),
  kind('7z', ['7z\xbc\xaf'], unpack('7z x')),
  kind('an Excel workbook', isWorkbook, 'save it as CSV, and convert that with pandas or DuckDB'),
  kind('zip', ['PK\x03\x04', 'PK\x05\x06'], unpack('unzip')),
  kind('a tar archive', head => head.startsWith('ustar', 257), `${unpack('tar -xf')}, and ${write}`),
  kind('Arrow (Feather)', ['ARROW1', 'FEA1', '\xff\xff\xff\xff'], write),
  kind('ORC', ['ORC'], write),
  kind('Avro', ['Obj\x01'], write),
  kind('a SQLite database', ['SQLite format 3\0'], write),
  kind('a pickle of Python', ['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'], write),
  kind('HDF5', ['\x89HDF'], write),
  kind('NumPy', ['\x93NUMPY'], write),
  kind('PDF', ['%PDF-'], write),
  kind(
    'a picture',
    ['\x89PNG', '\xff\xd8\xff', 'GIF8', 'II*\0', 'MM\0*'],
    'name the file of rows that shows it',
  ),
  kind('UTF-16', isUtf16, 'convert it, as with `iconv -f UTF-16 -t UTF-8`'),
  kind('Parquet', ['PAR1'], "read it with parquet('…')"),
  kind('encrypted Parquet', ['PARE'], 'write it anew without encryption'),
  kind('JSON', head => /^(\xef\xbb\xbf)?\s*[[{]/.test(head), "read it with jsonl('…')"),
  kind('gzip', ['\x1f\x8b'], unpack('gunzip')),
  kind('TSV', head => isTable(head, '\t'), write),
  kind('CSV', head => isTable(head, ','), write),
]

function isWorkbook(head: string): boolean {
  const isNew = head.startsWith('PK\x03\x04') && /\[Content_Types\]|_rels\/|xl\//.test(head.slice(0, 100))
  return isNew || head.startsWith('\xd0\xcf\x11\xe0')
}

/** By the mark of byte order, or by the half of each letter that is nothing. */
function isUtf16(head: string): boolean {
  const isMarked = head.startsWith('\xff\xfe') || head.startsWith('\xfe\xff')
  return isMarked || /^(\0[^\0]|[^\0]\0){2,}/.test(head)
}

/** Whether the first lines have as many cells as each other, and more than one. */
function isTable(head: string, separator: string): boolean {
  const [first = '', second = first] = head.split(/\r?\n/)
  const cells = first.split(separator).length
  return (
    cells > 1 &&
    ![first, second].some(line => /^\W*[[{]/.test(line)) &&
    second.split(separator).length >= cells
  )
}

/** How many bytes tell what a file is. */
export const headBytes = 4096

/** What a file is that is not of the kind that is read, and what to do; undefined where that is not known. */
export function foreignKind(head: Buffer, read: 'JSON' | 'Parquet'): string | undefined {
  const text = head.toString('latin1')
  const found = kinds.find(({ begins }) => begins(text))
  return found && found.name !== read ? `is ${found.name}; ${found.cure}` : undefined
}

/** The same of a file that lies open to be read at any place. */
export async function foreignFile(path: string, read: 'Parquet'): Promise<string | undefined> {
  try {
    await using handle = await open(path)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return bytesRead === 0
      ? 'is empty; fetch it anew, or leave it out'
      : foreignKind(buffer.subarray(0, bytesRead), read)
  } catch (error) {
    return `${fileFault(error)}; correct that or leave it out`
  }
}
