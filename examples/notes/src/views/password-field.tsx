import { passwordProblems } from '@keyhaven/client'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { Field } from './field.tsx'

/** The service's default. The service decides. */
const SHORTEST = 8

/** A password field that can show its text; password managers and pasting work. A new password has its rules below. */
export function PasswordField(props: {
  readonly label?: string
  readonly name?: string
  readonly isNew: boolean
  /** The person's address, which must not be the password. */
  readonly address: string
  readonly error: string | undefined
}): ReactElement {
  const [isShown, setShown] = useState(false)
  const [text, setText] = useState('')
  const problems = passwordProblems(text, { minLength: SHORTEST, email: props.address })
  return (
    <Field
      label={props.label ?? 'Password'}
      name={props.name ?? 'password'}
      type={isShown ? 'text' : 'password'}
      autoComplete={props.isNew ? 'new-password' : 'current-password'}
      error={props.error}
      onText={setText}
      help={
        props.isNew ? (
          <Rules
            isLong={!problems.includes('too_short')}
            isOther={text !== '' && !problems.includes('personal')}
          />
        ) : undefined
      }
    >
      <button
        type="button"
        className="text"
        aria-label={isShown ? 'Hide password' : 'Show password'}
        onClick={() => setShown(!isShown)}
      >
        {isShown ? 'Hide' : 'Show'}
      </button>
    </Field>
  )
}

function Rules(props: { readonly isLong: boolean; readonly isOther: boolean }): ReactElement {
  return (
    <ul className="rules">
      <Rule isMet={props.isLong}>{`${SHORTEST} characters or more`}</Rule>
      <Rule isMet={props.isOther}>Not your e-mail</Rule>
    </ul>
  )
}

function Rule(props: { readonly isMet: boolean; readonly children: string }): ReactElement {
  return (
    <li className={props.isMet ? 'met' : undefined}>
      {props.children}
      {props.isMet && <span className="unseen">: met</span>}
    </li>
  )
}
