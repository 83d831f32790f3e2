import { Restricted, useAuth } from '@keyhaven/client/react'
import { useEffect, useState } from 'react'
import type { FormEvent, ReactElement } from 'react'
import type { Note } from '../../access.ts'
import { auth as store } from '../auth.ts'
import { textOf } from '../form-text.ts'
import { addNote, deleteNote, listNotes } from '../notes-api.ts'
import { NoteList } from './note-list.tsx'

/** The signed-in view: list, add, delete. */
export function Notes(): ReactElement {
  const { account } = useAuth().state
  const [notes, setNotes] = useState<readonly Note[]>()
  const [problem, setProblem] = useState<string>()
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setProblem(undefined)
    await work().catch((error: unknown) => setProblem(error instanceof Error ? error.message : ''))
  }
  useEffect(() => {
    const load = (): Promise<void> => attempt(async () => setNotes(await listNotes('/api/notes')))
    void load()
    // Another page of this person has added a note
    const stream = new EventSource('/api/notes/events')
    stream.onmessage = () => void load()
    // The API has ended it, or is away: the store knows more, and this view does not insist
    stream.onerror = () => stream.close()
    return () => stream.close()
  }, [])

  const add = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    const text = textOf(new FormData(form), 'text')
    await attempt(async () => {
      const note = await addNote(text)
      setNotes((before = []) => [note, ...before])
      form.reset()
    })
  }
  const remove = (note: Note): Promise<void> =>
    attempt(async () => {
      await deleteNote(note.id)
      setNotes((before = []) => before.filter((one) => one.id !== note.id))
    })

  return (
    <section aria-labelledby="notes-title">
      <h1 id="notes-title">Hello{account?.name ? `, ${account.name}` : ''}</h1>
      {problem && (
        <p className="alert" role="alert">
          {problem}
        </p>
      )}
      <Restricted
        to="notes:add"
        fallback={<p className="hint">Your role lets you read notes, not add any.</p>}
      >
        <form className="composer card" onSubmit={(event) => void add(event)}>
          <label htmlFor="new-note">New note</label>
          <div className="row">
            <input
              id="new-note"
              name="text"
              maxLength={500}
              required
              autoComplete="off"
              placeholder="What’s on your mind?"
            />
            <button type="submit">Add note</button>
          </div>
        </form>
      </Restricted>
      <NoteList
        notes={notes}
        empty="No notes yet. The first one is the hardest."
        canDelete={(note) => store.can('notes:delete', note)}
        onDelete={(note) => void remove(note)}
      />
    </section>
  )
}
