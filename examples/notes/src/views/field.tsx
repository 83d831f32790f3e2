import { useId } from 'react'
import type { ReactElement, ReactNode } from 'react'

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly type?: string
  readonly autoComplete?: string
  readonly error?: string | undefined
  readonly isOptional?: boolean
  /** Whether a code is typed in, of which each sign counts. */
  readonly isCode?: boolean
  readonly inputMode?: 'numeric'
  readonly initial?: string
  /** Shown below the input as long as there is no error. */
  readonly help?: ReactNode
  readonly onText?: (text: string) => void
  /** A button inside the field. */
  readonly children?: ReactNode
}

/** A labelled input. Its error is shown below it, in place of the help. */
export function Field(props: FieldProps): ReactElement {
  const id = useId()
  const { label, name, type = 'text', autoComplete = 'off', error, help, children, onText } = props
  const below = error ?? help
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {props.isOptional && <small>optional</small>}
      </label>
      <div className={children ? 'input shows' : 'input'}>
        <input
          id={id}
          name={name}
          type={type}
          className={props.isCode ? 'code' : undefined}
          inputMode={props.inputMode}
          autoComplete={autoComplete}
          autoCapitalize={name === 'name' ? 'words' : 'none'}
          spellCheck={false}
          defaultValue={props.initial}
          aria-required={!props.isOptional}
          aria-invalid={error !== undefined}
          aria-describedby={below === undefined ? undefined : `${id}-below`}
          onChange={onText && ((event) => onText(event.target.value))}
        />
        {children}
      </div>
      {below !== undefined && (
        <div className={error === undefined ? 'help' : 'error'} id={`${id}-below`}>
          {below}
        </div>
      )}
    </div>
  )
}

/** Puts the cursor into the first field of a form that has an error. */
export function focusFirstError(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
