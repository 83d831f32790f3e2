import type { Note } from '../access.ts'
import { call, send } from './call.ts'

export async function listNotes(): Promise<readonly Note[]> {
  return (await call<{ items: Note[] }>('/api/notes')).items
}

export async function listEverybodysNotes(): Promise<readonly Note[]> {
  return (await call<{ items: Note[] }>('/api/admin/notes')).items
}

/** Adds a note. The page chooses `id`, so a note that is sent twice is added once. */
export function addNote(id: string, text: string): Promise<Note> {
  return send<Note>('POST', '/api/notes', { id, text })
}

export function deleteNote(id: string): Promise<void> {
  return call(`/api/notes/${id}`, { method: 'DELETE' })
}
