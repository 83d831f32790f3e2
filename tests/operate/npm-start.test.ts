import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, run, until } from '@keyhaven/stage/processes/process'
import { describe, expect, it } from 'vitest'

/** A shell waits for `npm start` in its foreground, in a process group of its own, as at a terminal. */
const atTerminal = ['setsid', 'sh', '-c', 'trap : INT; npm start'] as const

describe('npm start', () => {
  it('serves the examples of credentials (R68, R70, P10, P31), and ends without another line when Ctrl+C interrupts all its processes', async () => {
    const [page, api, service] = [await freePort(), await freePort(), await freePort()]
    const partner = await freePort()
    const example = run(atTerminal, {
      environment: {
        NOTES_PAGE_PORT: String(page),
        NOTES_API_PORT: String(api),
        KEYHAVEN_PORT: String(service),
        PARTNER_PORT: String(partner),
        KEYHAVEN_DATA: join(mkdtempSync(join(tmpdir(), 'keyhaven-start-')), 'data'),
      },
    })
    await until('the example is started', () => example.output().includes('Ctrl+C'))
    const started = example.output()
    expect(started).toContain(`Open      http://localhost:${page}/\n`)
    await runExamples({ service, api, partner })
    // A terminal sends the signal to every process of its foreground group, in no certain order
    process.kill(-example.pid, 'SIGINT')
    expect([0, 130]).toContain(await example.exited)
    const later = example.output().slice(started.length).split('\n')
    // What the examples caused, which may be printed late
    const ofExamples = /^ *(?:mail to editor@|example API: refused with 40[13] )/
    expect(later.filter((line) => line !== '' && !ofExamples.test(line))).toEqual([])
    for (const port of [page, api, service]) {
      await expect(fetch(`http://localhost:${port}/`)).rejects.toThrow('fetch failed')
    }
  })
})

interface Ports {
  readonly service: number
  readonly api: number
  readonly partner: number
}

/** Runs each example of `examples/credentials` as its README does, beside the application on these ports. */
async function runExamples({ service, api, partner }: Ports): Promise<void> {
  const places = {
    KEYHAVEN_URL: `http://localhost:${service}/auth`,
    NOTES_API: `http://localhost:${api}/api`,
    PARTNER_PORT: String(partner),
  }
  const output = async (
    name: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    const file = `examples/credentials/${name}.ts`
    const example = run([process.execPath, '--conditions=keyhaven-source', file], {
      environment: { ...places, ...environment },
    })
    await example.exited
    return example.output()
  }
  const webViews = ['capacitor://localhost', 'https://localhost']
  const [program, ios, android, exchanged, script] = await Promise.all([
    output('native'),
    ...webViews.map((ORIGIN) => output('native', { ORIGIN })),
    output('partner'),
    output('make-key').then((key) => output('script', { KEY: key.trim() })),
  ])
  const app = (origin: string): string => `signed in as editor@example.com, from ${origin}
notes: 200
my session in the list: Example app, client native
signed out; notes: 401
`
  expect([program, ios, android]).toEqual(['no origin', ...webViews].map(app))
  expect(exchanged).toBe(`exchanged: 200, scope notes:read
notes: 200
the same JWT again: 400
`)
  expect(script).toBe(`notes, key as Basic: 200
notes, key as Bearer: 200
notes, token of the key: 200
a new note: 403
`)
}
