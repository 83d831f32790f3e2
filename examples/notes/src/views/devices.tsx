import type { ReactElement } from 'react'
import { DeviceList } from '../account/device-list.tsx'
import { SessionList } from '../account/session-list.tsx'

/** Where the person is signed in now, and the browsers that they have signed in with. */
export function Devices(): ReactElement {
  return (
    <div className="subjects">
      <SessionList />
      <DeviceList />
    </div>
  )
}
