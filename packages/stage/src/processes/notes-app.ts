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

/** The folder of the example. */
export const example = join(root, 'examples/notes')
/** The page of the example as it would be published, which the set-up of a run builds. */
export const builtNotes = join(root, '.work/notes-page')

/** How the example is started. */
export interface NotesOptions {
  /** Variables of the service. */
  readonly environment?: Readonly<Record<string, string>>
  /**
   * Whether the page is served by Vite's development server, as by `npm start`. It sends a hundred modules
   * to each new browser, so most tests use the page as it would be published.
   */
  readonly isDeveloped?: boolean
}

/** Starts the example on ports of its own, and waits until API and page answer. */
export async function startNotesApp({
  environment = {},
  isDeveloped = false,
}: NotesOptions = {}): Promise<NotesApp> {
  const [apiPort, pagePort] = [await freePort(), await freePort()]
  const origin = `http://localhost:${pagePort}/`
  const service = await startService({
    environment: {
      KEYHAVEN_ACCESS: join(example, 'access.ts'),
      // Links in mails lead to the origin of the page, as with `npm start`
      KEYHAVEN_PAGES: `${origin}auth/pages`,
      ...environment,
    },
  })
  const guard = await service.command(['guards', 'add', 'notes-api', '--json'])
  const { key } = JSON.parse(guard.output) as { key: string }
  const api = run([process.execPath, '--conditions=keyhaven-source', 'api.ts'], {
    folder: example,
    environment: { ISSUER: service.issuer, PORT: String(apiPort), FEED_KEY: key },
  })
  const vite = join(root, 'node_modules/.bin/vite')
  const preview = isDeveloped ? [] : ['preview', '--outDir', builtNotes]
  const site = run([vite, ...preview, '--logLevel', 'warn'], {
    folder: example,
    environment: {
      NOTES_PAGE_PORT: String(pagePort),
      NOTES_AUTH_TARGET: new URL(service.address).origin,
      NOTES_API_TARGET: `http://127.0.0.1:${apiPort}`,
    },
  })
  await until('the API answers', () => answers(`http://127.0.0.1:${apiPort}/api/health`))
  await until('the page answers', () => answers(origin))
  return {
    page: origin,
    service,
    output: () => service.process.output() + api.output() + site.output(),
    close: async () => {
      await Promise.all([api.stop(), site.stop(), service.close()])
    },
  }
}
