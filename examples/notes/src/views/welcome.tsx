import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { CredentialsForm } from './credentials-form.tsx'
import { Ended } from './ended.tsx'

/** The public view. */
export function Welcome(): ReactElement {
  const [face, setFace] = useState<'in' | 'up'>('in')
  const count = useNumberOfNotes()
  return (
    <div className="welcome">
      <section className="pitch">
        <h1>Notes that stay yours.</h1>
        <p className="lead">
          A small app with a separate API. You sign in once; your browser keeps the token in a
          cookie that no script can read, and the API checks it by itself.
        </p>
        <ul className="ticks">
          <li>Nothing secret in storage, in the page, or in any answer</li>
          <li>One module says who may do what, for page and API</li>
          <li>Sign out, and every token of the session is refused</li>
        </ul>
        {count !== undefined && (
          <p className="hint">
            Kept here right now: {count} {count === 1 ? 'note' : 'notes'}. That number is public;
            the notes are not.
          </p>
        )}
      </section>
      <section className="card" aria-labelledby="form-title">
        <div className="tabs" role="tablist" aria-label="Sign in or sign up">
          <Tab name="Sign in" selected={face === 'in'} onSelect={() => setFace('in')} />
          <Tab name="Sign up" selected={face === 'up'} onSelect={() => setFace('up')} />
        </div>
        <Ended />
        <CredentialsForm key={face} face={face} />
      </section>
    </div>
  )
}

function Tab(props: {
  readonly name: string
  readonly selected: boolean
  readonly onSelect: () => void
}): ReactElement {
  return (
    <button type="button" role="tab" aria-selected={props.selected} onClick={props.onSelect}>
      {props.name}
    </button>
  )
}

function useNumberOfNotes(): number | undefined {
  const [count, setCount] = useState<number>()
  useEffect(() => {
    const gone = new AbortController()
    fetch('/api/welcome', { signal: gone.signal })
      .then((response) => response.json() as Promise<{ notes: number }>)
      .then(({ notes }) => setCount(notes))
      .catch(() => setCount(undefined))
    return () => gone.abort()
  }, [])
  return count
}
