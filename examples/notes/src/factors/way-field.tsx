import type { FactorName } from '@keyhaven/core/wire'
import type { ReactElement } from 'react'
import { Field } from '../views/field.tsx'

/** The field of a way that has one: for the code of an app, or for a recovery code. */
export function WayField(props: {
  readonly way: FactorName
  readonly error: string | undefined
}): ReactElement | null {
  const { way, error } = props
  if (way === 'totp') return <AppCodeField error={error} />
  return way === 'passkey' ? null : (
    <Field
      label="Recovery code"
      name="code"
      isCode
      error={error}
      help="Ten letters and digits. Each code works once."
    />
  )
}

/** The field for the six digits of an authenticator app. */
export function AppCodeField(props: { readonly error: string | undefined }): ReactElement {
  return (
    <Field
      label="Code"
      name="code"
      isCode
      inputMode="numeric"
      autoComplete="one-time-code"
      error={props.error}
    />
  )
}

/** The text of that field in a form. */
export function codeIn(form: FormData): string {
  const code = form.get('code')
  return typeof code === 'string' ? code.trim() : ''
}
