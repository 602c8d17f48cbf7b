import type { StageName } from '../../pipeline/progress.ts'
import { dollars } from '../../pipeline/spend/purse.ts'
import type { Now } from './tally.ts'

export const stageWords: Record<StageName, string> = {
  intake: 'reading tasks',
  screen: 'screening',
  synthesize: 'solving',
  rerun: 'running again',
  verify: 'checking',
  curate: 'deciding',
  export: 'writing',
}

/** How far a run is and what it waits for, in a line; what there is none of is left out. */
export function progressLine({ stage, done, total, already, failed, usd, ...now }: Now): string {
  const { underWay, oldestMs, tokensPerSecond, again, waiting, workers, leftMs } = now
  const parts: [boolean, string][] = [
    [true, stage === null ? 'starting' : `${stageWords[stage]}${count(done, total)}`],
    [already > 0, `${already} already done`],
    [failed > 0, `${failed} failed`],
    [usd !== null && usd > 0, dollars(usd ?? 0)],
    [
      underWay > 0,
      `${underWay} ${underWay === 1 ? 'call' : 'calls'} under way (oldest ${duration(oldestMs)})`,
    ],
    [tokensPerSecond !== null, `${rate(tokensPerSecond ?? 0)} tokens/s`],
    [again > 0, `${again} asked again`],
    [workers !== undefined, `${workers?.length} ${workers?.length === 1 ? 'worker' : 'workers'}`],
    [waiting > 0, `${waiting} wait for a batch`],
    [leftMs !== null && leftMs > 0, `about ${duration(leftMs ?? 0)} left`],
  ]
  return parts.flatMap(([is, text]) => (is ? [text] : [])).join(', ')
}

/** Milliseconds for a person. */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 90) return `${seconds} s`
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

function count(done: number, total: number | null): string {
  if (total === null) return done > 0 ? ` ${done}` : ''
  return ` ${done}/${total}`
}

const rate = (perSecond: number) => (perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond)))
