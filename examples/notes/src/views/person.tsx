import type { AccountView } from '@keyhaven/core/wire'
import { useState } from 'react'
import type { FormEvent, ReactElement } from 'react'
import { textOf } from '../form-text.ts'
import { listeningGuards, setStatus } from '../service-api.ts'
import type { Locked } from '../service-api.ts'

/** Milliseconds between two looks at the guards, and until the view stops looking. */
const LOOK = 50
const PATIENCE = 10_000

interface Reach {
  readonly applied: number
  readonly of: number
  readonly milliseconds: number
}

/** One person with her status, and how far a lock has got. */
export function Person(props: { readonly person: AccountView }): ReactElement {
  const [person, setPerson] = useState(props.person)
  const [locked, setLocked] = useState<Locked>()
  const [reach, setReach] = useState<Reach>()
  const [problem, setProblem] = useState<string>()
  const change = async (status: 'active' | 'locked', reason?: string): Promise<void> => {
    setProblem(undefined)
    setReach(undefined)
    const began = performance.now()
    try {
      const result = await setStatus(person.id, status, reason)
      setPerson(result.account)
      setLocked(status === 'locked' ? result : undefined)
      if (status === 'locked') await follow(result.seq, began, setReach)
    } catch (error) {
      setProblem(error instanceof Error ? error.message : '')
    }
  }
  const lock = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    void change('locked', textOf(new FormData(event.currentTarget), 'reason'))
  }
  return (
    <li className="card entry">
      <div>
        <strong>{person.name ?? person.email}</strong>
        <span className={`badge ${person.status}`}>{person.status}</span>
        <p className="hint">{person.email}</p>
        {problem && (
          <p className="alert" role="alert">
            {problem}
          </p>
        )}
        {locked && (
          <p role="status">
            {sessionsOf(locked.ended.sessions)} ended. {reach && wordsOf(reach)}
          </p>
        )}
      </div>
      {person.status === 'locked' ? (
        <button type="button" className="quiet" onClick={() => void change('active')}>
          Unlock
        </button>
      ) : (
        <form className="row" onSubmit={lock}>
          <input name="reason" aria-label="Reason" placeholder="Reason" required />
          <button type="submit" className="danger">
            Lock now
          </button>
        </form>
      )}
    </li>
  )
}

/** Looks until every guard that listens has applied the entry. */
async function follow(seq: number, began: number, tell: (reach: Reach) => void): Promise<void> {
  for (;;) {
    const guards = await listeningGuards()
    const applied = guards.filter(({ appliedSeq }) => (appliedSeq ?? 0) >= seq).length
    const milliseconds = Math.round(performance.now() - began)
    tell({ applied, of: guards.length, milliseconds })
    if (applied === guards.length || milliseconds > PATIENCE) return
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
}

function sessionsOf(count: number): string {
  return count === 1 ? '1 session' : `${count} sessions`
}

function wordsOf({ applied, of, milliseconds }: Reach): string {
  const guards = of === 1 ? 'guard has' : 'guards have'
  return `${applied} of ${of} ${guards} applied it, ${milliseconds} ms after the click.`
}
