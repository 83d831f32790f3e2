import type { Note } from '../access.ts'
import { auth } from './auth.ts'

/** The separate API, through `auth.fetch`: the cookie and the XSRF header go along by themselves. */
export async function listNotes(path: '/api/notes' | '/api/admin/notes'): Promise<Note[]> {
  const { items } = await answer<{ items: Note[] }>(await auth.fetch(path))
  return items
}

export async function addNote(text: string): Promise<Note> {
  const response = await auth.fetch('/api/notes', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
  })
  return answer<Note>(response)
}

export async function deleteNote(id: string): Promise<void> {
  const response = await auth.fetch(`/api/notes/${id}`, { method: 'DELETE' })
  if (!response.ok) throw await failure(response)
}

async function answer<T>(response: Response): Promise<T> {
  if (!response.ok) throw await failure(response)
  return (await response.json()) as T
}

async function failure(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => undefined)
  const detail = (body as { detail?: unknown } | undefined)?.detail
  return new Error(typeof detail === 'string' ? detail : 'The notes can’t be reached. Try again.')
}
