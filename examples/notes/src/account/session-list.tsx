import type { SessionEntry } from '@keyhaven/core/wire'
import { useAuth } from '@keyhaven/client/react'
import { useId, useRef } from 'react'
import type { ReactElement } from 'react'
import { useAct, useLoaded } from '../act.ts'
import { granted } from '../call.ts'
import { useFocusAfterRemoval } from '../focus.ts'
import { listSessions } from '../service-api.ts'
import { useSignOut } from '../sign-out.tsx'
import { useToast } from '../toast.tsx'
import { ActButton } from '../views/act-button.tsx'
import { ListSkeleton, LoadProblem, Problem } from '../views/problem.tsx'
import { agoOf, countOf, secondOf, whenOf } from '../when-of.ts'
import { ChangedMarks } from './changed-marks.tsx'

/** The person's sessions, with buttons that end one, or all others. Its title is the view's. */
export function SessionList(): ReactElement {
  const { endSession } = useAuth()
  const { value, problem, reload, change } = useLoaded(listSessions)
  const { busy, problem: refusal, run } = useAct()
  const here = useSignOut()
  const toast = useToast()
  const list = useRef<HTMLUListElement>(null)
  const sessions = value?.toSorted((one, other) => Number(other.current) - Number(one.current))
  const focusAfter = useFocusAfterRemoval(list, sessions?.length ?? 0)
  const others = sessions?.filter(({ current }) => !current).length ?? 0

  const end = (which: string, ended: string, isOver: (one: SessionEntry) => boolean): void => {
    void run(async () => {
      granted(await endSession(which))
      focusAfter(sessions?.findIndex(isOver) ?? 0)
      change((before) => before.filter((one) => !isOver(one)))
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
      {sessions === undefined ? (
        problem === undefined ? (
          <ListSkeleton label="Sessions are loading" />
        ) : (
          <LoadProblem what="Your sessions" text={problem} retry={reload} />
        )
      ) : (
        <>
          <Problem text={problem} />
          <ul className="rows" ref={list} aria-label="Sessions">
            {sessions.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                busy={session.current ? here.busy : busy}
                onEnd={() =>
                  session.current
                    ? here.signOut()
                    : end(session.id, `Ended ${nameOf(session)}.`, ({ id }) => id === session.id)
                }
              />
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function SessionRow(props: {
  readonly session: SessionEntry
  readonly busy: boolean
  readonly onEnd: () => void
}): ReactElement {
  const id = useId()
  const { session, busy, onEnd } = props
  return (
    <li>
      <div className="what" id={id}>
        <p className="name">
          {nameOf(session)}
          {session.current && <span className="pill own">this device</span>}
          <ChangedMarks changed={session.changed} />
        </p>
        <p className="facts">
          <time dateTime={session.lastUsedAt} title={whenOf(session.lastUsedAt)}>
            {session.current ? 'Active now' : `Last active ${agoOf(session.lastUsedAt)}`}
          </time>
          <time dateTime={session.createdAt} title={whenOf(session.createdAt)}>
            Signed in {secondOf(session.createdAt)}
          </time>
          {session.address && <span>from {session.address}</span>}
          {session.browser !== null && session.browser !== nameOf(session) && (
            <span>{session.browser}</span>
          )}
        </p>
      </div>
      <ActButton className="text destructive" busy={busy} onClick={onEnd} describedBy={id}>
        {session.current ? 'Sign out' : 'End'}
      </ActButton>
    </li>
  )
}

function nameOf({ device, browser }: SessionEntry): string {
  return device ?? browser ?? 'An unnamed device'
}
