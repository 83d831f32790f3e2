import { useId } from 'react'
import type { ReactElement, ReactNode } from 'react'

/** One subject of the account: what it is, beside what can be done about it. */
export function Setting(props: {
  readonly title: string
  readonly about: string
  readonly children: ReactNode
}): ReactElement {
  const id = useId()
  return (
    <div className="setting" role="group" aria-labelledby={id}>
      <div className="about">
        <h2 id={id}>{props.title}</h2>
        <p>{props.about}</p>
      </div>
      <div className="does">{props.children}</div>
    </div>
  )
}
