import type { ReactElement, Ref } from 'react'
import type { Note } from '../../access.ts'
import { agoOf, whenOf } from '../when-of.ts'
import { ListSkeleton } from './problem.tsx'

interface NoteListProps {
  /** `undefined` while the notes are fetched. */
  readonly notes: readonly Note[] | undefined
  /** Heading and sentence for an empty list. */
  readonly empty: readonly [string, string]
  readonly list?: Ref<HTMLUListElement>
  /** The owner's name, if the list shows it. */
  readonly ownerOf?: (note: Note) => string
  readonly canDelete?: (note: Note) => boolean
  readonly onDelete?: (note: Note) => void
}

/** Notes, newest first. */
export function NoteList(props: NoteListProps): ReactElement {
  const { notes, empty, list, ownerOf, canDelete, onDelete } = props
  if (notes === undefined) return <ListSkeleton label="Notes are loading" />
  if (notes.length === 0) {
    return (
      <div className="state">
        <h2>{empty[0]}</h2>
        <p>{empty[1]}</p>
      </div>
    )
  }
  return (
    <ul className="rows" ref={list} aria-label="Notes">
      {notes.map((note) => (
        <li key={note.id}>
          <div className="what">
            <p className="note-text">{note.text}</p>
            <p className="facts">
              {ownerOf && <span>{ownerOf(note)}</span>}
              <time dateTime={note.createdAt} title={whenOf(note.createdAt)}>
                {agoOf(note.createdAt)}
              </time>
            </p>
          </div>
          {canDelete?.(note) && (
            <button
              type="button"
              className="button text destructive"
              aria-label={`Delete note: ${note.text}`}
              onClick={() => onDelete?.(note)}
            >
              Delete
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
