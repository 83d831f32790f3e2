import type { TotpEnrolment } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { AppSecret } from '../factors/app-secret.tsx'
import { useShowRecoveryCodes } from '../factors/recovery-codes.tsx'
import { AppCodeField } from '../factors/way-field.tsx'
import { SettingForm } from './setting-form.tsx'

/** Sets up an authenticator app whose secret the service has made, by the first code of the app. */
export function AddApp(props: {
  readonly app: TotpEnrolment
  readonly onAdded: () => void
  readonly onCancel: () => void
}): ReactElement {
  const { confirmTotp } = useAuth().factors
  const { app, onAdded, onCancel } = props
  const showCodes = useShowRecoveryCodes()
  return (
    <SettingForm
      fields={['code']}
      codes={{ invalid_credentials: 'code' }}
      words={{ not_found: 'This secret has expired. Cancel, and add the app again.' }}
      act="Add app"
      doing="Checking…"
      isPrimary
      missing={({ code = '' }) =>
        code.trim() === '' ? { code: 'Enter the code that the app shows.' } : {}
      }
      send={({ code = '' }) => confirmTotp({ id: app.id, code: code.trim() })}
      done={({ recoveryCodes }) => {
        showCodes(recoveryCodes, 'Authenticator app added. Your other sessions have ended.')
        onAdded()
      }}
      beside={
        <button type="button" className="text" onClick={onCancel}>
          Cancel
        </button>
      }
    >
      {(faults) => (
        <>
          <AppSecret {...app} />
          <AppCodeField error={faults['code']} />
        </>
      )}
    </SettingForm>
  )
}
