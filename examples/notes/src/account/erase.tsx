import { useAuth } from '@keyhaven/client/react'
import { useCallback, useState } from 'react'
import type { ReactElement } from 'react'
import { useLoaded } from '../act.ts'
import { granted } from '../call.ts'
import { endingOf } from '../ending-of.ts'
import { ConfirmDialog } from '../views/confirm-dialog.tsx'
import type { Erasure } from './erased.tsx'
import { Setting } from './setting.tsx'

/** The service's default of `KEYHAVEN_ERASE_AFTER`. */
const WAIT = '14 days'

/** Erases the account, after a dialog that names what ends and when. */
export function Erase(props: { readonly onErased: (erasure: Erasure) => void }): ReactElement {
  const [isConfirming, setConfirming] = useState(false)
  return (
    <Setting
      title="Erase your account"
      about={`You are signed out at once. For ${WAIT} a link in a mail undoes it; then it is final.`}
    >
      <div className="acts">
        <button type="button" className="quiet destructive" onClick={() => setConfirming(true)}>
          Erase account
        </button>
      </div>
      {isConfirming && (
        <EraseDialog onErased={props.onErased} onClose={() => setConfirming(false)} />
      )}
    </Setting>
  )
}

function EraseDialog(props: {
  readonly onErased: (erasure: Erasure) => void
  readonly onClose: () => void
}): ReactElement {
  const { eraseAccount, sessions, state } = useAuth()
  const { value } = useLoaded(useCallback(async () => granted(await sessions()).items, [sessions]))
  // The account is gone from the state when the act is done
  const [email] = useState(state.account?.email ?? '')
  return (
    <ConfirmDialog
      title="Erase your account?"
      confirm="Erase account"
      doing="Erasing…"
      onClose={props.onClose}
      onConfirm={async () => {
        const { erasesAt } = granted(await eraseAccount())
        props.onErased({ email, erasesAt })
        return true
      }}
    >
      <p>
        The account <strong>{email}</strong> can’t be used from now on.{' '}
        {value === undefined ? 'Every session ends at once.' : endingOf(value)}
      </p>
      <p>
        In {WAIT} it is erased, with your name, address, password and devices. Until then a link in
        the mail that we send you undoes it.
      </p>
      <p>Your notes are not part of it: delete them first.</p>
    </ConfirmDialog>
  )
}
