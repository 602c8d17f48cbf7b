import { expect, test } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import type { Store } from '../../store/store.ts'

/** What every store must do. A new one is done when this passes. `open` opens the same store again each time. */
export function storeConformance(
  withStore: (test: (open: () => Promise<Store>) => Promise<void>) => Promise<void>,
) {
  const store = (title: string, work: (open: () => Promise<Store>) => Promise<void>) =>
    test(title, () => withStore(work))

  store('gives back what was put, and undefined for what was not', async open => {
    await using store = await open()
    const value = { text: 'é \u0000 "quotes"', list: [1, null, { deep: true }] }
    expect(await store.put('replies', 'a', value)).toEqual(value)
    expect(await store.get('replies', 'a')).toEqual(value)
    expect(await store.get('replies', 'b')).toBeUndefined()
    expect(await store.get('turns', 'a')).toBeUndefined()
  })

  store('keeps the first value of a key and tells every later one', async open => {
    await using store = await open()
    const told = await Promise.all(
      ['first', 'second', 'third'].map(value => store.put('turns', 'key', value)),
    )
    expect(told).toEqual(['first', 'first', 'first'])
    expect(await store.put('turns', 'key', 'fourth')).toBe('first')
  })

  store('holds what it acknowledged when it is opened again', async open => {
    {
      await using store = await open()
      await store.put('facts', 'key', { passed: true })
      await store.putBlob(Buffer.from('bytes'))
    }
    await using again = await open()
    expect(await again.get('facts', 'key')).toEqual({ passed: true })
    expect(Buffer.from(await again.getBlob(sha256('bytes'))).toString()).toBe('bytes')
  })

  store('forgets a key when told to', async open => {
    await using store = await open()
    await store.put('turns', 'key', 1)
    await store.delete('turns', 'key')
    expect(await store.get('turns', 'key')).toBeUndefined()
    expect(await store.put('turns', 'key', 2)).toBe(2)
  })

  store('takes another value for a key that is forgotten at the same time', async open => {
    await using store = await open()
    await store.put('parts', 'key', 1)
    const [, told] = await Promise.all([store.delete('parts', 'key'), store.put('parts', 'key', 2)])
    expect([told, await store.get('parts', 'key')]).toEqual([2, 2])
    const [again] = await Promise.all([store.put('parts', 'key', 3), store.delete('parts', 'key')])
    expect([again, await store.get('parts', 'key')]).toEqual([2, undefined])
  })

  store('scans the keys of a prefix in order, however many there are', async open => {
    await using store = await open()
    const keys = Array.from({ length: 700 }, (_, index) => `a/${String(index).padStart(4, '0')}`)
    await Promise.all([...keys.toReversed(), 'b/0', 'a', ''].map(key => store.put('tasks', key, key)))
    expect((await Array.fromAsync(store.scan<string>('tasks', 'a/'))).map(({ value }) => value)).toEqual(keys)
    expect(await store.count('tasks')).toBe(703)
    expect((await Array.fromAsync(store.scan('tasks'))).length).toBe(703)
  })

  store('can be written to while it is scanned', async open => {
    await using store = await open()
    await Promise.all(['1', '2', '3'].map(key => store.put('tasks', key, key)))
    const seen: string[] = []
    for await (const { key } of store.scan('tasks')) {
      seen.push(key)
      await store.put('turns', key, key)
    }
    expect(seen).toEqual(['1', '2', '3'])
    expect(await store.count('turns')).toBe(3)
  })

  store('keeps equal bytes once and names a hash that it does not hold', async open => {
    await using store = await open()
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const hashes = await Promise.all([
      store.putBlob(bytes),
      store.putBlob(bytes),
      store.putBlob(bytes.slice()),
    ])
    expect(new Set(hashes)).toEqual(new Set([sha256(bytes)]))
    expect(new Uint8Array(await store.getBlob(sha256(bytes)))).toEqual(bytes)
    await expect(store.getBlob(sha256('never put'))).rejects.toThrow(sha256('never put'))
  })
}
