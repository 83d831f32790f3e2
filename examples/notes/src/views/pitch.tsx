import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { call } from '../call.ts'
import { countOf } from '../when-of.ts'

/** Describes Notes, for a first visit. A phone shows only the form. */
export function Pitch(): ReactElement {
  const count = useNumberOfNotes()
  return (
    <aside className="pitch" aria-label="About Notes">
      <h2>Notes that stay yours</h2>
      <p className="soft">Write something down here, and find it on every device you sign in on.</p>
      <ul>
        <li>Only you can change or delete the notes that you write</li>
        <li>See every device you are signed in on, and end any of them at once</li>
        <li>No script on this page can copy your sign-in</li>
      </ul>
      {count !== undefined && count > 0 && (
        <p className="soft small">
          {countOf(count, 'note')} {count === 1 ? 'is' : 'are'} stored here. Only the number is
          public.
        </p>
      )}
    </aside>
  )
}

function useNumberOfNotes(): number | undefined {
  const [count, setCount] = useState<number>()
  useEffect(() => {
    // Only a decoration: left out without an answer
    call<{ notes: number }>('/api/welcome').then(
      ({ notes }) => setCount(notes),
      () => setCount(undefined),
    )
  }, [])
  return count
}
