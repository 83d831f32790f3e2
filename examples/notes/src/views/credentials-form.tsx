import type { AuthError, Result } from '@keyhaven/client'
import { useAuth } from '@keyhaven/client/react'
import { useEffect, useRef, useState } from 'react'
import type { FormEvent, ReactElement } from 'react'
import { useAct } from '../act.ts'
import { deviceName } from '../device-name.ts'
import { faultsOf } from '../faults.ts'
import type { Attempt } from '../factors/ways.ts'
import type { Faults } from '../faults.ts'
import { PasskeySignIn } from '../sign-in/passkey-sign-in.tsx'
import { ActButton } from './act-button.tsx'
import { Field, focusFirstError } from './field.tsx'
import { PasswordField } from './password-field.tsx'
import { Problem } from './problem.tsx'
import { sentences } from './ended.tsx'

/** Refusals that the service has sent a mail about. */
const mailed: Readonly<Record<string, string>> = {
  password_change_required:
    'Choose a new password first: open the link in the mail that we have just sent you.',
}

export type FormMode = 'in' | 'up'

/** Signs in or up. The typed text stays when the service refuses. */
export function CredentialsForm(props: {
  readonly mode: FormMode
  /** The address that was typed in the other mode. */
  readonly address: string
  readonly onAddress: (address: string) => void
  readonly onFault: () => void
  /** Called with an address that must be confirmed before its person can sign in. */
  readonly onPending: (address: string) => void
  /** Called if the password was right and a second factor is due, with the typed login. */
  readonly onAttempt: (attempt: Attempt, login: string) => void
}): ReactElement {
  const { mode, address, onAddress, onFault, onPending, onAttempt } = props
  const auth = useAuth()
  const form = useRef<HTMLFormElement>(null)
  const [faults, setFaults] = useState<Faults>({})
  const [attempts, setAttempts] = useState(0)
  const { busy, run } = useAct()
  // Only after a submission: when a field is changed, its error is removed and the focus stays
  useEffect(() => focusFirstError(form.current), [attempts])

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const typed = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    void run(async () => {
      const empty = missing(mode, typed)
      const result = empty ? undefined : await enter(mode, typed, auth)
      if (result?.ok === false && result.error.code === 'second_factor_required') {
        return onAttempt(result.error, typed['login'] ?? typed['email'] ?? '')
      }
      const shown = empty ?? (!result || result.ok ? {} : refusalsOf(result.error, mode))
      setFaults(shown)
      setAttempts((count) => count + 1)
      if (Object.keys(shown).length > 0) onFault()
      else if (result?.ok && result.pending) onPending(typed['email'] ?? '')
    })
  }
  const change = (event: FormEvent<HTMLFormElement>): void => {
    const { name } = event.target as HTMLInputElement
    setFaults(({ [name]: _gone, ...others }) => others)
  }
  return (
    <form ref={form} onSubmit={submit} onInput={change} noValidate>
      <Problem text={faults['form']} />
      {mode === 'up' && (
        <Field label="Name" name="name" autoComplete="name" error={faults['name']} isOptional />
      )}
      <Field
        label={mode === 'in' ? 'E-mail or user name' : 'E-mail'}
        name={mode === 'in' ? 'login' : 'email'}
        type={mode === 'in' ? 'text' : 'email'}
        autoComplete={mode === 'in' ? 'username webauthn' : 'username'}
        initial={address}
        onText={onAddress}
        error={mode === 'in' ? faults['login'] : faults['email']}
      />
      <PasswordField isNew={mode === 'up'} address={address} error={faults['password']} />
      {mode === 'in' && (
        <label className="check">
          <input type="checkbox" name="remember" /> Stay signed in when the browser closes
        </label>
      )}
      <ActButton className="wide" busy={busy} doing={mode === 'in' ? 'Signing in…' : 'Signing up…'}>
        {mode === 'in' ? 'Sign in' : 'Sign up'}
      </ActButton>
      {mode === 'in' && (
        <PasskeySignIn
          isRemembered={() => new FormData(form.current ?? undefined).has('remember')}
          onFault={onFault}
        />
      )}
      {mode === 'in' && (
        <a className="aside" href="/auth/pages/reset">
          Forgot your password?
        </a>
      )}
    </form>
  )
}

function enter(
  mode: FormMode,
  { login = '', email = '', name = '', password = '', remember }: Record<string, string>,
  { signIn, signUp }: Pick<ReturnType<typeof useAuth>, 'signIn' | 'signUp'>,
): Promise<Result<{ readonly pending?: boolean }>> {
  return mode === 'in'
    ? signIn({ login, password, remember: remember !== undefined, device: deviceName() })
    : signUp({ email, password, ...(name.trim() && { name }) })
}

/** The sentences for fields that are not filled in yet. */
function missing(mode: FormMode, typed: Record<string, string>): Faults | undefined {
  const faults: Faults = {
    ...(mode === 'in' && !typed['login']?.trim() && { login: 'Enter your e-mail or user name.' }),
    ...(mode === 'up' && !typed['email']?.trim() && { email: 'Enter your e-mail address.' }),
    ...(!typed['password'] && {
      password: mode === 'in' ? 'Enter your password.' : 'Choose a password.',
    }),
  }
  return Object.keys(faults).length > 0 ? faults : undefined
}

/** Puts each sentence of a refusal beside the field that it is about. */
function refusalsOf(error: AuthError, mode: FormMode): Faults {
  const detail = { ...sentences, ...mailed }[error.code] ?? error.detail
  return faultsOf(
    { ...error, detail },
    {
      fields: mode === 'in' ? ['login', 'password'] : ['name', 'email', 'password'],
      codes: {
        weak_password: 'password',
        breached_password: 'password',
        ...(mode === 'up' && { conflict: 'email' }),
      },
    },
  )
}
