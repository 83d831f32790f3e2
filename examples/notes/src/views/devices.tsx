import { useAuth } from '@keyhaven/client/react'
import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { listDevices } from '../service-api.ts'
import type { Device } from '../service-api.ts'
import { whenOf } from '../when-of.ts'

/** Where the person is signed in: end one, or all others. */
export function Devices(): ReactElement {
  const auth = useAuth()
  const [devices, setDevices] = useState<readonly Device[]>()
  const [problem, setProblem] = useState<string>()
  const load = (): void => {
    listDevices().then(setDevices, (error: unknown) =>
      setProblem(error instanceof Error ? error.message : ''),
    )
  }
  useEffect(load, [])
  const end = async (which: string): Promise<void> => {
    setProblem(undefined)
    const result = await auth.endSession(which)
    if (result.ok) load()
    else setProblem(result.error.detail)
  }
  const others = devices?.filter(({ current }) => !current).length ?? 0
  return (
    <section aria-labelledby="devices-title">
      <h1 id="devices-title">Where you are signed in</h1>
      <p className="lead">
        Ending a device ends it at once: its page turns away, its open streams close, and every API
        refuses its token.
      </p>
      {problem && (
        <p className="alert" role="alert">
          {problem}
        </p>
      )}
      <ul className="rows" aria-label="Devices">
        {devices?.toSorted(thisOneFirst).map((device) => (
          <li key={device.id} className="card entry">
            <div>
              <strong>{device.device ?? 'A browser'}</strong>
              {device.current && <span className="badge">this device</span>}
              <p className="hint">
                Signed in {whenOf(device.createdAt)}, last active {whenOf(device.lastUsedAt)}
              </p>
            </div>
            <button type="button" className="quiet danger" onClick={() => void end(device.id)}>
              {device.current ? 'Sign out here' : 'End'}
            </button>
          </li>
        ))}
      </ul>
      {others > 0 && (
        <button type="button" onClick={() => void end('others')}>
          End {others === 1 ? 'the other device' : `the ${others} other devices`}
        </button>
      )}
    </section>
  )
}

function thisOneFirst(one: Device, other: Device): number {
  return Number(other.current) - Number(one.current)
}
