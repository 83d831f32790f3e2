import { useId, useRef } from 'react'
import type { FormEvent, ReactElement } from 'react'
import type { Note } from '../../access.ts'
import { useAct } from '../act.ts'
import { addNote } from '../notes-api.ts'
import { ActButton } from './act-button.tsx'

/** Adds a note. A second click, or another attempt after a lost answer, adds no second one. */
export function Composer(props: { readonly onAdded: (note: Note) => void }): ReactElement {
  const id = useId()
  const { busy, problem, run, clearProblem } = useAct()
  const input = useRef<HTMLInputElement>(null)
  const sent = useRef({ id: '', text: '' })
  const add = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    const text = input.current?.value.trim() ?? ''
    const added = await run(async () => {
      if (text === '') throw new Error('The note is empty: write something first.')
      // The same text is the same note until it is added
      if (sent.current.text !== text) sent.current = { id: crypto.randomUUID(), text }
      props.onAdded(await addNote(sent.current.id, text))
      sent.current = { id: '', text: '' }
    })
    // Text that was typed meanwhile stays
    if (added && input.current?.value.trim() === text) form.reset()
    if (!added || document.activeElement === document.body) input.current?.focus()
  }
  return (
    <form className="composer" onSubmit={(event) => void add(event)} noValidate>
      <label htmlFor={id}>New note</label>
      <div className="beside">
        <input
          ref={input}
          id={id}
          className="input"
          name="text"
          maxLength={500}
          autoComplete="off"
          aria-required="true"
          onChange={clearProblem}
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : `${id}-error`}
        />
        <ActButton busy={busy} doing="Adding…">
          Add note
        </ActButton>
      </div>
      {problem !== undefined && (
        <p className="error" id={`${id}-error`} role="alert">
          {problem}
        </p>
      )}
    </form>
  )
}
