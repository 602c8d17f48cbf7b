import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { keepImage } from '../../store/images.ts'
import { openSqliteStore } from '../../store/sqlite.ts'

// Asks for a picture that takes minutes, and says so once a process works on it.
const bomb = process.argv[2] ?? ''
await using store = await openSqliteStore(`${bomb}.store`)
const kept = keepImage(store, readFileSync(bomb), { anyFormat: true })
await setImmediate()
console.log('asked')
await kept
