import type { SessionEntry } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import { useId, useRef } from 'react'
import type { ReactElement } from 'react'
import { useAct, useLoaded } from '../act.ts'
import { useFocusAfterRemoval } from '../focus.ts'
import { useSignOut } from '../sign-out.tsx'
import { useToast } from '../toast.tsx'
import { listDevices } from '../service-api.ts'
import { agoOf, countOf, secondOf, whenOf } from '../when-of.ts'
import { ActButton } from './act-button.tsx'
import { LoadProblem, ListSkeleton, Problem } from './problem.tsx'

/** The person's sessions, with buttons that end one, or all others. */
export function Devices(): ReactElement {
  const { endSession } = useAuth()
  const { value, problem, reload, change } = useLoaded(listDevices)
  const { busy, problem: refusal, run } = useAct()
  const here = useSignOut()
  const toast = useToast()
  const list = useRef<HTMLUListElement>(null)
  const devices = value?.toSorted((one, other) => Number(other.current) - Number(one.current))
  const focusAfter = useFocusAfterRemoval(list, devices?.length ?? 0)
  const others = devices?.filter(({ current }) => !current).length ?? 0

  const end = (which: string, ended: string, isOver: (device: SessionEntry) => boolean): void => {
    void run(async () => {
      const result = await endSession(which)
      if (!result.ok) throw new Error(result.error.detail)
      focusAfter(devices?.findIndex(isOver) ?? 0)
      change((before) => before.filter((device) => !isOver(device)))
      toast(ended)
      reload()
    })
  }

  return (
    <section>
      <div className="title">
        <div>
          <h1 tabIndex={-1}>Where you are signed in</h1>
          <p className="soft">
            End the session of a device that you don’t know or no longer use: it is signed out at
            once.
          </p>
        </div>
        {others > 0 && (
          <ActButton
            className="quiet"
            busy={busy}
            doing="Ending…"
            onClick={() =>
              end('others', `Ended ${countOf(others, 'other session')}.`, ({ current }) => !current)
            }
          >
            {`End ${others === 1 ? 'the other session' : `the ${others} other sessions`}`}
          </ActButton>
        )}
      </div>
      <Problem text={refusal} />
      {devices === undefined ? (
        problem === undefined ? (
          <ListSkeleton label="Devices are loading" />
        ) : (
          <LoadProblem what="Your devices" text={problem} retry={reload} />
        )
      ) : (
        <>
          <Problem text={problem} />
          <ul className="rows" ref={list} aria-label="Devices">
            {devices.map((device) => (
              <DeviceRow
                key={device.id}
                device={device}
                busy={device.current ? here.busy : busy}
                onEnd={() =>
                  device.current
                    ? here.signOut()
                    : end(device.id, `Ended ${nameOf(device)}.`, ({ id }) => id === device.id)
                }
              />
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function DeviceRow(props: {
  readonly device: SessionEntry
  readonly busy: boolean
  readonly onEnd: () => void
}): ReactElement {
  const id = useId()
  const { device, busy, onEnd } = props
  return (
    <li>
      <div className="what" id={id}>
        <p className="name">
          {nameOf(device)}
          {device.current && <span className="pill own">this device</span>}
        </p>
        <p className="facts">
          <time dateTime={device.lastUsedAt} title={whenOf(device.lastUsedAt)}>
            {device.current ? 'Active now' : `Last active ${agoOf(device.lastUsedAt)}`}
          </time>
          <time dateTime={device.createdAt} title={whenOf(device.createdAt)}>
            Signed in {secondOf(device.createdAt)}
          </time>
          {device.address && <span>from {device.address}</span>}
          {device.browser !== null && device.browser !== nameOf(device) && (
            <span>{device.browser}</span>
          )}
        </p>
      </div>
      <ActButton className="text destructive" busy={busy} onClick={onEnd} describedBy={id}>
        {device.current ? 'Sign out' : 'End'}
      </ActButton>
    </li>
  )
}

function nameOf({ device, browser }: SessionEntry): string {
  return device ?? browser ?? 'An unnamed device'
}
