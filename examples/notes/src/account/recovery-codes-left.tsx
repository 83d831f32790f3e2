import { useAuth } from '@keyhaven/client/react'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { granted } from '../call.ts'
import { useShowRecoveryCodes } from '../factors/recovery-codes.tsx'
import { ConfirmDialog } from '../views/confirm-dialog.tsx'
import { countOf } from '../when-of.ts'

/** From this number on the person should get new ones. */
const FEW = 3

/** How many recovery codes are left, and the button that makes new ones. */
export function RecoveryCodesLeft(props: {
  readonly count: number
  readonly onRenewed: () => void
}): ReactElement {
  const { renewRecoveryCodes } = useAuth().factors
  const { count, onRenewed } = props
  const [isConfirming, setConfirming] = useState(false)
  const showCodes = useShowRecoveryCodes()
  return (
    <div className={`line ${count > FEW ? '' : 'warn'}`}>
      <p>
        {count === 0 ? 'No recovery code is' : countOf(count, 'recovery code')}{' '}
        {count === 0 ? '' : count === 1 ? 'is ' : 'are '}left.
      </p>
      <button type="button" className="quiet" onClick={() => setConfirming(true)}>
        New recovery codes
      </button>
      {isConfirming && (
        <ConfirmDialog
          title="Make new recovery codes?"
          confirm="Make new codes"
          doing="Making…"
          isPlain
          onClose={() => setConfirming(false)}
          onConfirm={async () => {
            const { recoveryCodes } = granted(await renewRecoveryCodes())
            showCodes(recoveryCodes)
            onRenewed()
            return true
          }}
        >
          <p>
            {count === 0
              ? 'You get ten new ones.'
              : `You get ten new ones, and ${count === 1 ? 'the one that is left no longer counts' : `the ${count} that are left no longer count`}.`}{' '}
            Your other sessions end.
          </p>
        </ConfirmDialog>
      )}
    </div>
  )
}
