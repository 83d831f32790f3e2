import { useId } from 'react'
import type { ReactElement } from 'react'

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly error: string | undefined
  /** Shown below the input as long as there is no error. */
  readonly help: string
  readonly onText: () => void
}

/** A labelled input. Its error is shown below it, in place of the help. */
export function Field({ label, name, error, help, onText }: FieldProps): ReactElement {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        className="input"
        autoComplete="off"
        aria-required
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-below`}
        onChange={onText}
      />
      <div className={error === undefined ? 'help' : 'error'} id={`${id}-below`}>
        {error ?? help}
      </div>
    </div>
  )
}
