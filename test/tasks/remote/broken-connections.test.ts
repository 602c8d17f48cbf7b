import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fetch } from 'undici'
import { expect, test } from 'vitest'
import { usualRoutes } from '../../../tasks/remote/web.ts'

/** As much as waits to be read. */
const size = 65_536

test('a connection that ends when all of a body waits to be read breaks nothing but that body', async () => {
  const ended = Promise.withResolvers<void>()
  const server = createServer(socket => {
    socket.once('data', () => {
      socket.write(`HTTP/1.0 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
      // By itself, so that the body ends where what is read at once ends.
      setTimeout(() => {
        socket.write(Buffer.alloc(size))
        socket.end()
      }, 20)
    })
    socket.once('close', ended.resolve)
    socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { anywhere } = usualRoutes(() => true)
  const response = await fetch(`http://127.0.0.1:${port}/`, { dispatcher: anywhere })
  await ended.promise
  const body = await response.arrayBuffer().then(
    ({ byteLength }) => byteLength,
    error => String(error),
  )
  expect([size, 'TypeError: terminated']).toContain(body)
  server.close()
  await anywhere.destroy()
})
