import type { AuthError, Result } from '@keyhaven/client'
import { useAuth } from '@keyhaven/client/react'
import { useEffect, useRef, useState } from 'react'
import type { FormEvent, ReactElement } from 'react'
import { useAct } from '../act.ts'
import { deviceName } from '../device-name.ts'
import { ActButton } from './act-button.tsx'
import { Field, focusFirstError } from './field.tsx'
import { PasswordField } from './password-field.tsx'
import { Problem } from './problem.tsx'
import { sentences } from './ended.tsx'

/** Sentences by field; `form` for what belongs to no field. */
type Faults = Readonly<Partial<Record<'login' | 'email' | 'name' | 'password' | 'form', string>>>

export type Face = 'in' | 'up'

/** Signs in or up. What the person typed stays when the service refuses. */
export function CredentialsForm(props: {
  readonly face: Face
  /** The address, as it was typed into the other face. */
  readonly address: string
  readonly onAddress: (address: string) => void
  readonly onFault: () => void
}): ReactElement {
  const { face, address, onAddress, onFault } = props
  const auth = useAuth()
  const form = useRef<HTMLFormElement>(null)
  const [faults, setFaults] = useState<Faults>({})
  const [attempts, setAttempts] = useState(0)
  const { busy, run } = useAct()
  // Not when a field is changed: its error goes, and the focus stays
  useEffect(() => focusFirstError(form.current), [attempts])

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const typed = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    void run(async () => {
      const found = missing(face, typed)
      const result = found ?? (await enter(face, typed, auth))
      const shown = 'ok' in result ? (result.ok ? {} : faultsOf(result.error, face)) : result
      setFaults(shown)
      setAttempts((count) => count + 1)
      if (Object.keys(shown).length > 0) onFault()
    })
  }
  const change = (event: FormEvent<HTMLFormElement>): void => {
    const { name } = event.target as HTMLInputElement
    setFaults(({ [name as keyof Faults]: _gone, ...others }) => others)
  }
  return (
    <form ref={form} onSubmit={submit} onInput={change} noValidate>
      <Problem text={faults.form} />
      {face === 'up' && (
        <Field label="Name" name="name" autoComplete="name" error={faults.name} isOptional />
      )}
      <Field
        label={face === 'in' ? 'E-mail or user name' : 'E-mail'}
        name={face === 'in' ? 'login' : 'email'}
        type={face === 'in' ? 'text' : 'email'}
        autoComplete="username"
        initial={address}
        onText={onAddress}
        error={face === 'in' ? faults.login : faults.email}
      />
      <PasswordField isNew={face === 'up'} address={address} error={faults.password} />
      {face === 'in' && (
        <label className="check">
          <input type="checkbox" name="remember" /> Stay signed in when the browser closes
        </label>
      )}
      <ActButton className="wide" busy={busy} doing={face === 'in' ? 'Signing in…' : 'Signing up…'}>
        {face === 'in' ? 'Sign in' : 'Sign up'}
      </ActButton>
    </form>
  )
}

function enter(
  face: Face,
  { login = '', email = '', name = '', password = '', remember }: Record<string, string>,
  { signIn, signUp }: Pick<ReturnType<typeof useAuth>, 'signIn' | 'signUp'>,
): Promise<Result> {
  return face === 'in'
    ? signIn({ login, password, remember: remember !== undefined, device: deviceName() })
    : signUp({ email, password, ...(name.trim() && { name }) })
}

/** What is not filled in yet. */
function missing(face: Face, typed: Record<string, string>): Faults | undefined {
  const faults: Faults = {
    ...(face === 'in' && !typed['login']?.trim() && { login: 'Enter your e-mail or user name.' }),
    ...(face === 'up' && !typed['email']?.trim() && { email: 'Enter your e-mail address.' }),
    ...(!typed['password'] && {
      password: face === 'in' ? 'Enter your password.' : 'Choose a password.',
    }),
  }
  return Object.keys(faults).length > 0 ? faults : undefined
}

/** Puts a refusal beside the field that it is about. Nothing of it is left out. */
function faultsOf({ code, detail, errors }: AuthError, face: Face): Faults {
  if (code === 'weak_password' || code === 'breached_password') return { password: detail }
  if (code === 'conflict' && face === 'up') return { email: detail }
  const fields = face === 'in' ? ['login', 'password'] : ['name', 'email', 'password']
  const faults: Record<string, string> = {}
  for (const { path, message } of errors) {
    const place = fields.includes(path) ? path : 'form'
    faults[place] = [faults[place], message].filter(Boolean).join(' ')
  }
  return errors.length > 0 ? faults : { form: sentences[code] ?? detail }
}
