import { useId, useState } from 'react'
import type { KeyboardEvent, ReactElement } from 'react'
import type { Attempt } from '../factors/ways.ts'
import { useFocusBack, useWindowTitle } from '../focus.ts'
import { Enrol } from '../sign-in/enrol.tsx'
import { SecondFactor } from '../sign-in/second-factor.tsx'
import { CredentialsForm } from './credentials-form.tsx'
import type { FormMode } from './credentials-form.tsx'
import { CheckMail } from './check-mail.tsx'
import { Ended } from './ended.tsx'
import { Pitch } from './pitch.tsx'

const faces = [
  ['in', 'Sign in'],
  ['up', 'Sign up'],
] as const

/** A sign-in that a second factor must complete. */
interface Begun {
  readonly attempt: Attempt
  readonly login: string
}

/** The page of a signed-out person: the reason, the form, then a description of Notes. */
export function Welcome(): ReactElement {
  const id = useId()
  const [mode, setMode] = useState<FormMode>('in')
  const [address, setAddress] = useState('')
  // Hidden once the service has refused an attempt
  const [showsReason, setShowsReason] = useState(true)
  const [pending, setPending] = useState<string>()
  const [begun, setBegun] = useState<Begun>()
  const [over, setOver] = useState<string>()
  const reason = `${id}-reason`
  // Other steps have titles of their own
  const isForm = pending === undefined && begun === undefined
  useWindowTitle(isForm ? (mode === 'in' ? 'Sign in' : 'Sign up') : undefined)
  useFocusBack(isForm)
  const turn = (event: KeyboardEvent): void => {
    if (!['ArrowLeft', 'ArrowRight'].includes(event.key)) return
    const other = mode === 'in' ? 'up' : 'in'
    setMode(other)
    document.getElementById(`${id}-${other}`)?.focus()
  }
  if (pending !== undefined) {
    return <CheckMail address={pending} onOther={() => setPending(undefined)} />
  }
  if (begun !== undefined) {
    const leave = (reason?: string): void => {
      setShowsReason(false)
      setBegun(undefined)
      setOver(reason)
    }
    const isNew = begun.attempt.factors.length === 0
    const Next = isNew ? Enrol : SecondFactor
    return <Next {...begun} onOver={leave} onAgain={() => leave()} />
  }
  return (
    <div className="welcome">
      <div className="card entrance">
        <h1 tabIndex={-1} aria-describedby={showsReason ? reason : undefined}>
          {mode === 'in' ? 'Sign in to Notes' : 'Sign up for Notes'}
        </h1>
        {showsReason && <Ended id={reason} />}
        {over !== undefined && (
          <p className="line warn" role="alert">
            {over}
          </p>
        )}
        <div className="choice" role="tablist" aria-label="Sign in or sign up" onKeyDown={turn}>
          {faces.map(([name, title]) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}-${name}`}
              aria-selected={mode === name}
              aria-controls={`${id}-panel`}
              tabIndex={mode === name ? 0 : -1}
              onClick={() => setMode(name)}
            >
              {title}
            </button>
          ))}
        </div>
        <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${mode}`}>
          <CredentialsForm
            key={mode}
            mode={mode}
            address={address}
            onAddress={setAddress}
            onFault={() => {
              setShowsReason(false)
              setOver(undefined)
            }}
            onPending={setPending}
            onAttempt={(attempt, login) => setBegun({ attempt, login })}
          />
        </div>
      </div>
      <Pitch />
    </div>
  )
}
