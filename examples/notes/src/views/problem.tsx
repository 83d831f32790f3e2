import type { ReactElement } from 'react'

/** The sentence of a failed act, which screen readers announce at once. */
export function Problem({ text }: { readonly text: string | undefined }): ReactElement | null {
  return text === undefined ? null : (
    <p className="line bad" role="alert">
      {text}
    </p>
  )
}

/** Shown when loading failed: the fact, what to do, and the button that does it. */
export function LoadProblem(props: {
  readonly what: string
  readonly text: string
  readonly retry: () => void
}): ReactElement {
  return (
    <div className="state" role="alert">
      <h2>{props.what} could not be loaded</h2>
      <p>{props.text}</p>
      <button type="button" className="button quiet" onClick={props.retry}>
        Try again
      </button>
    </div>
  )
}

/** The shape of a list that is being fetched. */
export function ListSkeleton({ label }: { readonly label: string }): ReactElement {
  return (
    <ul className="rows skeleton" aria-busy="true" aria-label={label}>
      {[1, 2, 3].map((row) => (
        <li key={row}>
          <div className="what">
            <i />
            <i />
          </div>
        </li>
      ))}
    </ul>
  )
}
