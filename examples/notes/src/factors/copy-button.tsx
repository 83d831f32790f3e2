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
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.text)
      setResult('Copied')
    } catch {
      // Not allowed by the person, or a page without https, which has no clipboard
      setResult('Not allowed')
    }
  }
  return (
    <>
      <button type="button" className="quiet" onClick={() => void copy()}>
        <span className="labels">
          <span hidden={result !== undefined}>{props.children}</span>
          <span hidden={result === undefined}>{result ?? 'Copied'}</span>
        </span>
      </button>
      {/* Inside the button it would leave the button without a name */}
      <span className="unseen" role="status">
        {result}
      </span>
    </>
  )
}
