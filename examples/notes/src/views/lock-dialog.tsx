import type { AdministeredAccount, SessionEntry } from '@keyhaven/core/wire'
import { useCallback, useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { useLoaded } from '../act.ts'
import { lock, sessionsOf } from '../service-api.ts'
import type { Locked } from '../service-api.ts'
import { countOf, listOf } from '../when-of.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { Field } from './field.tsx'

/** A lock by a click in this window, with its time by `performance.now()`. */
export interface LockedHere extends Locked {
  readonly clickedAt: number
}

/** Most devices that the dialog names. */
const NAMED = 3

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
        {endingOf(sessions)}
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
function endingOf(sessions: readonly SessionEntry[] | undefined): string {
  if (sessions === undefined) return 'Every session of theirs ends at once.'
  if (sessions.length === 0) return 'They are not signed in anywhere now.'
  const counts = new Map<string, number>()
  for (const { device, browser } of sessions) {
    const name = device ?? browser ?? 'an unnamed device'
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const names = [...counts].map(([name, count]) =>
    count === 1 ? name : `${count}\u00a0×\u00a0${name}`,
  )
  const left = names.length - NAMED
  const shown = left > 0 ? [...names.slice(0, NAMED), `${left} more`] : names
  return `${countOf(sessions.length, 'session')} ${sessions.length === 1 ? 'ends' : 'end'} at once: ${listOf(shown)}.`
}
