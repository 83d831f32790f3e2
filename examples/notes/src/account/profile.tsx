import { useAuth } from '@keyhaven/client/react'
import { useEffect, useId, useRef } from 'react'
import type { ReactElement } from 'react'
import { useToast } from '../toast.tsx'
import { Field } from '../views/field.tsx'
import { Setting } from './setting.tsx'
import { SettingForm } from './setting-form.tsx'

/** Languages that the service has mails in. */
const languages = ['en', 'de']

const names = new Intl.DisplayNames(document.documentElement.lang, { type: 'language' })

/** The person's name, and the language of their mails. */
export function Profile(): ReactElement {
  const { updateProfile, state } = useAuth()
  const toast = useToast()
  const { name = '', locale = '' } = state.account ?? {}
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Another tab may have changed them. What the person types now stays
    for (const [field, value] of Object.entries({ name, locale })) {
      const input = place.current?.querySelector<HTMLInputElement>(`[name=${field}]`)
      if (input && input !== document.activeElement) input.value = value
    }
  }, [name, locale])
  return (
    <Setting title="Profile" about="Your name, and the language in which you get mails.">
      <SettingForm
        fields={['name', 'locale']}
        act="Save profile"
        doing="Saving…"
        send={(typed) =>
          updateProfile({ name: typed['name']?.trim() || null, locale: typed['locale'] || null })
        }
        done={() => toast('Profile saved.')}
      >
        {(faults) => (
          <div className="parts" ref={place}>
            <Field
              label="Name"
              name="name"
              autoComplete="name"
              initial={name}
              error={faults['name']}
              isOptional
            />
            <Language locale={locale} error={faults['locale']} />
          </div>
        )}
      </SettingForm>
    </Setting>
  )
}

function Language(props: {
  readonly locale: string
  readonly error: string | undefined
}): ReactElement {
  const id = useId()
  const { locale, error } = props
  // The account may have a language that mails are not written in
  const offered = locale === '' || languages.includes(locale) ? languages : [...languages, locale]
  return (
    <div className="field">
      <label htmlFor={id}>Language of mails</label>
      <div className="input select">
        <select
          id={id}
          name="locale"
          defaultValue={locale}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : `${id}-below`}
        >
          <option value="">The language of the browser</option>
          {offered.map((tag) => (
            <option key={tag} value={tag}>
              {names.of(tag)}
            </option>
          ))}
        </select>
      </div>
      {error !== undefined && (
        <div className="error" id={`${id}-below`}>
          {error}
        </div>
      )}
    </div>
  )
}
