import type { DeviceEntry } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import { useCallback, useId, useRef } from 'react'
import type { ReactElement } from 'react'
import { useAct, useLoaded } from '../act.ts'
import { granted } from '../call.ts'
import { useFocusAfterRemoval } from '../focus.ts'
import { useToast } from '../toast.tsx'
import { ActButton } from '../views/act-button.tsx'
import { ListSkeleton, LoadProblem, Problem } from '../views/problem.tsx'
import { agoOf, whenOf } from '../when-of.ts'
import { ChangedMarks } from './changed-marks.tsx'

/** The browsers that the person has signed in with, with buttons that forget one. */
export function DeviceList(): ReactElement {
  const { devices, forgetDevice } = useAuth()
  const { value, problem, reload, change } = useLoaded(
    useCallback(async () => granted(await devices()).devices, [devices]),
  )
  const { busy, problem: refusal, run } = useAct()
  const toast = useToast()
  const list = useRef<HTMLUListElement>(null)
  const known = value?.toSorted((one, other) => Number(other.current) - Number(one.current))
  const focusAfter = useFocusAfterRemoval(list, known?.length ?? 0)
  const forget = (device: DeviceEntry, index: number): void => {
    void run(async () => {
      granted(await forgetDevice(device.id))
      focusAfter(index)
      change((before) => before.filter(({ id }) => id !== device.id))
      toast(`Forgot ${nameOf(device)}.`)
    })
  }

  return (
    <section>
      <div className="title">
        <div>
          <h2>Known browsers</h2>
          <p className="soft">
            You have signed in with these. You get a mail when you sign in with any other. Forget
            one that is no longer yours.
          </p>
        </div>
      </div>
      <Problem text={refusal} />
      {known === undefined ? (
        problem === undefined ? (
          <ListSkeleton label="Browsers are loading" />
        ) : (
          <LoadProblem what="Your browsers" text={problem} retry={reload} />
        )
      ) : known.length === 0 ? (
        <p className="soft">No browser is known. The next one that you sign in with will be.</p>
      ) : (
        <>
          <Problem text={problem} />
          <ul className="rows" ref={list} aria-label="Browsers">
            {known.map((device, index) => (
              <DeviceRow
                key={device.id}
                device={device}
                busy={busy}
                onForget={() => forget(device, index)}
              />
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function DeviceRow(props: {
  readonly device: DeviceEntry
  readonly busy: boolean
  readonly onForget: () => void
}): ReactElement {
  const id = useId()
  const { device, busy, onForget } = props
  return (
    <li>
      <div className="what" id={id}>
        <p className="name">
          {nameOf(device)}
          {device.current && <span className="pill own">this browser</span>}
          <ChangedMarks changed={device.changed} />
        </p>
        <p className="facts">
          <time dateTime={device.lastUsedAt} title={whenOf(device.lastUsedAt)}>
            Last used {agoOf(device.lastUsedAt)}
          </time>
          <time dateTime={device.firstUsedAt}>First used {whenOf(device.firstUsedAt)}</time>
          {device.address && <span>from {device.address}</span>}
        </p>
      </div>
      <ActButton className="text destructive" busy={busy} onClick={onForget} describedBy={id}>
        Forget
      </ActButton>
    </li>
  )
}

function nameOf({ browser }: DeviceEntry): string {
  return browser ?? 'A browser without a name'
}
