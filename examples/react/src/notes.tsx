import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import type { Note } from '../../api/access.ts'
import { auth } from './auth.ts'

const headers = { 'Content-Type': 'application/json' }

export function Notes(): ReactElement {
  const [notes, setNotes] = useState<readonly Note[]>([])
  useEffect(() => {
    void auth
      .fetch('/api/notes')
      .then(async (response) => response.ok && setNotes((await response.json()) as Note[]))
  }, [])

  async function add(data: FormData): Promise<void> {
    const body = JSON.stringify(Object.fromEntries(data))
    const response = await auth.fetch('/api/notes', { method: 'POST', headers, body })
    if (response.ok) setNotes([(await response.json()) as Note, ...notes])
  }

  async function remove(id: number): Promise<void> {
    const response = await auth.fetch(`/api/notes/${id}`, { method: 'DELETE' })
    if (response.ok) setNotes(notes.filter((note) => note.id !== id))
  }

  return (
    <section className="notes">
      <h1 className="kh-title">Your notes</h1>
      <form action={add}>
        <input className="kh-input" name="text" aria-label="New note" maxLength={500} required />
        <button className="kh-button kh-primary">Add note</button>
      </form>
      <ul>
        {notes.map(({ id, text }) => (
          <li key={id}>
            {text}
            <button className="delete" onClick={() => void remove(id)}>
              Delete
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
