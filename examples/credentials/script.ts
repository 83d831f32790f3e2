/** A script of one user: calls the API with a key, as Basic and as Bearer, and with a token of the key. */
import { api, service } from './places.ts'

const { KEY } = process.env
const end = KEY?.lastIndexOf('_') ?? -1
if (KEY === undefined || end < 0) throw new Error('KEY is not set: make a key with make-key.ts.')
const basic = `Basic ${btoa(`${KEY.slice(0, end)}:${KEY.slice(end + 1)}`)}`

const notes = async (how: string, authorization: string): Promise<void> => {
  const answer = await fetch(`${api}/notes`, { headers: { authorization } })
  console.log(`notes, ${how}: ${answer.status}`)
}
await notes('key as Basic', basic)
await notes('key as Bearer', `Bearer ${KEY}`)

const answer = await fetch(`${service}/oauth/token`, {
  method: 'POST',
  headers: { authorization: basic },
  body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'notes:read' }),
})
const token = (await answer.json()) as { access_token?: string; error_description?: string }
if (token.access_token === undefined) throw new Error(token.error_description)
await notes('token of the key', `Bearer ${token.access_token}`)

// The key may only read
const added = await fetch(`${api}/notes`, {
  method: 'POST',
  headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
  body: JSON.stringify({ text: 'from a script' }),
})
console.log(`a new note: ${added.status}`)
