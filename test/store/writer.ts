// Writes until it is killed, and says which keys the store has acknowledged.
import { openSqliteStore } from '../../store/sqlite.ts'

const store = await openSqliteStore(process.argv[2] ?? '')
for (let start = 0; ; start += 8) {
  const keys = Array.from({ length: 8 }, (_, index) => `key-${start + index}`)
  await Promise.all(
    keys.map(key =>
      store.put('replies', key, `value of ${key}`).then(() => process.stdout.write(`${key}\n`)),
    ),
  )
}
