import { allows, reservedScopes, scopesOf } from '@keyhaven/core/access'
import type { AdministeredAccount } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import { useId, useState } from 'react'
import type { ReactElement } from 'react'
import { access } from '../../access.ts'
import { useAct } from '../act.ts'
import { unlock } from '../service-api.ts'
import { countOf } from '../when-of.ts'
import { ActButton } from './act-button.tsx'
import { LockDialog } from './lock-dialog.tsx'
import type { LockedHere } from './lock-dialog.tsx'
import { useReach } from './reach.ts'

const colours: Readonly<Record<AdministeredAccount['status'], string>> = {
  active: 'good',
  unverified: '',
  locked: 'bad',
  disabled: 'bad',
}

/** Whether a person has an administrative scope that is not among these: the service refuses such an act. */
function hasMore({ roles }: AdministeredAccount, held: readonly string[]): boolean {
  const rights = scopesOf(access, roles)
  return reservedScopes.some((scope) => rights.includes(scope) && !allows(held, scope))
}

/** One person with their status, the act for that status, and its result. */
export function Person(props: { readonly person: AdministeredAccount }): ReactElement {
  const id = useId()
  const { can, state } = useAuth()
  const [given, setGiven] = useState(props.person)
  const [person, setPerson] = useState(props.person)
  // The list was loaded again
  if (given !== props.person) {
    setGiven(props.person)
    setPerson(props.person)
  }
  const [locked, setLocked] = useState<LockedHere>()
  const [isUnlocked, setUnlocked] = useState(false)
  const [isConfirming, setConfirming] = useState(false)
  const reach = useReach(locked)
  const { busy, problem, run } = useAct()
  const name = person.name ?? person.email
  const isSelf = person.id === state.account?.id
  // A disabled account is signed out already, and is activated by other means
  const isInReach = !isSelf && person.status !== 'disabled' && !hasMore(person, state.scope)
  const mayChange = can('keyhaven:accounts:lock') && isInReach

  const act = (): void => {
    if (person.status !== 'locked') return setConfirming(true)
    void run(async () => {
      setPerson((await unlock(person.id)).account)
      setLocked(undefined)
      setUnlocked(true)
    })
  }
  const sessions = locked && countOf(locked.ended.sessions, 'session')
  return (
    <li>
      <div className="what" id={id}>
        <p className="name">
          {name}
          <span className={`pill ${colours[person.status]}`}>{person.status}</span>
          {isSelf && <span className="pill own">you</span>}
        </p>
        {person.name && <p className="facts">{person.email}</p>}
      </div>
      {mayChange && (
        <ActButton
          className={person.status === 'locked' ? 'text' : 'text destructive'}
          busy={busy}
          onClick={act}
          describedBy={id}
        >
          {person.status === 'locked' ? 'Unlock' : 'Lock'}
        </ActButton>
      )}
      <p className="outcome" role="status">
        {locked && `Locked ${name}. ${sessions} ended. ${reach}`}
        {isUnlocked && !locked && `Unlocked ${name}. They can sign in again.`}
        {problem && <span className="error">{problem}</span>}
      </p>
      {isConfirming && (
        <LockDialog
          person={person}
          onLocked={(done) => {
            setPerson(done.account)
            setLocked(done)
            setUnlocked(false)
          }}
          onClose={() => setConfirming(false)}
        />
      )}
    </li>
  )
}
