import { useAuth } from '@keyhaven/client/react'
import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'

/** The panel “What JavaScript can see”: everything that a script on this page could read. */
export function Inside(): ReactElement {
  const { claims, account, scope, roles, session } = useAuth().state
  const seen = useSeen()
  return (
    <section>
      <div className="title">
        <div>
          <h1 tabIndex={-1}>What JavaScript can see</h1>
          <p className="soft">
            Everything that a script on this page can read, updated every second. No script can read
            the <strong>access token</strong> with its signature or the{' '}
            <strong>session cookie</strong>: both cookies are <code>HttpOnly</code>.
          </p>
        </div>
      </div>
      <div className="panels">
        <Panel title="document.cookie" text={seen.cookies || 'empty'}>
          The XSRF token shows that this page has sent a request. It is useless without the other
          two cookies.
        </Panel>
        <Panel title="Storage" text={seen.storage || 'empty'}>
          localStorage, sessionStorage, IndexedDB and caches. The client stores nothing.
        </Panel>
        <Panel title="Claims of the session" text={textOf(claims)}>
          The payload of the access token, without its signature. An API accepts only a token with
          its signature.
        </Panel>
        <Panel title="State of the store" text={textOf({ account, scope, roles, session })}>
          The last answer of the service. The client keeps it in memory only. Times are the seconds
          that were left when it arrived.
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

async function look(): Promise<Seen> {
  const storages = { localStorage, sessionStorage }
  const lines = Object.entries(storages).flatMap(([name, storage]) =>
    Object.keys(storage).map((key) => `${name}.${key} = ${storage.getItem(key)}`),
  )
  const databases = (await indexedDB.databases()).map(({ name }) => `IndexedDB ${name}`)
  const kept = (await caches.keys()).map((name) => `cache ${name}`)
  return {
    cookies: document.cookie.split('; ').join('\n'),
    storage: [...lines, ...databases, ...kept].join('\n'),
  }
}

function useSeen(): Seen {
  const [seen, setSeen] = useState<Seen>({ cookies: '', storage: '' })
  useEffect(() => {
    const show = (): void => {
      // A browser that blocks storage has nothing to show
      look().then(setSeen, () => setSeen({ cookies: '', storage: 'blocked' }))
    }
    show()
    const timer = setInterval(show, 1000)
    return () => clearInterval(timer)
  }, [])
  return seen
}

function textOf(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
}
