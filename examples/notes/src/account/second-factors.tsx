import type { FactorEntry, TotpEnrolment } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import { useCallback, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { useAct, useLoaded } from '../act.ts'
import { granted } from '../call.ts'
import { passkey } from '../passkeys.ts'
import { useFocusAfterRemoval } from '../focus.ts'
import { useToast } from '../toast.tsx'
import { ActButton } from '../views/act-button.tsx'
import { ListSkeleton, LoadProblem, Problem } from '../views/problem.tsx'
import { AddApp } from './add-app.tsx'
import { AddPasskey } from './add-passkey.tsx'
import { useDisclosure } from './disclosure.ts'
import { FactorRow, nameOf } from './factor-row.tsx'
import { RecoveryCodesLeft } from './recovery-codes-left.tsx'
import { RemoveFactor } from './remove-factor.tsx'
import { Setting } from './setting.tsx'

/** The person's authenticator apps, passkeys and recovery codes. */
export function SecondFactors(): ReactElement {
  const { list: load, addTotp } = useAuth().factors
  const [app, setApp] = useState<TotpEnrolment>()
  const { busy, problem: refusal, run } = useAct()
  const toast = useToast()
  const { value, problem, reload } = useLoaded(
    useCallback(async () => granted(await load()), [load]),
  )
  const { shown, show, place } = useDisclosure<'list' | 'app' | 'passkey'>('list')
  const [removed, setRemoved] = useState<FactorEntry>()
  const list = useRef<HTMLUListElement>(null)
  const items = value?.items ?? []
  const focusAfter = useFocusAfterRemoval(list, items.length)
  const close = (): void => show('list')
  const addApp = (): void => {
    void run(async () => {
      setApp(granted(await addTotp()))
      show('app')
    })
  }
  const added = (what: string): void => {
    toast(`${what} added. Your other sessions have ended.`)
    reload()
    close()
  }

  return (
    <Setting
      title="Second factors"
      about="With one of them nobody signs in with your password only. A passkey also signs you in without it."
    >
      <div className="parts" ref={place}>
        {value === undefined ? (
          problem === undefined ? (
            <ListSkeleton label="Second factors are loading" />
          ) : (
            <LoadProblem what="Your second factors" text={problem} retry={reload} />
          )
        ) : (
          <>
            <Problem text={problem} />
            {items.length === 0 ? (
              <p className="soft">
                You have no second factor yet. Add a passkey, or the authenticator app on your
                phone.
              </p>
            ) : (
              <ul className="rows" ref={list} aria-label="Second factors">
                {items.map((factor) => (
                  <FactorRow
                    key={factor.id}
                    factor={factor}
                    onRenamed={reload}
                    onRemove={() => setRemoved(factor)}
                  />
                ))}
              </ul>
            )}
            {shown === 'list' && (
              <div className="acts">
                {passkey.isSupported() && (
                  <button type="button" className="quiet" onClick={() => show('passkey')}>
                    Add passkey
                  </button>
                )}
                <ActButton className="quiet" busy={busy} onClick={addApp}>
                  Add authenticator app
                </ActButton>
              </div>
            )}
            <Problem text={refusal} />
          </>
        )}
        {shown === 'app' && app && (
          <AddApp app={app} onAdded={() => added('Authenticator app')} onCancel={close} />
        )}
        {shown === 'passkey' && (
          <AddPasskey onAdded={(name) => added(`Passkey “${name}”`)} onCancel={close} />
        )}
        {items.length > 0 && value && (
          <RecoveryCodesLeft count={value.recoveryCodes} onRenewed={reload} />
        )}
      </div>
      {removed && (
        <RemoveFactor
          factor={removed}
          isLast={items.length === 1}
          onRemoved={() => {
            focusAfter(items.indexOf(removed))
            toast(`Removed ${nameOf(removed)}. Your other sessions have ended.`)
            reload()
          }}
          onClose={() => setRemoved(undefined)}
        />
      )}
    </Setting>
  )
}
