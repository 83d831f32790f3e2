import type { FactorEntry, FactorList, TotpEnrolment } from '@keyhaven/core/wire'
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
  const { list } = useAuth().factors
  const { value, problem, reload } = useLoaded(
    useCallback(async () => granted(await list()), [list]),
  )
  return (
    <Setting
      title="Second factors"
      about="With one of them your password is not enough to sign in. A passkey also signs you in without it."
    >
      {value === undefined ? (
        problem === undefined ? (
          <ListSkeleton label="Second factors are loading" />
        ) : (
          <LoadProblem what="Your second factors" text={problem} retry={reload} />
        )
      ) : (
        <>
          <Problem text={problem} />
          {value.items.length > 0 && <Factors {...value} onChanged={reload} />}
          <AddFactor isFirst={value.items.length === 0} onAdded={reload} />
        </>
      )}
    </Setting>
  )
}

function Factors(props: FactorList & { readonly onChanged: () => void }): ReactElement {
  const { items, recoveryCodes, onChanged } = props
  const toast = useToast()
  const [removed, setRemoved] = useState<FactorEntry>()
  const list = useRef<HTMLUListElement>(null)
  const focusAfter = useFocusAfterRemoval(list, items.length)
  return (
    <>
      <ul className="rows" ref={list} aria-label="Second factors">
        {items.map((factor) => (
          <FactorRow
            key={factor.id}
            factor={factor}
            onRenamed={onChanged}
            onRemove={() => setRemoved(factor)}
          />
        ))}
        <RecoveryCodesLeft count={recoveryCodes} onRenewed={onChanged} />
      </ul>
      {removed && (
        <RemoveFactor
          factor={removed}
          isLast={items.length === 1}
          onRemoved={() => {
            focusAfter(items.indexOf(removed))
            toast(`Removed ${nameOf(removed)}. Your other sessions have ended.`)
            onChanged()
          }}
          onClose={() => setRemoved(undefined)}
        />
      )}
    </>
  )
}

function AddFactor(props: {
  readonly isFirst: boolean
  readonly onAdded: () => void
}): ReactElement {
  const { isFirst, onAdded } = props
  const { addTotp } = useAuth().factors
  const [app, setApp] = useState<TotpEnrolment>()
  const { busy, problem, run } = useAct()
  const { shown, show, place } = useDisclosure<'buttons' | 'app' | 'passkey'>('buttons')
  const close = (): void => show('buttons')
  const added = (): void => {
    onAdded()
    close()
  }
  const addApp = (): void => {
    void run(async () => {
      setApp(granted(await addTotp()))
      show('app')
    })
  }
  return (
    <div className="parts" ref={place}>
      {isFirst && shown === 'buttons' && (
        <p className="soft">
          You have no second factor yet. Add a passkey, or the authenticator app on your phone.
        </p>
      )}
      {shown === 'buttons' && (
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
      <Problem text={problem} />
      {shown === 'app' && app && <AddApp app={app} onAdded={added} onCancel={close} />}
      {shown === 'passkey' && <AddPasskey onAdded={added} onCancel={close} />}
    </div>
  )
}
