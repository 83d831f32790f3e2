import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import type { Note } from '../../access.ts'
import { listNotes } from '../notes-api.ts'
import { NoteList } from './note-list.tsx'

/** Everybody's notes, for `notes:admin`. The API asks for the same scope. */
export function Admin(): ReactElement {
  const [notes, setNotes] = useState<readonly Note[]>()
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    listNotes('/api/admin/notes').then(setNotes, (error: unknown) =>
      setProblem(error instanceof Error ? error.message : ''),
    )
  }, [])
  return (
    <section aria-labelledby="admin-title">
      <h1 id="admin-title">Everybody’s notes</h1>
      <p className="hint">Only an administrator sees this view, and only with the API’s consent.</p>
      {problem && (
        <p className="alert" role="alert">
          {problem}
        </p>
      )}
      <NoteList notes={notes} empty="Nobody has written a note yet." showOwner />
    </section>
  )
}
