import type { AccountView } from '@keyhaven/core/wire'
import { useState } from 'react'
import type { FormEvent, ReactElement } from 'react'
import { textOf } from '../form-text.ts'
import { findPeople } from '../service-api.ts'
import { Person } from './person.tsx'

/** An administrator finds a person, and locks or unlocks her. */
export function People(): ReactElement {
  const [people, setPeople] = useState<readonly AccountView[]>()
  const [problem, setProblem] = useState<string>()
  const search = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const text = textOf(new FormData(event.currentTarget), 'search')
    setProblem(undefined)
    await findPeople(text).then(setPeople, (error: unknown) =>
      setProblem(error instanceof Error ? error.message : ''),
    )
  }
  return (
    <section aria-labelledby="people-title">
      <h1 id="people-title">People</h1>
      <p className="lead">
        A lock ends every session of a person, and tells every API. You see here when each has
        applied it.
      </p>
      <form className="composer card" onSubmit={(event) => void search(event)}>
        <label htmlFor="search">Find by e-mail or name</label>
        <div className="row">
          <input id="search" name="search" autoComplete="off" />
          <button type="submit">Find</button>
        </div>
      </form>
      {problem && (
        <p className="alert" role="alert">
          {problem}
        </p>
      )}
      {people?.length === 0 && <p className="empty">Nobody by that name.</p>}
      <ul className="rows" aria-label="People">
        {people?.map((person) => (
          <Person key={person.id} person={person} />
        ))}
      </ul>
    </section>
  )
}
