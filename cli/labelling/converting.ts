import { writeFile } from 'node:fs/promises'
import { toArgilla } from '../../labels/converters/argilla.ts'
import type { LabelConverter, LabelledRow } from '../../labels/converters/converter.ts'
import { labelStudioInterface, toLabelStudio } from '../../labels/converters/label-studio.ts'
import { toProdigy } from '../../labels/converters/prodigy.ts'
import { ConfigError } from '../../pipeline/errors.ts'

interface LabelTool {
  convert: LabelConverter
  /** What it needs beside, by the ending of its file. */
  beside?: readonly [ending: string, text: string]
}

const tools: Readonly<Record<string, LabelTool>> = {
  prodigy: { convert: toProdigy },
  'label-studio': { convert: toLabelStudio, beside: ['.xml', labelStudioInterface] },
  argilla: { convert: toArgilla },
}

/** Where to write for which tool. */
export interface LabelToolFile extends LabelTool {
  out: string
}

/** Throws ConfigError for a tool that is not known, and where one of the two is missing. */
export function labelToolFile(to: string | undefined, out: string | undefined): LabelToolFile | undefined {
  if (to === undefined && out === undefined) return undefined
  const tool = to !== undefined && Object.hasOwn(tools, to) ? tools[to] : undefined
  if (!tool) throw new ConfigError(`--to ${to ?? 'is missing'}: give one of ${Object.keys(tools).join(', ')}`)
  if (out === undefined) throw new ConfigError(`--to ${to}: give --out, too, such as --out labels-for-${to}`)
  return { ...tool, out }
}

/** Gives the files that were written. */
export async function convertedInto(
  { convert, beside, out }: LabelToolFile,
  rows: readonly LabelledRow[],
): Promise<string[]> {
  await writeFile(out, convert(rows))
  if (!beside) return [out]
  const [ending, text] = beside
  await writeFile(`${out}${ending}`, text)
  return [out, `${out}${ending}`]
}
