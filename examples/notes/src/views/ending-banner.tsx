import { useAuth, useEndingSoon } from '@keyhaven/client/react'
import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { useAct } from '../act.ts'
import { ActButton } from './act-button.tsx'

/** Shows how long the session still lasts when it ends soon, and what the person can do. */
export function EndingBanner(): ReactElement | null {
  const { refresh } = useAuth()
  const event = useEndingSoon()
  const { busy, run } = useAct()
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
    <aside className="notice" aria-label="Your sign-in ends soon">
      <div>
        <p role="timer" className="figures">
          {event.because === 'idle' ? 'You have been away. Your' : 'Your'} sign-in ends in{' '}
          <strong>{spanOf(left)}</strong>.
          {event.because === 'absolute' && ' Sign in again then: what you wrote stays.'}
        </p>
        {event.because === 'idle' && (
          <ActButton
            className="quiet"
            busy={busy}
            doing="One moment…"
            onClick={() => void run(async () => void (await refresh()))}
          >
            Stay signed in
          </ActButton>
        )}
      </div>
    </aside>
  )
}

function spanOf(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}
