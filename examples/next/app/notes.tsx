'use client'
import { SignedIn } from '@keyhaven/client/react'
import { useState } from 'react'
import type { ReactElement } from 'react'
import type { Note } from '../../api/access.ts'
import { auth } from './page-frame.tsx'

const headers = { 'Content-Type': 'application/json' }

/** The faces: loading, signed out, signed in. The server draws the right one, with the notes. */
export function Notes(props: { notes: readonly Note[] }): ReactElement {
  return (
    <SignedIn loading={<p className="loading">Loading …</p>} fallback={<keyhaven-sign-in />}>
      <OwnNotes key={props.notes.length} {...props} />
    </SignedIn>
  )
}

function OwnNotes(props: { notes: readonly Note[] }): ReactElement {
  const [notes, setNotes] = useState(props.notes)

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
