import { expect, test } from 'vitest'
import { metricsText } from '../../../cli/scheduled/metrics.ts'

const whole = {
  name: 'demo',
  slot: '2026-11-30',
  status: 0,
  usd: 0.1 + 0.2,
  usdNow: 0,
  counts: {
    tasks: 90,
    trajectories: 90,
    answered: 88,
    kept: 81,
    dropped: { 'passed/answer_wrong': 7, 'a/b\\"/\n': 2 },
  },
}
const now = 1_796_000_000.5

/** Samples by their name and labels. */
const samplesIn = (text: string) =>
  Object.fromEntries(
    text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )

test('a success has its counts, its cost and its time', () => {
  const text = metricsText(whole, '', now)
  expect(samplesIn(text)).toMatchObject({
    'kindling_run_status{run="demo"}': 0,
    'kindling_run_last_success_timestamp_seconds{run="demo"}': now,
    'kindling_run_rows{run="demo",decision="kept"}': 81,
    'kindling_run_rows{run="demo",decision="dropped"}': 9,
    'kindling_run_dropped_rows{run="demo",stage="passed",reason="answer_wrong"}': 7,
    'kindling_run_dropped_rows{run="demo",stage="a",reason="b\\\\\\"/\\n"}': 2,
    'kindling_run_cost_usd_total{run="demo"}': 0.3,
  })
  expect(text).toMatch(/^kindling_run_info\{run="demo",slot="2026-11-30",version="[\d.]+"\} 1$/m)
})

test('a failure keeps the time of the last success, and the name where the config could not be read', () => {
  const before = metricsText(whole, '', now)
  const failed = metricsText({ status: 2 }, before, now + 100)
  expect(samplesIn(failed)).toMatchObject({
    'kindling_run_status{run="demo"}': 2,
    'kindling_run_completion_timestamp_seconds{run="demo"}': now + 100,
    'kindling_run_last_success_timestamp_seconds{run="demo"}': now,
  })
  expect(failed).not.toContain('rows')
  expect(samplesIn(metricsText({ status: 75, name: 'demo' }, failed, now + 200))).toMatchObject({
    'kindling_run_last_success_timestamp_seconds{run="demo"}': now,
  })
  expect(metricsText({ status: 9, name: 'demo' }, '', now)).not.toContain('last_success')
})
