import type { Label } from '../../labels/label.ts'
import { sha256 } from '../../schemas/hash.ts'

export const keyOf = (name: string): string => sha256(`rollout ${name}`)

/** What Ann says of row `a` unless something else is said. */
export const label = (changes: Partial<Label> = {}): Label => ({
  label_version: 1,
  key: keyOf('a'),
  task_id: 'test/1',
  label: 'good',
  reasons: [],
  note: '',
  by: 'Ann',
  at: '2026-11-30T09:00:00Z',
  manifest: sha256('manifest'),
  ...changes,
})

export const asLines = (labels: readonly object[]): string =>
  labels.map(each => `${JSON.stringify(each)}\n`).join('')
