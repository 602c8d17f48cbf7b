import { buildConnector } from 'undici'

/**
 * undici's parser throws where a connection ends just when all that came waits to be read, and out of an event, where
 * nobody can catch it. It is a connection that broke, which whoever reads the body is told.
 */
export function enduring(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options)
  return (to, done) =>
    connect(to, (...[error, socket]) => {
      if (error) return done(error, null)
      const emit: (...event: unknown[]) => boolean = socket.emit.bind(socket) as never
      socket.emit = (...event: unknown[]) => {
        try {
          return emit(...event)
        } catch (cause) {
          socket.destroy(cause instanceof Error ? cause : new Error(String(cause)))
          return true
        }
      }
      done(null, socket)
    })
}
