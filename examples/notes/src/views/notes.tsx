import { Restricted, useAuth } from '@keyhaven/client/react'
import { useEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import type { Note } from '../../access.ts'
import { useLoaded } from '../act.ts'
import { auth as store } from '../auth.ts'
import { useFocusAfterRemoval } from '../focus.ts'
import { deleteNote, listNotes } from '../notes-api.ts'
import { useToast } from '../toast.tsx'
import { Composer } from './composer.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { NoteList } from './note-list.tsx'
import { LoadProblem, Problem } from './problem.tsx'

/** The person's own notes: list, add, delete. */
export function Notes(): ReactElement {
  const { account, session } = useAuth().state
  const { value: notes, problem, reload, change } = useLoaded(listNotes)
  const [deleting, setDeleting] = useState<Note>()
  const list = useRef<HTMLUListElement>(null)
  const focusAfter = useFocusAfterRemoval(list, notes?.length ?? 0)
  const toast = useToast()
  const sessionId = session?.id
  useEffect(() => {
    if (sessionId === undefined) return undefined
    // Another page of this person has added a note
    const stream = new EventSource('/api/notes/events')
    stream.onmessage = reload
    // The API has ended the stream or can't be reached: the store finds out which
    stream.onerror = () => stream.close()
    return () => stream.close()
  }, [reload, sessionId])

  const remove = async (note: Note): Promise<boolean> => {
    await deleteNote(note.id)
    focusAfter(notes?.indexOf(note) ?? 0)
    change((before) => before.filter(({ id }) => id !== note.id))
    toast('Note deleted.')
    return true
  }

  return (
    <section>
      <h1 tabIndex={-1}>Hello{account?.name ? `, ${account.name}` : ''}</h1>
      <Restricted to="notes:add">
        <Composer
          onAdded={(note) => {
            // The event stream may have added the note already
            change((before) => [note, ...before.filter(({ id }) => id !== note.id)])
            if (notes === undefined) reload()
            toast('Note added.')
          }}
        />
      </Restricted>
      {problem !== undefined && notes === undefined ? (
        <LoadProblem what="Your notes" text={problem} retry={reload} />
      ) : (
        <>
          <Problem text={problem} />
          <NoteList
            notes={notes}
            list={list}
            empty={
              store.can('notes:add')
                ? ['No notes yet', 'Write the first one above.']
                : ['No notes yet', 'Your account can read notes here, but not add any.']
            }
            canDelete={(note) => store.can('notes:delete', note)}
            onDelete={setDeleting}
          />
        </>
      )}
      {deleting && (
        <ConfirmDialog
          title="Delete this note?"
          confirm="Delete note"
          doing="Deleting…"
          onConfirm={() => remove(deleting)}
          onClose={() => setDeleting(undefined)}
        >
          <blockquote>{deleting.text}</blockquote>
          <p>It can’t be brought back.</p>
        </ConfirmDialog>
      )}
    </section>
  )
}
