import type { FactorEntry } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import { useId } from 'react'
import type { ReactElement } from 'react'
import { useToast } from '../toast.tsx'
import { Field } from '../views/field.tsx'
import { agoOf, whenOf } from '../when-of.ts'
import { useDisclosure } from './disclosure.ts'
import { SettingForm } from './setting-form.tsx'

const kinds = { totp: 'Authenticator app', passkey: 'Passkey' } as const

/** The name of a factor, or what it is. */
export function nameOf({ name, kind }: FactorEntry): string {
  return name ?? kinds[kind]
}

/** One factor: its name, when it was used, and the acts on it. */
export function FactorRow(props: {
  readonly factor: FactorEntry
  readonly onRenamed: () => void
  readonly onRemove: () => void
}): ReactElement {
  const id = useId()
  const { factor, onRenamed, onRemove } = props
  const { shown, show, place } = useDisclosure<'name' | 'rename'>('name')
  const { name, kind, createdAt, lastUsedAt } = factor
  if (shown === 'rename') {
    return (
      <li className="whole">
        <div ref={place}>
          <Rename factor={factor} onRenamed={onRenamed} onClose={() => show('name')} />
        </div>
      </li>
    )
  }
  return (
    <li>
      <div className="what" id={id}>
        <p className="name">
          {nameOf(factor)}
          {name !== null && <span className="pill">{kinds[kind].toLowerCase()}</span>}
        </p>
        <p className="facts">
          <time dateTime={createdAt} title={whenOf(createdAt)}>
            Added {agoOf(createdAt)}
          </time>
          {lastUsedAt === null ? (
            <span>Not used yet</span>
          ) : (
            <time dateTime={lastUsedAt} title={whenOf(lastUsedAt)}>
              Last used {agoOf(lastUsedAt)}
            </time>
          )}
        </p>
      </div>
      <div className="row-acts" ref={place}>
        {kind === 'passkey' && (
          <button
            type="button"
            className="text"
            aria-describedby={id}
            onClick={() => show('rename')}
          >
            Rename
          </button>
        )}
        <button type="button" className="text destructive" aria-describedby={id} onClick={onRemove}>
          Remove
        </button>
      </div>
    </li>
  )
}

function Rename(props: {
  readonly factor: FactorEntry
  readonly onRenamed: () => void
  readonly onClose: () => void
}): ReactElement {
  const { rename } = useAuth().factors
  const toast = useToast()
  const { factor, onRenamed, onClose } = props
  return (
    <SettingForm
      fields={['name']}
      act="Save name"
      doing="Saving…"
      isPrimary
      missing={({ name = '' }) => (name.trim() === '' ? { name: 'Enter a name.' } : {})}
      send={({ name = '' }) => rename({ id: factor.id, name: name.trim() })}
      done={(_result, { name = '' }) => {
        toast(`The passkey is now “${name.trim()}”.`)
        onRenamed()
        onClose()
      }}
      beside={
        <button type="button" className="text" onClick={onClose}>
          Cancel
        </button>
      }
    >
      {(faults) => (
        <Field
          label="Name of the passkey"
          name="name"
          initial={nameOf(factor)}
          error={faults['name']}
        />
      )}
    </SettingForm>
  )
}
