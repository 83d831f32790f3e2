import type { AdministeredAccount, SessionEntry } from '@keyhaven/core/wire'
import { useCallback, useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { useLoaded } from '../act.ts'
import { endingOf } from '../ending-of.ts'
import { lock, sessionsOf } from '../service-api.ts'
import type { Locked } from '../service-api.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { Field } from './field.tsx'

/** A lock by a click in this window, with its time by `performance.now()`. */
export interface LockedHere extends Locked {
  readonly clickedAt: number
}

/** Confirms a lock: shows the account and its sessions, and requests a reason. */
export function LockDialog(props: {
  readonly person: AdministeredAccount
  readonly onLocked: (locked: LockedHere) => void
  readonly onClose: () => void
}): ReactElement {
  const { person, onLocked, onClose } = props
  const { value: sessions } = useLoaded(useCallback(() => sessionsOf(person.id), [person.id]))
  const [error, setError] = useState<string>()
  const name = person.name ?? person.email
  useEffect(() => {
    if (error !== undefined) document.querySelector<HTMLElement>('dialog [name=reason]')?.focus()
  }, [error])
  return (
    <ConfirmDialog
      title={`Lock ${name}?`}
      confirm={`Lock ${name}`}
      doing="Locking…"
      onClose={onClose}
      onConfirm={async (form) => {
        const reason = form.get('reason')
        const text = typeof reason === 'string' ? reason.trim() : ''
        setError(text === '' ? 'The reason is missing: write one for the audit log.' : undefined)
        if (text === '') return false
        const clickedAt = performance.now()
        onLocked({ ...(await lock(person.id, text)), clickedAt })
        return true
      }}
    >
      <p>
        {name}
        {person.name && ` (${person.email})`} can’t sign in until the account is unlocked.{' '}
        {endingHere(sessions)}
      </p>
      <Field
        label="Reason"
        name="reason"
        error={error}
        onText={() => setError(undefined)}
        help="For the audit log. The person does not see it."
      />
    </ConfirmDialog>
  )
}

/** The sessions that will end, as far as the page could load them. */
function endingHere(sessions: readonly SessionEntry[] | undefined): string {
  if (sessions === undefined) return 'Every session of theirs ends at once.'
  return sessions.length === 0 ? 'They are not signed in anywhere now.' : endingOf(sessions)
}
