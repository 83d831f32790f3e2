import type { DeviceEntry } from '@keyhaven/core/wire'
import type { ReactElement } from 'react'

const words = { address: 'address changed', browser: 'browser changed' } as const

/** Marks what is another one than before, of a session or a browser. */
export function ChangedMarks({ changed }: Pick<DeviceEntry, 'changed'>): ReactElement {
  return (
    <>
      {changed.map((what) => (
        <span className="pill warn" key={what}>
          {words[what]}
        </span>
      ))}
    </>
  )
}
