import type { AuthError, Result } from '@keyhaven/client'
import { useEffect, useRef, useState } from 'react'
import type { FormEvent, ReactElement, ReactNode } from 'react'
import { useAct } from '../act.ts'
import { faultsOf } from '../faults.ts'
import type { Faults, Places } from '../faults.ts'
import { ActButton } from '../views/act-button.tsx'
import { focusFirstError } from '../views/field.tsx'
import { Problem } from '../views/problem.tsx'

/** The typed text by the name of its field. */
export type Typed = Readonly<Record<string, string>>

interface SettingFormProps<T> extends Places {
  /** The button, and its label while the act runs. */
  readonly act: string
  readonly doing: string
  /** Whether it is the view's one primary act. */
  readonly isPrimary?: boolean
  /** Sentences for fields that are not filled in yet. */
  readonly missing?: (typed: Typed) => Faults
  readonly send: (typed: Typed) => Promise<Result<T>>
  readonly done: (result: T, typed: Typed) => void
  /** Sentences that are clearer here than the service's own, by code. */
  readonly words?: Readonly<Partial<Record<string, string>>>
  /** Further buttons. */
  readonly beside?: ReactNode
  readonly children: (faults: Faults) => ReactNode
}

/** A form of one act. Each refusal is shown beside its field, and typed text stays. */
export function SettingForm<T>(props: SettingFormProps<T>): ReactElement {
  const { act, doing, isPrimary, missing, send, done, words, beside, children, ...places } = props
  const form = useRef<HTMLFormElement>(null)
  const [faults, setFaults] = useState<Faults>({})
  const [attempts, setAttempts] = useState(0)
  const { busy, problem, run, clearProblem } = useAct()
  // Only after a submission: when a field is changed, its error is removed and the focus stays
  useEffect(() => focusFirstError(form.current), [attempts])

  const faultsIn = (error: AuthError): Faults =>
    faultsOf({ ...error, detail: words?.[error.code] ?? error.detail }, places)
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const typed = Object.fromEntries(new FormData(event.currentTarget)) as Typed
    void run(async () => {
      const empty = missing?.(typed) ?? {}
      const result = Object.keys(empty).length > 0 ? undefined : await send(typed)
      const found = result === undefined ? empty : result.ok ? {} : faultsIn(result.error)
      setFaults(found)
      setAttempts((count) => count + 1)
      if (result?.ok) done(result, typed)
    })
  }
  const change = (event: FormEvent<HTMLFormElement>): void => {
    const { name } = event.target as HTMLInputElement
    setFaults(({ [name]: _gone, form: _sentence, ...others }) => others)
    clearProblem()
  }
  return (
    <form ref={form} onSubmit={submit} onInput={change} noValidate>
      {children(faults)}
      <Problem text={faults['form'] ?? problem} />
      <div className="acts">
        <ActButton className={isPrimary ? 'solid' : 'quiet'} busy={busy} doing={doing}>
          {act}
        </ActButton>
        {beside}
      </div>
    </form>
  )
}
