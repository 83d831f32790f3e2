/** The whole server of every example: sign-in, the guard in front of all routes, and the notes. */
import { DatabaseSync } from 'node:sqlite'
import { authOf } from '@keyhaven/guard/express'
import { createKeyhaven } from '@keyhaven/server'
import express from 'express'
import { access } from './access.ts'

const { PORT = '3000' } = process.env
const auth = await createKeyhaven({ url: `http://localhost:${PORT}/auth`, access })

const database = new DatabaseSync('notes.sqlite')
database.exec('create table if not exists notes (id integer primary key, owner text, text text)')
const list = database.prepare('select id, text from notes where owner = ? order by id desc')
const add = database.prepare('insert into notes (owner, text) values (?, ?) returning id, text')
const remove = database.prepare('delete from notes where owner = ? and id = ?')

const app = express()
app.use(auth.express(), express.json())
app.get('/api/notes', auth.require('notes:read'), (request, response) => {
  response.json(list.all(authOf(request).account.id))
})
app.post('/api/notes', auth.require('notes:write'), (request, response) => {
  const { text } = (request.body ?? {}) as { text?: unknown }
  if (typeof text === 'string' && text.length <= 500)
    response.status(201).json(add.get(authOf(request).account.id, text))
  else response.status(400).json({ detail: 'A note is a text of at most 500 characters.' })
})
app.delete('/api/notes/:id', auth.require('notes:write'), (request, response) => {
  remove.run(authOf(request).account.id, Number(request.params['id']))
  response.status(204).end()
})
app.listen(Number(PORT), 'localhost')
