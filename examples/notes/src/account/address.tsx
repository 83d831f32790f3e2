import { useAuth } from '@keyhaven/client/react'
import { useEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { useToast } from '../toast.tsx'
import { Field } from '../views/field.tsx'
import { useDisclosure } from './disclosure.ts'
import { Setting } from './setting.tsx'
import { SettingForm } from './setting-form.tsx'

/** The code of a mail is not right, or its time is over. */
const codeWords = {
  link_invalid: 'This code is not right, or no longer valid.',
  link_expired: 'This code has expired. Change the address again to get another one.',
}

/** The person's address, and its change: a mail to the new address, then its link or its code. */
export function Address(): ReactElement {
  const { state } = useAuth()
  const toast = useToast()
  const { shown, show, place } = useDisclosure<'address' | 'change' | 'code'>('address')
  const [sentTo, setSentTo] = useState<string>()
  const { email = '', emailVerified = false } = state.account ?? {}
  const before = useRef({ email, emailVerified })
  useEffect(() => {
    const former = before.current
    if (email === '') return
    before.current = { email, emailVerified }
    // The link in the mail may have been opened in another tab
    if (former.email === email) return
    setSentTo(undefined)
    show('address')
    const undo = former.emailVerified
      ? ' For 7 days a link in a mail to the former one undoes this.'
      : ''
    toast(`Your address is now ${email}.${undo}`)
  }, [email, emailVerified, show, toast])

  return (
    <Setting
      title="E-mail address"
      about="You sign in with it, and the service sends its mails there."
    >
      <div className="parts" ref={place}>
        {shown === 'address' && (
          <div className="row">
            <p className="name">
              {email}
              {emailVerified ? (
                <span className="pill good">confirmed</span>
              ) : (
                <span className="pill">not confirmed</span>
              )}
            </p>
            <div className="acts">
              <button type="button" className="quiet" onClick={() => show('change')}>
                Change address
              </button>
              <button type="button" className="text" onClick={() => show('code')}>
                Enter a code
              </button>
            </div>
          </div>
        )}
        {shown === 'change' && (
          <ChangeForm
            email={email}
            onSent={(to) => {
              setSentTo(to)
              show('code')
            }}
            onCancel={() => show('address')}
          />
        )}
        {shown === 'code' && (
          <CodeForm email={email} sentTo={sentTo} onCancel={() => show('address')} />
        )}
      </div>
    </Setting>
  )
}

function ChangeForm(props: {
  readonly email: string
  readonly onSent: (to: string) => void
  readonly onCancel: () => void
}): ReactElement {
  const { changeEmail } = useAuth()
  const { email, onSent, onCancel } = props
  return (
    <SettingForm
      fields={['email']}
      act="Send mail"
      doing="Sending…"
      isPrimary
      missing={({ email: typed = '' }) =>
        typed.trim() === '' ? { email: 'Enter your new e-mail address.' } : {}
      }
      send={({ email: typed = '' }) => changeEmail({ email: typed.trim() })}
      done={(_result, { email: typed = '' }) => onSent(typed.trim())}
      beside={
        <button type="button" className="text" onClick={onCancel}>
          Cancel
        </button>
      }
    >
      {(faults) => (
        <Field
          label="New e-mail address"
          name="email"
          type="email"
          autoComplete="email"
          error={faults['email']}
          help={`You get a mail there to confirm it. Until then your address is ${email}.`}
        />
      )}
    </SettingForm>
  )
}

function CodeForm(props: {
  readonly email: string
  readonly sentTo: string | undefined
  readonly onCancel: () => void
}): ReactElement {
  const { confirmEmailChange } = useAuth()
  const { email, sentTo, onCancel } = props
  return (
    <>
      <p className="line own" role="status">
        {sentTo === undefined
          ? 'The mail to your new address has a code.'
          : `A mail is on its way to ${sentTo}. Open its link in this browser, or enter its code.`}
      </p>
      <SettingForm
        fields={['code']}
        codes={{ link_invalid: 'code', link_expired: 'code', link_elsewhere: 'code' }}
        words={codeWords}
        act="Confirm address"
        doing="Confirming…"
        isPrimary
        missing={({ code = '' }) => (code.trim() === '' ? { code: 'Enter the code.' } : {})}
        send={({ code = '' }) => confirmEmailChange({ code })}
        // The new address is shown as soon as the page knows it
        done={onCancel}
        beside={
          <button type="button" className="text" onClick={onCancel}>
            Cancel
          </button>
        }
      >
        {(faults) => (
          <Field
            label="Code"
            name="code"
            autoComplete="one-time-code"
            error={faults['code']}
            help={`Eight characters, beside the link in the mail. Until then your address is ${email}.`}
          />
        )}
      </SettingForm>
    </>
  )
}
