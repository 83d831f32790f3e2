import type { ReactElement } from 'react'
import type { Note } from '../../access.ts'
import { whenOf } from '../when-of.ts'

interface NoteListProps {
  /** `undefined` while they are fetched. */
  readonly notes: readonly Note[] | undefined
  readonly empty: string
  readonly showOwner?: boolean
  readonly canDelete?: (note: Note) => boolean
  readonly onDelete?: (note: Note) => void
}

/** Notes, newest first. */
export function NoteList(props: NoteListProps): ReactElement | null {
  const { notes, empty, showOwner = false, canDelete, onDelete } = props
  if (notes === undefined) return null
  if (notes.length === 0) return <p className="empty">{empty}</p>
  return (
    <ul className="notes" aria-label="Notes">
      {notes.map((note) => (
        <li key={note.id} className="card note">
          <p>{note.text}</p>
          <footer>
            <time dateTime={note.createdAt}>{whenOf(note.createdAt)}</time>
            {showOwner && <code>{note.owner}</code>}
            {canDelete?.(note) && (
              <button
                type="button"
                className="quiet danger"
                aria-label={`Delete note: ${note.text}`}
                onClick={() => onDelete?.(note)}
              >
                Delete
              </button>
            )}
          </footer>
        </li>
      ))}
    </ul>
  )
}
