import type { FactorEntry } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { granted } from '../call.ts'
import { ConfirmDialog } from '../views/confirm-dialog.tsx'

/** Removes a factor, after a dialog that names what ends. */
export function RemoveFactor(props: {
  readonly factor: FactorEntry
  readonly isLast: boolean
  readonly onRemoved: () => void
  readonly onClose: () => void
}): ReactElement {
  const { remove } = useAuth().factors
  const { factor, isLast, onRemoved, onClose } = props
  const what = factor.kind === 'passkey' ? 'passkey' : 'app'
  return (
    <ConfirmDialog
      title={factor.name === null ? 'Remove your authenticator app?' : `Remove “${factor.name}”?`}
      confirm={`Remove ${what}`}
      doing="Removing…"
      onClose={onClose}
      onConfirm={async () => {
        granted(await remove({ id: factor.id }))
        onRemoved()
        return true
      }}
    >
      <p>
        You can’t sign in with this {what} any more, and your other sessions end.{' '}
        {isLast &&
          'It is your last second factor: your recovery codes end with it, and only your password protects your account.'}
      </p>
    </ConfirmDialog>
  )
}
