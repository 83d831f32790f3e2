import type { KeyhavenElementEvents } from '@keyhaven/client/elements'
import { useId, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { titleWindow } from '../focus.ts'
import type { ViewProps } from '../focus.ts'
import { Ended } from './ended.tsx'
import { Pitch } from './pitch.tsx'

/** The page of a signed-out person: the reason, the form, then a description of Notes. */
export function Welcome({ takesFocus }: ViewProps): ReactElement {
  const reason = useId()
  const first = useRef<string>(undefined)
  // Hidden once the person goes on
  const [showsReason, setShowsReason] = useState(true)
  const show = ({ target, detail }: KeyhavenElementEvents['keyhaven-view']): void => {
    titleWindow(detail.title)
    first.current ??= detail.title
    if (first.current !== detail.title) setShowsReason(false)
    else if (target instanceof Element && document.getElementById(reason)) {
      target.querySelector('h1')?.setAttribute('aria-describedby', reason)
    }
  }
  return (
    <div className="welcome">
      <div className="card entrance">
        {showsReason && <Ended id={reason} />}
        <keyhaven-sign-in
          autofocus={takesFocus}
          onkeyhaven-view={show}
          onkeyhaven-error={() => setShowsReason(false)}
        />
      </div>
      <Pitch />
    </div>
  )
}
