import type { ReactElement, ReactNode } from 'react'

/** One subject of the account: what it is, beside what can be done about it. */
export function Setting(props: {
  readonly title: string
  readonly about: string
  readonly children: ReactNode
}): ReactElement {
  return (
    <div className="setting">
      <div className="about">
        <h2>{props.title}</h2>
        <p>{props.about}</p>
      </div>
      <div className="does">{props.children}</div>
    </div>
  )
}
