import type { AuthError } from '@keyhaven/client'
import { useAuth } from '@keyhaven/client/react'
import { useState } from 'react'
import type { FormEvent, ReactElement } from 'react'
import { deviceName } from '../device-name.ts'
import { textOf } from '../form-text.ts'
import { Field, PasswordField } from './field.tsx'

/** Signs in or up. What the person wrote stays when the service refuses. */
export function CredentialsForm({ face }: { readonly face: 'in' | 'up' }): ReactElement {
  const auth = useAuth()
  const [error, setError] = useState<AuthError>()
  const [busy, setBusy] = useState(false)

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string): string => textOf(form, name)
    setBusy(true)
    setError(undefined)
    const result =
      face === 'in'
        ? await auth.signIn({
            login: text('login'),
            password: text('password'),
            remember: form.has('remember'),
            device: deviceName(),
          })
        : await auth.signUp({
            email: text('email'),
            password: text('password'),
            ...(text('name') && { name: text('name') }),
          })
    if (!result.ok) {
      setError(result.error)
      setBusy(false)
    }
  }
  const errorOf = (path: string): string | undefined =>
    error?.errors.find((one) => one.path === path)?.message

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <h2 id="form-title">{face === 'in' ? 'Welcome back' : 'Make an account'}</h2>
      {error && error.errors.length === 0 && (
        <p className="alert" role="alert">
          {error.detail}
        </p>
      )}
      {face === 'in' ? (
        <Field
          label="E-mail or user name"
          name="login"
          autoComplete="username"
          error={errorOf('login')}
        />
      ) : (
        <>
          <Field label="Name" name="name" autoComplete="name" error={errorOf('name')} optional />
          <Field
            label="E-mail"
            name="email"
            type="email"
            autoComplete="username"
            error={errorOf('email')}
          />
        </>
      )}
      <PasswordField face={face} error={errorOf('password')} />
      {face === 'in' && (
        <label className="check">
          <input type="checkbox" name="remember" /> Stay signed in when the browser closes
        </label>
      )}
      <button type="submit" disabled={busy}>
        {busy ? 'One moment…' : face === 'in' ? 'Sign in' : 'Sign up'}
      </button>
    </form>
  )
}
