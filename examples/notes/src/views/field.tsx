import { useId, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly type?: string
  readonly autoComplete: string
  readonly error: string | undefined
  readonly optional?: boolean
  readonly children?: ReactNode
}

/** A labelled input with its error beside it. */
export function Field(props: FieldProps): ReactElement {
  const id = useId()
  const { label, name, type = 'text', autoComplete, error, optional = false, children } = props
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {optional && <small>optional</small>}
      </label>
      <div className="input">
        <input
          id={id}
          name={name}
          type={type}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          required={!optional}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : `${id}-error`}
        />
        {children}
      </div>
      {error !== undefined && (
        <p className="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}

/** A password that can be shown; managers and pasting work. */
export function PasswordField(props: {
  readonly face: 'in' | 'up'
  readonly error: string | undefined
}): ReactElement {
  const [shown, setShown] = useState(false)
  return (
    <Field
      label="Password"
      name="password"
      type={shown ? 'text' : 'password'}
      autoComplete={props.face === 'in' ? 'current-password' : 'new-password'}
      error={props.error}
    >
      <button
        type="button"
        className="reveal"
        aria-pressed={shown}
        aria-label="Show password"
        onClick={() => setShown(!shown)}
      >
        {shown ? 'Hide' : 'Show'}
      </button>
    </Field>
  )
}
