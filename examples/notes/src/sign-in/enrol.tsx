import type { AuthError } from '@keyhaven/client'
import type { FactorKind, TotpEnrolment } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { useAct } from '../act.ts'
import { deviceName } from '../device-name.ts'
import { useShowRecoveryCodes } from '../factors/recovery-codes.tsx'
import type { Attempt } from '../factors/ways.ts'
import { passkey } from '../passkeys.ts'
import { ActButton } from '../views/act-button.tsx'
import { Problem } from '../views/problem.tsx'
import { ConfirmApp } from './confirm-app.tsx'
import { MailCode } from './mail-code.tsx'
import { Step } from './step.tsx'

/** What the service requires before it signs the person in: a second factor. */
export function Enrol(props: {
  readonly attempt: Attempt
  readonly login: string
  readonly onOver: (reason: string) => void
  readonly onAgain: () => void
}): ReactElement {
  const { attempt, login, onOver, onAgain } = props
  const { enrolTotp } = useAuth()
  const showCodes = useShowRecoveryCodes()
  const { busy, problem, run } = useAct()
  const [kind, setKind] = useState<FactorKind>()
  const [wantsMailCode, setWantsMailCode] = useState(false)
  const [app, setApp] = useState<TotpEnrolment>()
  const step = { login, expiresIn: attempt.expiresIn }
  const offered = (attempt.enrol ?? []).filter((one) => one === 'totp' || passkey.isSupported())

  /** Begins the set-up. @returns the refusal that the view which began it shows. */
  const begin = async (wanted: FactorKind, mailCode?: string): Promise<AuthError | undefined> => {
    const proof = mailCode === undefined ? {} : { mailCode }
    setKind(wanted)
    const result =
      wanted === 'totp'
        ? await enrolTotp(proof)
        : await passkey.enrol({ ...proof, name: deviceName() })
    if (result.ok) {
      if ('secret' in result) setApp(result)
      else showCodes(result.recoveryCodes, 'Passkey added.')
      return undefined
    }
    if (result.error.code === 'attempt_over') onOver(result.error.detail)
    if (result.error.code !== 'mail_code_required') return result.error
    setWantsMailCode(true)
    return undefined
  }
  const again = (
    <button type="button" className="link" onClick={onAgain}>
      Begin again
    </button>
  )

  if (app) {
    return <ConfirmApp {...step} app={app} onOver={onOver} again={again} />
  }
  if (wantsMailCode && kind) {
    return <MailCode {...step} send={(code) => begin(kind, code)} again={again} />
  }
  const first = offered[0]
  return (
    <Step
      {...step}
      title="Set up a second factor"
      about="Your account needs one besides your password. From then on your password is not enough to sign in."
    >
      <div className="parts">
        <Problem text={problem} />
        {offered.map((one) => (
          <ActButton
            key={one}
            className={one === first ? 'wide solid' : 'wide quiet'}
            busy={busy && kind === one}
            doing="One moment…"
            onClick={() =>
              void run(async () => {
                const refusal = await begin(one)
                if (refusal) throw new Error(refusal.detail)
              })
            }
          >
            {one === 'totp' ? 'Use an authenticator app' : 'Create a passkey'}
          </ActButton>
        ))}
      </div>
      <div className="others">{again}</div>
    </Step>
  )
}
