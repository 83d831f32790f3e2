import { useEffect, useRef, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { useWindowTitle } from '../focus.ts'
import { timeIn } from '../when-of.ts'

/** One step of a sign-in that is not complete: the reason, who signs in, and until when. */
export function Step(props: {
  readonly title: string
  readonly about: string
  readonly login: string
  /** Seconds for which the sign-in can be continued. */
  readonly expiresIn: number | undefined
  readonly children: ReactNode
}): ReactElement {
  const { title, about, login, expiresIn, children } = props
  const heading = useRef<HTMLHeadingElement>(null)
  const [until] = useState(() => expiresIn && timeIn(expiresIn))
  useWindowTitle(title)
  useEffect(() => {
    // The first field of the step, or else its title
    const step = heading.current?.closest('.card')
    const field = step?.querySelector<HTMLElement>('input')
    ;(field ?? heading.current)?.focus()
  }, [title])
  return (
    <div className="alone">
      <div className="card entrance">
        <div className="heading">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          <p className="soft">{about}</p>
        </div>
        {children}
        <p className="soft small">
          You sign in as <strong>{login}</strong>.{' '}
          {until && <span className="nowrap">Finish by {until}.</span>}
        </p>
      </div>
    </div>
  )
}
