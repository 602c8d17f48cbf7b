import { readFile } from 'node:fs/promises'
import type { ComparedRow } from '../../pipeline/compare/compared-row.ts'
import type { Comparison } from '../../pipeline/compare/comparison.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { isObject, type JsonObject, parseJson } from '../../schemas/json.ts'

/** One side of a comparison. */
export interface OpenSide extends AsyncDisposable {
  side: Comparison['before']
  /** Once. */
  rows(): AsyncIterable<ComparedRow>
  /** What a manifest says of it; of a run, after its rows were read. */
  about(): Promise<JsonObject>
  /** What it does not tell, for a person; after `about`. */
  wanting(): string[]
}

/** The manifest of an export. Throws ConfigError where the file is none. */
export async function manifestAt(path: string): Promise<JsonObject> {
  const manifest = parseJson(await readFile(path, 'utf8'))
  if (isObject(manifest) && 'manifest_version' in manifest) return manifest as JsonObject
  throw new ConfigError(`${path} is no manifest of an export; give the manifest.json that lies in one`)
}

export const nameIn = ({ name }: JsonObject): string | null => (typeof name === 'string' ? name : null)
