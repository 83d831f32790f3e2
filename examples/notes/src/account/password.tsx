import { useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { useToast } from '../toast.tsx'
import { PasswordField } from '../views/password-field.tsx'
import { useDisclosure } from './disclosure.ts'
import { Setting } from './setting.tsx'
import { SettingForm } from './setting-form.tsx'

/** Changes the password. */
export function Password(): ReactElement {
  const { changePassword, state } = useAuth()
  const toast = useToast()
  const { shown, show, place } = useDisclosure<'button' | 'form'>('button')
  const address = state.account?.email ?? ''
  return (
    <Setting
      title="Password"
      about="Another password ends all your sessions on other devices and in other browsers."
    >
      <div className="parts" ref={place}>
        {shown === 'button' ? (
          <div className="acts">
            <button type="button" className="quiet" onClick={() => show('form')}>
              Change password
            </button>
          </div>
        ) : (
          <SettingForm
            fields={['current', 'password']}
            codes={{
              invalid_credentials: 'current',
              weak_password: 'password',
              breached_password: 'password',
            }}
            words={{ invalid_credentials: 'This is not your current password.' }}
            act="Set password"
            doing="Setting…"
            isPrimary
            missing={({ current, password }) => ({
              ...(!current && { current: 'Enter your current password.' }),
              ...(!password && { password: 'Choose a password.' }),
            })}
            send={({ current = '', password = '' }) => changePassword({ current, password })}
            done={() => {
              toast('Password changed. Your other sessions have ended.')
              show('button')
            }}
            beside={
              <button type="button" className="text" onClick={() => show('button')}>
                Cancel
              </button>
            }
          >
            {(faults) => (
              <>
                {/* For password managers, which look up the password of this user */}
                <input type="text" autoComplete="username" value={address} readOnly hidden />
                <PasswordField
                  label="Current password"
                  name="current"
                  isNew={false}
                  address={address}
                  error={faults['current']}
                />
                <PasswordField
                  label="New password"
                  isNew
                  address={address}
                  error={faults['password']}
                />
              </>
            )}
          </SettingForm>
        )}
      </div>
    </Setting>
  )
}
