import { useState } from 'react'
import type { ReactElement } from 'react'
import { Field } from './field.tsx'

/** The service's own default. It has the last word. */
const SHORTEST = 8

/** A password that can be shown; managers and pasting work. For a new one its rules are there from the start. */
export function PasswordField(props: {
  readonly isNew: boolean
  /** The person's address, which a new password must not be. */
  readonly address: string
  readonly error: string | undefined
}): ReactElement {
  const [isShown, setShown] = useState(false)
  const [text, setText] = useState('')
  // As the service counts: a code point is one character
  const words = [props.address, props.address.split('@')[0]].map((word) => word?.toLowerCase())
  const isOther = text !== '' && !words.includes(text.toLowerCase())
  const isLong = Array.from(text.normalize('NFC')).length >= SHORTEST
  return (
    <Field
      label="Password"
      name="password"
      type={isShown ? 'text' : 'password'}
      autoComplete={props.isNew ? 'new-password' : 'current-password'}
      error={props.error}
      onText={setText}
      help={props.isNew ? <Rules isLong={isLong} isOther={isOther} /> : undefined}
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
