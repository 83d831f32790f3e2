import { join } from 'node:path'
import { readManifest, workspace } from './workspace.ts'

/** A process of an example in the scratch workspace. */
export interface ExampleProcess {
  readonly command: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

/** The API of the examples, on a port of this machine. */
export function apiServer(port: number): ExampleProcess {
  return {
    command: [process.execPath, 'server.ts'],
    folder: join(workspace, 'api'),
    environment: { PORT: String(port), KEYHAVEN_DATA: `keyhaven-data-${port}` },
  }
}

/** The development server of an example's page, which passes calls on to the API. */
export function pageServer(name: string, ports: { page: number; api: number }): ExampleProcess {
  const folder = join(workspace, name)
  const { scripts } = readManifest(join(folder, 'package.json'))
  const [program = '', ...args] = scripts?.['dev']?.split(' ') ?? []
  const api = `http://localhost:${ports.api}`
  return {
    command: [join(workspace, 'node_modules/.bin', program), ...args, '--port', String(ports.page)],
    folder,
    environment: { API: api, KEYHAVEN_URL: `${api}/auth` },
  }
}
