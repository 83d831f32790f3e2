/** The notes API, in a process of its own. It knows the sign-in service only by its URL. */
import { randomUUID } from 'node:crypto'
import { createGuard } from '@keyhaven/guard'
import { authOf, expressGuard } from '@keyhaven/guard/express'
import express from 'express'
import { access } from './access.ts'
import { openNotes } from './notes-store.ts'

const { ISSUER = 'http://localhost:4000/auth', PORT = '4001', NOTES_DATA, FEED_KEY } = process.env
const notes = openNotes(NOTES_DATA)

// With the key that `keyhaven guards add` printed, the service pushes revocations here within milliseconds
const guard = createGuard({ issuer: ISSUER, access, ...(FEED_KEY && { feedKey: FEED_KEY }) })
const api = expressGuard(guard, { public: ['GET /api/health', 'GET /api/welcome'] })

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Open streams by account: each page gets an event when another page of the same person adds a note. */
const streams = new Map<express.Response, string>()

const app = express()
app.disable('x-powered-by')
app.use(api)
app.use(express.json({ limit: '16kb' }))

app.get('/api/health', (_request, response) => {
  response.json({ status: 'ok' })
})
app.get('/api/welcome', (_request, response) => {
  response.json({ notes: notes.all().length })
})
app.get('/api/notes', api.require('notes:read'), (request, response) => {
  response.json({ items: notes.of(authOf(request).account.id) })
})
app.post('/api/notes', api.require('notes:add'), (request, response) => {
  const { id = randomUUID(), text } = (request.body ?? {}) as { id?: unknown; text?: unknown }
  if (typeof text !== 'string' || text.trim() === '' || text.length > 500) {
    response
      .status(400)
      .json({ detail: 'The note is empty or too long: write 1 to 500 characters.' })
    return
  }
  // The page chooses the id, so a note that is sent again after a lost answer is added once
  const note =
    typeof id === 'string' && uuid.test(id)
      ? notes.add(id, authOf(request).account.id, text.trim())
      : undefined
  if (note === undefined) {
    response.status(400).json({ detail: 'The id is taken or not a UUID: send another one.' })
    return
  }
  for (const [stream, owner] of streams) if (owner === note.owner) stream.write('data: added\n\n')
  response.status(201).json(note)
})
app.get('/api/notes/events', api.require('notes:read'), (request, response) => {
  // The guard ends this response when the session ends
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
  response.write(': open\n\n')
  streams.set(response, authOf(request).account.id)
  response.on('close', () => streams.delete(response))
})
app.delete(
  '/api/notes/:id',
  api.require('notes:delete', (request) => notes.find(String(request.params['id']))),
  (request, response) => {
    notes.remove(String(request.params['id']))
    response.status(204).end()
  },
)
app.get('/api/admin/notes', api.require('notes:admin'), (_request, response) => {
  response.json({ items: notes.all() })
})

const server = app.listen(Number(PORT), '127.0.0.1', (error) => {
  if (error !== undefined) {
    console.error(
      `notes api: port ${PORT} can’t be used (${error.message}): set PORT to a free one.`,
    )
    process.exitCode = 1
    return
  }
  console.log(`notes api: ready at http://127.0.0.1:${PORT}/api`)
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close()
    server.closeAllConnections()
  })
}
