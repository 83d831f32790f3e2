import type { TotpEnrolment } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import { useEffect, useRef, useState } from 'react'
import type { FormEvent, ReactElement, ReactNode } from 'react'
import { useAct } from '../act.ts'
import { AppSecret } from '../factors/app-secret.tsx'
import { useShowRecoveryCodes } from '../factors/recovery-codes.tsx'
import { AppCodeField, codeIn } from '../factors/way-field.tsx'
import { missingCode } from '../factors/ways.ts'
import { ActButton } from '../views/act-button.tsx'
import { focusFirstError } from '../views/field.tsx'
import { Step } from './step.tsx'

/** Sets up an authenticator app, and completes the sign-in with its first code. */
export function ConfirmApp(props: {
  readonly app: TotpEnrolment
  readonly login: string
  readonly expiresIn: number | undefined
  readonly onOver: (reason: string) => void
  readonly again: ReactNode
}): ReactElement {
  const { app, login, expiresIn, onOver, again } = props
  const { confirmEnrolledTotp } = useAuth()
  const showCodes = useShowRecoveryCodes()
  const [error, setError] = useState<string>()
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const { busy, run } = useAct()
  useEffect(() => focusFirstError(form.current), [tries])
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const code = codeIn(new FormData(event.currentTarget))
    void run(async () => {
      const missing = missingCode('totp', code)
      const result = missing ? undefined : await confirmEnrolledTotp({ id: app.id, code })
      if (result?.ok) return showCodes(result.recoveryCodes, 'Authenticator app added.')
      if (result?.error.code === 'attempt_over') return onOver(result.error.detail)
      setError(missing ?? result?.error.detail)
      setTries((count) => count + 1)
    })
  }
  return (
    <Step
      login={login}
      expiresIn={expiresIn}
      title="Set up your authenticator app"
      about="From now on it shows the code that completes your sign-in."
    >
      <AppSecret {...app} />
      <form ref={form} onSubmit={submit} onInput={() => setError(undefined)} noValidate>
        <AppCodeField error={error} />
        <ActButton className="wide" busy={busy} doing="Checking…">
          Add app and sign in
        </ActButton>
      </form>
      <div className="others">{again}</div>
    </Step>
  )
}
