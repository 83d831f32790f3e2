import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, run, until } from '@keyhaven/stage/processes/process'
import { describe, expect, it } from 'vitest'

/** A shell waits for `npm start` in its foreground, in a process group of its own, as at a terminal. */
const atTerminal = ['setsid', 'sh', '-c', 'trap : INT; npm start'] as const

describe('npm start', () => {
  it('ends without another line when Ctrl+C interrupts all its processes', async () => {
    const [page, api, service] = [await freePort(), await freePort(), await freePort()]
    const example = run(atTerminal, {
      environment: {
        NOTES_PAGE_PORT: String(page),
        NOTES_API_PORT: String(api),
        KEYHAVEN_PORT: String(service),
        KEYHAVEN_DATA: join(mkdtempSync(join(tmpdir(), 'keyhaven-start-')), 'data'),
      },
    })
    await until('the example is started', () => example.output().includes('Ctrl+C'))
    const started = example.output()
    expect(started).toContain(`Open      http://localhost:${page}/\n`)
    // A terminal sends the signal to every process of its foreground group, in no certain order
    process.kill(-example.pid, 'SIGINT')
    expect([0, 130]).toContain(await example.exited)
    expect(example.output().slice(started.length).trim()).toBe('')
    for (const port of [page, api, service]) {
      await expect(fetch(`http://localhost:${port}/`)).rejects.toThrow('fetch failed')
    }
  })
})
