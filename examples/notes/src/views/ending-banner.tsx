import { useAuth, useEndingSoon } from '@keyhaven/client/react'
import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'

/** Says how long the sign-in lasts when it ends soon, and what the person can do. */
export function EndingBanner(): ReactElement | null {
  const auth = useAuth()
  const event = useEndingSoon()
  const [left, setLeft] = useState(0)
  useEffect(() => {
    if (!event) return undefined
    const endsAt = performance.now() + event.endsIn * 1000
    const count = (): void => setLeft(Math.max(0, Math.ceil((endsAt - performance.now()) / 1000)))
    count()
    const timer = setInterval(count, 1000)
    return () => clearInterval(timer)
  }, [event])
  if (!event) return null
  return (
    <aside className="banner" aria-label="Your sign-in ends soon">
      <p role="timer">
        {event.because === 'idle' ? 'You have been away. Your' : 'Your'} sign-in ends in{' '}
        <strong>{left} s</strong>.
      </p>
      {event.because === 'idle' ? (
        <button type="button" onClick={() => void auth.refresh()}>
          Stay signed in
        </button>
      ) : (
        <p>Sign in again when it has ended: what you wrote stays.</p>
      )}
    </aside>
  )
}
