import type { Result } from '@keyhaven/client'
import type { FactorName } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import { useEffect, useRef, useState } from 'react'
import type { FormEvent, ReactElement } from 'react'
import { useAct } from '../act.ts'
import { WayField, codeIn } from '../factors/way-field.tsx'
import { WayLinks } from '../factors/way-links.tsx'
import type { Attempt } from '../factors/ways.ts'
import { missingCode, proofOf, wayWords, waysOf } from '../factors/ways.ts'
import { passkey } from '../passkeys.ts'
import { ActButton } from '../views/act-button.tsx'
import { focusFirstError } from '../views/field.tsx'
import { Problem } from '../views/problem.tsx'
import { Step } from './step.tsx'

/** The second step of a sign-in: a passkey, the code of an app, or a recovery code. */
export function SecondFactor(props: {
  readonly attempt: Attempt
  readonly login: string
  /** Called if the sign-in can't be continued, with the reason. */
  readonly onOver: (reason: string) => void
  readonly onAgain: () => void
}): ReactElement {
  const { attempt, login, onOver, onAgain } = props
  const { completeSignIn } = useAuth()
  const ways = waysOf(attempt.factors)
  const [way, setWay] = useState<FactorName>(ways[0] ?? 'recovery_code')
  const [error, setError] = useState<string>()
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const { busy, run } = useAct()
  const words = wayWords[way]
  useEffect(() => focusFirstError(form.current), [tries])

  const complete = (code: string): Promise<Result> =>
    way === 'passkey' ? passkey.completeSignIn() : completeSignIn(proofOf(way, code))
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const code = codeIn(new FormData(event.currentTarget))
    void run(async () => {
      const missing = missingCode(way, code)
      const result = missing === undefined ? await complete(code) : undefined
      if (result?.ok === false && result.error.code === 'attempt_over') {
        return onOver(result.error.detail)
      }
      setError(missing ?? (result?.ok === false ? result.error.detail : undefined))
      setTries((count) => count + 1)
    })
  }
  const turn = (to: FactorName): void => {
    setError(undefined)
    setWay(to)
  }
  return (
    <Step title={words.title} about={words.about} login={login} expiresIn={attempt.expiresIn}>
      <form key={way} ref={form} onSubmit={submit} onInput={() => setError(undefined)} noValidate>
        <WayField way={way} error={error} />
        {way === 'passkey' && <Problem text={error} />}
        <ActButton
          className="wide"
          busy={busy}
          doing={way === 'passkey' ? words.doing : 'Signing in…'}
        >
          {way === 'passkey' ? words.act : 'Sign in'}
        </ActButton>
      </form>
      <div className="others">
        <WayLinks ways={ways} shown={way} onWay={turn} />
        <button type="button" className="link" onClick={onAgain}>
          Begin again
        </button>
      </div>
    </Step>
  )
}
