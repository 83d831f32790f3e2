import type { AuthEvents } from '@keyhaven/client'
import { useAuth, useStepUp } from '@keyhaven/client/react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { PasswordField } from './password-field.tsx'

/** Requests the password again while calls wait for it, whichever view has sent them. */
export function StepUp(): ReactElement | null {
  const wanted = useStepUp()
  const { account } = useAuth().state
  return wanted && account ? (
    <StepUpDialog key={account.id} address={account.email} cancel={wanted.cancel} />
  ) : null
}

function StepUpDialog(props: {
  readonly address: string
  readonly cancel: AuthEvents['step-up']['cancel']
}): ReactElement {
  const { stepUp } = useAuth()
  const [error, setError] = useState<string>()
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
  useEffect(() => {
    if (error !== undefined) document.querySelector<HTMLElement>('dialog [name=password]')?.focus()
  }, [error])
  return (
    <ConfirmDialog
      title="Enter your password"
      confirm="Go on"
      doing="Checking…"
      isPlain
      onClose={props.cancel}
      onConfirm={async (form) => {
        const password = form.get('password')
        setError(undefined)
        if (typeof password !== 'string' || password === '') {
          setError('The password is missing: enter it.')
          return false
        }
        const result = await stepUp({ password })
        if (result.ok) return true
        if (result.error.code !== 'invalid_credentials') throw new Error(result.error.detail)
        setError(result.error.detail)
        return false
      }}
    >
      <p>You signed in some time ago. Enter your password again to go on.</p>
      {/* For password managers, which look up the password of this user */}
      <input type="text" autoComplete="username" value={props.address} readOnly hidden />
      <PasswordField isNew={false} address={props.address} error={error} />
    </ConfirmDialog>
  )
}
