import type { AuthEvents, Result } from '@keyhaven/client'
import type { FactorName } from '@keyhaven/core/wire'
import { useAuth, useStepUp } from '@keyhaven/client/react'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { useLoaded } from '../act.ts'
import { granted } from '../call.ts'
import { WayField, codeIn } from '../factors/way-field.tsx'
import { WayLinks } from '../factors/way-links.tsx'
import { factorNamesOf, missingCode, proofOf, wayWords, waysOf } from '../factors/ways.ts'
import { passkey } from '../passkeys.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { PasswordField } from './password-field.tsx'

/** Requests a proof of identity again while calls wait for it, whichever view has sent them. */
export function StepUp(): ReactElement | null {
  const wanted = useStepUp()
  const { account } = useAuth().state
  return wanted && account ? <Proofs key={account.id} cancel={wanted.cancel} /> : null
}

interface ProofProps {
  readonly cancel: AuthEvents['step-up']['cancel']
}

/** The password of an account without a second factor; otherwise the factor, which the service then requires. */
function Proofs({ cancel }: ProofProps): ReactElement | null {
  const { list } = useAuth().factors
  const { value, problem } = useLoaded(
    useCallback(async () => factorNamesOf(granted(await list())), [list]),
  )
  const before = useRef<Element>(null)
  useLayoutEffect(() => {
    before.current = document.activeElement
  }, [])
  useEffect(
    () => () => {
      // A step-up in another tab removes the dialog, and a removed dialog returns no focus by itself
      if (before.current instanceof HTMLElement) before.current.focus()
    },
    [],
  )
  // The service decides if the list can't be loaded
  if (value === undefined && problem === undefined) return null
  const ways = waysOf(value ?? [])
  return ways.length > 0 ? <ByFactor ways={ways} cancel={cancel} /> : <ByPassword cancel={cancel} />
}

function ByPassword({ cancel }: ProofProps): ReactElement {
  const { stepUp, state } = useAuth()
  const { email = '' } = state.account ?? {}
  const [error, setError] = useWrong()
  return (
    <ConfirmDialog
      title="Enter your password"
      confirm="Go on"
      doing="Checking…"
      isPlain
      onClose={cancel}
      onConfirm={async (form) => {
        const password = form.get('password')
        setError(undefined)
        if (typeof password !== 'string' || password === '') {
          setError('The password is missing: enter it.')
          return false
        }
        return isProved(await stepUp({ password }), setError)
      }}
    >
      <p>You signed in some time ago. Enter your password again to go on.</p>
      {/* For password managers, which look up the password of this user */}
      <input type="text" autoComplete="username" value={email} readOnly hidden />
      <PasswordField isNew={false} address={email} error={error} />
    </ConfirmDialog>
  )
}

function ByFactor(props: ProofProps & { readonly ways: readonly FactorName[] }): ReactElement {
  const { ways, cancel } = props
  const { stepUp } = useAuth()
  const [way, setWay] = useState<FactorName>(ways[0] ?? 'recovery_code')
  const [error, setError] = useWrong()
  const words = wayWords[way]
  const prove = (code: string): Promise<Result> =>
    way === 'passkey' ? passkey.stepUp() : stepUp(proofOf(way, code))
  return (
    <ConfirmDialog
      title={words.title}
      confirm={words.act}
      doing={words.doing}
      isPlain
      onClose={cancel}
      onConfirm={async (form) => {
        const code = codeIn(form)
        const missing = missingCode(way, code)
        setError(missing)
        return missing === undefined && isProved(await prove(code), setError)
      }}
    >
      <p>You signed in some time ago. {words.about}</p>
      <WayField key={way} way={way} error={error} />
      <div className="others">
        <WayLinks
          ways={ways}
          shown={way}
          onWay={(to) => {
            setError(undefined)
            setWay(to)
          }}
        />
      </div>
    </ConfirmDialog>
  )
}

/** Whether the proof was right. A wrong one is shown at its field, and any other refusal by the dialog. */
function isProved(result: Result, wrong: (sentence: string) => void): boolean {
  if (result.ok) return true
  if (result.error.code !== 'invalid_credentials') throw new Error(result.error.detail)
  wrong(result.error.detail)
  return false
}

/** The sentence of a wrong proof; its field then has the focus. */
function useWrong(): readonly [string | undefined, (sentence: string | undefined) => void] {
  const [error, setError] = useState<string>()
  useEffect(() => {
    if (error === undefined) return
    document.querySelector<HTMLElement>('dialog[open] :is([name=password], [name=code])')?.focus()
  }, [error])
  return [error, setError]
}
