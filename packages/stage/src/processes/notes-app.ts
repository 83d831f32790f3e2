import { join } from 'node:path'
import { answers, freePort, root, run, until } from './process.ts'
import { startService } from './running-service.ts'
import type { RunningService } from './running-service.ts'

/** The whole example: service, API and page, each a process of its own. */
export interface NotesApp {
  readonly page: string
  readonly service: RunningService
  /** The output of all three processes. */
  readonly output: () => string
  close(): Promise<void>
}

const example = join(root, 'examples/notes')

/** Starts the example on ports of its own, and waits until API and page answer. */
export async function startNotesApp(
  environment: Readonly<Record<string, string>> = {},
): Promise<NotesApp> {
  const service = await startService({
    environment: { KEYHAVEN_ACCESS: join(example, 'access.ts'), ...environment },
  })
  const guard = await service.command(['guards', 'add', 'notes-api', '--json'])
  const { key } = JSON.parse(guard.output) as { key: string }
  const [apiPort, pagePort] = [await freePort(), await freePort()]
  const api = run([process.execPath, '--conditions=keyhaven-source', 'api.ts'], {
    folder: example,
    environment: { ISSUER: service.issuer, PORT: String(apiPort), FEED_KEY: key },
  })
  const vite = run([join(root, 'node_modules/.bin/vite'), '--logLevel', 'warn'], {
    folder: example,
    environment: {
      NOTES_PAGE_PORT: String(pagePort),
      NOTES_AUTH_TARGET: new URL(service.address).origin,
      NOTES_API_TARGET: `http://127.0.0.1:${apiPort}`,
    },
  })
  const page = `http://localhost:${pagePort}/`
  await until('the API answers', () => answers(`http://127.0.0.1:${apiPort}/api/health`))
  await until('the page answers', () => answers(page))
  return {
    page,
    service,
    output: () => service.process.output() + api.output() + vite.output(),
    close: async () => {
      await Promise.all([api.stop(), vite.stop(), service.close()])
    },
  }
}
