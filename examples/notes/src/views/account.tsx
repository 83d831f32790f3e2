import type { ReactElement } from 'react'
import { Address } from '../account/address.tsx'
import { Erase } from '../account/erase.tsx'
import { useErasure } from '../account/erasure.tsx'
import { Export } from '../account/export.tsx'
import { Password } from '../account/password.tsx'
import { Profile } from '../account/profile.tsx'
import { SecondFactors } from '../account/second-factors.tsx'
import { Setting } from '../account/setting.tsx'

/** The person's own account: one setting for each subject. */
export function Account(): ReactElement {
  const { setErasure } = useErasure()
  return (
    <section>
      <div className="title">
        <h1 tabIndex={-1}>Your account</h1>
      </div>
      <div className="card settings">
        <Profile />
        <Address />
        <Password />
        <SecondFactors />
        <Setting
          title="Devices"
          about="Where you are signed in, and the browsers that you have used."
        >
          <div className="acts">
            <a className="button quiet" href="#/devices">
              Show devices
            </a>
          </div>
        </Setting>
        <Export />
        <Erase onErased={setErasure} />
      </div>
    </section>
  )
}
