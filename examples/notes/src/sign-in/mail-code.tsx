import type { AuthError } from '@keyhaven/client'
import { useEffect, useRef, useState } from 'react'
import type { FormEvent, ReactElement, ReactNode } from 'react'
import { useAct } from '../act.ts'
import { codeIn } from '../factors/way-field.tsx'
import { useToast } from '../toast.tsx'
import { ActButton } from '../views/act-button.tsx'
import { Field, focusFirstError } from '../views/field.tsx'
import { Step } from './step.tsx'

/** The code of a mail, which shows in a new browser that the person reads the mails of the account. */
export function MailCode(props: {
  readonly login: string
  readonly expiresIn: number | undefined
  /** Goes on with the code, or requests another one, and resolves with a refusal. */
  readonly send: (code?: string) => Promise<AuthError | undefined>
  readonly again: ReactNode
}): ReactElement {
  const { login, expiresIn, send, again } = props
  const [error, setError] = useState<string>()
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const { busy, run } = useAct()
  const toast = useToast()
  useEffect(() => focusFirstError(form.current), [tries])
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const code = codeIn(new FormData(event.currentTarget))
    void run(async () => {
      const missing = code === '' ? 'Enter the code from the mail.' : undefined
      setError(missing ?? (await send(code))?.detail)
      setTries((count) => count + 1)
    })
  }
  const mailAgain = (): void => {
    void run(async () => {
      const refusal = await send()
      setError(refusal?.detail)
      if (refusal === undefined) toast('Another mail is on its way.')
    })
  }
  return (
    <Step
      login={login}
      expiresIn={expiresIn}
      title="Check your mail"
      about="You have not signed in with this browser before. A mail with a code is on its way to you."
    >
      <form ref={form} onSubmit={submit} onInput={() => setError(undefined)} noValidate>
        <Field
          label="Code from the mail"
          name="code"
          isCode
          autoComplete="one-time-code"
          error={error}
          help="Look into the spam folder too."
        />
        <ActButton className="wide" busy={busy} doing="Checking…">
          Go on
        </ActButton>
      </form>
      <div className="others">
        <button type="button" className="link" onClick={mailAgain}>
          Send another mail
        </button>
        {again}
      </div>
    </Step>
  )
}
