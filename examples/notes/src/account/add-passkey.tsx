import type { ReactElement } from 'react'
import { deviceName } from '../device-name.ts'
import { useShowRecoveryCodes } from '../factors/recovery-codes.tsx'
import { passkey } from '../passkeys.ts'
import { Field } from '../views/field.tsx'
import { SettingForm } from './setting-form.tsx'

/** Creates a passkey with a name by which its user recognizes it. */
export function AddPasskey(props: {
  readonly onAdded: () => void
  readonly onCancel: () => void
}): ReactElement {
  const { onAdded, onCancel } = props
  const showCodes = useShowRecoveryCodes()
  return (
    <SettingForm
      fields={['name']}
      act="Create passkey"
      doing="Waiting…"
      isPrimary
      send={({ name = '' }) => passkey.register({ name: name.trim() || deviceName() })}
      done={({ recoveryCodes }, { name = '' }) => {
        const passkeyName = name.trim() || deviceName()
        showCodes(recoveryCodes, `Passkey “${passkeyName}” added. Your other sessions have ended.`)
        onAdded()
      }}
      beside={
        <button type="button" className="text" onClick={onCancel}>
          Cancel
        </button>
      }
    >
      {(faults) => (
        <Field
          label="Name of the passkey"
          name="name"
          initial={deviceName()}
          error={faults['name']}
          help="Your browser then asks where to store it: on this device, on a phone or on a security key."
        />
      )}
    </SettingForm>
  )
}
