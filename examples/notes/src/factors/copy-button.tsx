import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'

/** Milliseconds for which the button shows that it has copied. */
const SHOWN = 4000

/** Copies a text to the clipboard. */
export function CopyButton(props: {
  readonly text: string
  readonly children: string
}): ReactElement {
  const [result, setResult] = useState<'Copied' | 'Not allowed'>()
  useEffect(() => {
    if (result === undefined) return undefined
    const timer = setTimeout(() => setResult(undefined), SHOWN)
    return () => clearTimeout(timer)
  }, [result])
  const copy = (): void => {
    navigator.clipboard.writeText(props.text).then(
      () => setResult('Copied'),
      () => setResult('Not allowed'),
    )
  }
  return (
    <button type="button" className="quiet" onClick={copy}>
      <span className="labels" role="status">
        <span hidden={result !== undefined}>{props.children}</span>
        <span hidden={result === undefined}>{result ?? 'Copied'}</span>
      </span>
    </button>
  )
}
