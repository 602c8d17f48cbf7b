import { expect, test } from 'vitest'
import { pushbackOf } from '../../teachers/pushback.ts'

const faults: [string, object, object][] = [
  ['a connection that broke', {}, { transient: true, overloaded: false }],
  ['a time-out', { status: 408 }, { transient: true, overloaded: false }],
  ['a conflict', { status: 409 }, { transient: true, overloaded: false }],
  ['a rate limit', { status: 429 }, { transient: true, overloaded: true }],
  ['a busy server', { status: 503 }, { transient: true, overloaded: true }],
  ['an overloaded server', { status: 529 }, { transient: true, overloaded: true }],
  ['overload within a stream', { type: 'overloaded_error' }, { transient: true, overloaded: true }],
  ['a bad request within a stream', { type: 'invalid_request_error' }, { transient: false }],
  ['a fault of the server', { status: 502 }, { transient: true, overloaded: false }],
  ['a bad request', { status: 400 }, { transient: false, overloaded: false }],
  ['a wrong key', { status: 401 }, { transient: false, overloaded: false }],
  ['an empty purse', { status: 429, code: 'insufficient_quota' }, { transient: false }],
  ['an empty purse by type', { status: 429, type: 'insufficient_quota' }, { transient: false }],
  [
    'a 500 that says no',
    { status: 500, headers: new Headers({ 'x-should-retry': 'false' }) },
    { transient: false, overloaded: false },
  ],
  [
    'a 400 that says yes',
    { status: 400, headers: new Headers({ 'x-should-retry': 'true' }) },
    { transient: true, overloaded: false },
  ],
]

test.each(faults)('%s is told apart', (_, error, expected) => {
  expect(pushbackOf(error)).toMatchObject(expected)
})
