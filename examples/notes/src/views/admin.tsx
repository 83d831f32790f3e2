import type { ReactElement } from 'react'
import type { Note } from '../../access.ts'
import { useLoaded } from '../act.ts'
import { listEverybodysNotes } from '../notes-api.ts'
import { findPeople } from '../service-api.ts'
import { NoteList } from './note-list.tsx'
import { LoadProblem, Problem } from './problem.tsx'

/** The notes of all accounts, for administrators. The API requires the same scope. */
export function Admin(): ReactElement {
  const { value: notes, problem, reload } = useLoaded(listEverybodysNotes)
  const { value: names } = useLoaded(namesOfPeople)
  const ownerOf = ({ owner }: Note): string => names?.get(owner) ?? `Account ${owner.slice(-6)}`
  return (
    <section>
      <div className="title">
        <div>
          <h1 tabIndex={-1}>All notes</h1>
          <p className="soft">Only administrators see this view.</p>
        </div>
      </div>
      {problem !== undefined && notes === undefined ? (
        <LoadProblem what="The notes" text={problem} retry={reload} />
      ) : (
        <>
          <Problem text={problem} />
          <NoteList
            notes={notes}
            empty={['No notes yet', 'What people write appears here.']}
            ownerOf={ownerOf}
          />
        </>
      )}
    </section>
  )
}

/** Names by account. The notes have only ids; without an answer the ends of the ids are shown. */
async function namesOfPeople(): Promise<ReadonlyMap<string, string>> {
  const { people } = await findPeople('', 100)
  return new Map(people.map(({ id, name, email }) => [id, name ?? email]))
}
