import { useAuth } from '@keyhaven/client/react'
import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'

/** The panel “What JavaScript can see”: everything that a script on this page could take. */
export function Inside(): ReactElement {
  const { claims } = useAuth().state
  const seen = useSeen()
  return (
    <section aria-labelledby="inside-title">
      <h1 id="inside-title">What JavaScript can see</h1>
      <p className="lead">
        All of it, read live by this page’s own script. Two things are missing: the{' '}
        <strong>access token</strong> with its signature, and the <strong>session cookie</strong>.
        Both are <code>HttpOnly</code>: the browser sends them, and shows them to no script.
      </p>
      <div className="panels">
        <Panel title="document.cookie" text={seen.cookies || 'empty'}>
          The XSRF token proves only that our own page sent a request. Without the hidden cookies it
          opens nothing.
        </Panel>
        <Panel title="localStorage and sessionStorage" text={seen.storage || 'empty'}>
          The client stores nothing.
        </Panel>
        <Panel title="Claims of the session" text={JSON.stringify(claims, undefined, 2)}>
          The token’s payload without its signature: enough to draw the page, not enough to be you.
        </Panel>
      </div>
    </section>
  )
}

function Panel(props: {
  readonly title: string
  readonly text: string
  readonly children: string
}): ReactElement {
  return (
    <figure className="card panel">
      <figcaption>
        <h2>{props.title}</h2>
        <p>{props.children}</p>
      </figcaption>
      <pre tabIndex={0} aria-label={props.title}>
        {props.text}
      </pre>
    </figure>
  )
}

interface Seen {
  readonly cookies: string
  readonly storage: string
}

function look(): Seen {
  const storages = { localStorage, sessionStorage }
  const lines = Object.entries(storages).flatMap(([name, storage]) =>
    Object.keys(storage).map((key) => `${name}.${key} = ${storage.getItem(key)}`),
  )
  return { cookies: document.cookie.split('; ').join('\n'), storage: lines.join('\n') }
}

function useSeen(): Seen {
  const [seen, setSeen] = useState(look)
  useEffect(() => {
    const timer = setInterval(() => setSeen(look), 1000)
    return () => clearInterval(timer)
  }, [])
  return seen
}
