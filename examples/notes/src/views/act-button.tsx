import type { ReactElement } from 'react'

/** A button that keeps its width while its act runs. It stays enabled, to keep the focus: `useAct` drops a second click. */
export function ActButton(props: {
  readonly busy: boolean
  /** Its label while the act runs; without one it only pales. */
  readonly doing?: string
  readonly children: string
  readonly className?: string
  /** Submits its form if left out. */
  readonly onClick?: () => void
  readonly describedBy?: string
}): ReactElement {
  const { busy, doing, children, className = '', onClick, describedBy } = props
  return (
    <button
      type={onClick ? 'button' : 'submit'}
      className={`button ${className}`}
      aria-busy={busy || undefined}
      aria-describedby={describedBy}
      onClick={onClick}
    >
      <span className="labels">
        <span hidden={busy && doing !== undefined}>{children}</span>
        {doing !== undefined && <span hidden={!busy}>{doing}</span>}
      </span>
    </button>
  )
}
