import { useAuth } from '@keyhaven/client/react'
import { useId, useState } from 'react'
import type { ReactElement } from 'react'
import { granted } from '../call.ts'
import { useShowRecoveryCodes } from '../factors/recovery-codes.tsx'
import { ConfirmDialog } from '../views/confirm-dialog.tsx'

/** With so few codes left the person should get new ones. */
const FEW = 3

/** How many recovery codes are left, and the button that makes new ones. */
export function RecoveryCodesLeft(props: {
  readonly count: number
  readonly onRenewed: () => void
}): ReactElement {
  const id = useId()
  const { count, onRenewed } = props
  const [isConfirming, setConfirming] = useState(false)
  return (
    <li>
      <div className="what" id={id}>
        <p className="name">
          Recovery codes
          {count <= FEW && (
            <span className="pill warn">{count === 0 ? 'none left' : 'few left'}</span>
          )}
        </p>
        <p className="facts">
          {count} of them {count === 1 ? 'is' : 'are'} left. Each works once.
        </p>
      </div>
      <div className="row-acts">
        <button
          type="button"
          className="text"
          aria-describedby={id}
          onClick={() => setConfirming(true)}
        >
          New codes
        </button>
      </div>
      {isConfirming && (
        <NewCodes count={count} onRenewed={onRenewed} onClose={() => setConfirming(false)} />
      )}
    </li>
  )
}

function NewCodes(props: {
  readonly count: number
  readonly onRenewed: () => void
  readonly onClose: () => void
}): ReactElement {
  const { renewRecoveryCodes } = useAuth().factors
  const { count, onRenewed, onClose } = props
  const showCodes = useShowRecoveryCodes()
  return (
    <ConfirmDialog
      title="Make new recovery codes?"
      confirm="Make new codes"
      doing="Making…"
      isPlain
      onClose={onClose}
      onConfirm={async () => {
        const { recoveryCodes } = granted(await renewRecoveryCodes())
        showCodes(recoveryCodes, 'You have ten new recovery codes. Your other sessions have ended.')
        onRenewed()
        return true
      }}
    >
      <p>You get ten new ones{formerOnes(count)}. Your other sessions end.</p>
    </ConfirmDialog>
  )
}

function formerOnes(count: number): string {
  if (count === 0) return ''
  return count === 1
    ? ', and the one that is left no longer counts'
    : `, and the ${count} that are left no longer count`
}
