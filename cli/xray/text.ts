import type { Span } from '../../xray/span.ts'
import { trainingFaults } from '../../xray/training-fault.ts'
import type { XRayed } from '../../xray/xray.ts'
import { harmless } from '../show.ts'
import type { FaultCount, XRayFound } from './found.ts'

/** What was found, in a line where nothing was; then a row for each kind of fault, or the first one, as it is read. */
export function printXRay(found: XRayFound, rows: readonly XRayed[]): string {
  const shown = rowsToShow(found, rows)
  return [summaryLine(found), ...found.faults.map(faultLine), ...shown.map(printRow)].join('\n')
}

export function summaryLine(found: XRayFound): string {
  const { trainer, model, target, rows, of, faults, by } = found
  const kinds = faults.length === 1 ? '1 kind of fault' : `${faults.length} kinds of faults`
  const code = by.code === 'own' ? 'by its own code' : 'by its rules'
  const head = `${trainer} × ${model}: ${rows} of ${of} rows of ${target}, ${lengthWords(found)}`
  return harmless(`${head}; ${faults.length === 0 ? 'nothing lost' : kinds} (${code}, ${by.version})`)
}

function lengthWords({ tokens, counter }: XRayFound): string {
  if (counter === null) return 'tokens not counted'
  const share = tokens.all > 0 ? Math.round((tokens.trained / tokens.all) * 100) : 0
  const about = counter.includes('estimated') ? 'about ' : ''
  return `${about}${tokens.all.toLocaleString('en')} tokens, ${share} % trained`
}

function faultLine({ kind, rows, count, first }: FaultCount): string {
  const where = `${first.id}${first.turn > 0 ? `, turn ${first.turn}` : ''}`
  const detail = first.detail ? `: ${first.detail}` : ''
  return harmless(
    `  ${kind}  ${count} in ${rows} ${rows === 1 ? 'row' : 'rows'}: ${trainingFaults[kind]}; first ${where}${detail}`,
  ).replaceAll('\n', ' ')
}

/** For each kind of fault its first row; where there is none, the first row of all. */
function rowsToShow({ faults }: XRayFound, rows: readonly XRayed[]): XRayed[] {
  const firsts = faults.map(({ kind }) => rows.find(row => row.faults.some(fault => fault.kind === kind)))
  const chosen = new Set(faults.length === 0 ? rows.slice(0, 1) : firsts.flatMap(row => (row ? [row] : [])))
  return [...chosen]
}

/** A row as the student reads it: `+` begins what is trained, `-` what was lost, and nothing what is only read. */
function printRow({ row, faults, seen }: XRayed): string {
  const lost = (seen?.located ?? []).filter(({ found }) => found === 'nowhere').map(({ piece }) => piece)
  return [
    '',
    `── ${harmless(row.id)} ${'─'.repeat(Math.max(0, 60 - row.id.length))}`,
    ...(seen ? seen.rendering.spans.map(printSpan) : faults.map(({ detail }) => `! ${harmless(detail)}`)),
    ...lost.map(({ kind, turn, shown }) => `- lost ${kind} of turn ${turn}: ${harmless(shown)}`),
  ].join('\n')
}

function printSpan(span: Span): string {
  const mark = span.trained ? '+ ' : '  '
  const text =
    span.kind === 'picture' ? `[picture ${span.picture + 1}]` : harmless(span.text.replace(/\n$/, ''))
  return text
    .split('\n')
    .map(line => mark + line)
    .join('\n')
}
