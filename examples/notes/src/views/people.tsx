import { useCallback, useState } from 'react'
import type { FormEvent, ReactElement } from 'react'
import { useLoaded } from '../act.ts'
import { findPeople } from '../service-api.ts'
import { Person } from './person.tsx'
import { LoadProblem, ListSkeleton, Problem } from './problem.tsx'

/** The accounts, with buttons that lock and unlock them for a person with that scope. */
export function People(): ReactElement {
  const [search, setSearch] = useState('')
  const { value, problem, reload } = useLoaded(useCallback(() => findPeople(search), [search]))
  const find = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const text = new FormData(event.currentTarget).get('search')
    const next = typeof text === 'string' ? text.trim() : ''
    // The same search again loads the list again
    if (next === search) reload()
    else setSearch(next)
  }
  return (
    <section>
      <div className="title">
        <div>
          <h1 tabIndex={-1}>People</h1>
          <p className="soft">
            A lock ends every session of a person, on every device and in every API.
          </p>
        </div>
      </div>
      <form className="composer narrow" role="search" onSubmit={find}>
        <label htmlFor="search">Find by e-mail or name</label>
        <div className="beside">
          <input
            id="search"
            className="input"
            name="search"
            type="search"
            autoComplete="off"
            maxLength={254}
          />
          <button type="submit" className="button quiet">
            Find
          </button>
        </div>
      </form>
      {value === undefined ? (
        problem === undefined ? (
          <ListSkeleton label="People are loading" />
        ) : (
          <LoadProblem what="The people" text={problem} retry={reload} />
        )
      ) : (
        <>
          <Problem text={problem} />
          {value.people.length === 0 ? (
            <div className="state">
              <h2>No account found</h2>
              <p>No e-mail or name contains “{search}”. Try a shorter part of it.</p>
            </div>
          ) : (
            <ul className="rows" aria-label="People">
              {value.people.map((person) => (
                <Person key={person.id} person={person} />
              ))}
            </ul>
          )}
          {!value.isAll && (
            <p className="soft small">
              These are the first {value.people.length}. Search to find others.
            </p>
          )}
        </>
      )}
    </section>
  )
}
