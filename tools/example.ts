import { join } from 'node:path'
import { apiServer, pageServer } from './examples/page-server.ts'
import { exampleNames, prepareExamples, workspace } from './examples/workspace.ts'
import { command, isStopping, launch, requireFree, runParts, say, until } from './parts.ts'
import { root } from './root.ts'

/** `npm run example NAME`: one example with the packed packages, until it is stopped. */
const { EXAMPLE_PORT = '5173', EXAMPLE_API_PORT = '3000' } = process.env
const [name = ''] = process.argv.slice(2)
const demo = { email: 'demo@example.com', password: 'quiet-lantern-writes' }

if (exampleNames.includes(name)) await runParts(run)
else {
  const what = name === '' ? 'Name an example' : `There is no example '${name}'`
  say(`${what}: npm run example ${exampleNames.join(' | ')}`)
  process.exitCode = 2
}

async function run(): Promise<void> {
  await requireFree('API', EXAMPLE_API_PORT, 'EXAMPLE_API_PORT')
  await requireFree('page', EXAMPLE_PORT, 'EXAMPLE_PORT')
  say('packing the packages')
  const packed = await command(
    [process.execPath, '--conditions=keyhaven-source', 'tools/pack.ts'],
    {
      folder: root,
      environment: {},
    },
  )
  if (packed.code !== 0) throw new Error(`they can’t be packed:\n${packed.output}${packed.problem}`)
  if (isStopping()) return
  await prepareExamples([name], say)
  if (isStopping()) return
  const api = `http://localhost:${EXAMPLE_API_PORT}`
  const ofApi = apiServer(Number(EXAMPLE_API_PORT))
  void launch('API', ofApi.command, ofApi)
  await until('API', `${api}/auth/health/ready`)
  await makeAccount(ofApi)
  if (isStopping()) return
  const ofPage = pageServer(name, { page: Number(EXAMPLE_PORT), api: Number(EXAMPLE_API_PORT) })
  void launch('page', ofPage.command, ofPage)
  const page = `http://localhost:${EXAMPLE_PORT}/`
  await until('page', page)
  process.stdout.write(`
  Open      ${page}
  Account   ${demo.email}  ${demo.password}  (or sign up)
  Code      examples/${name}, the API is examples/api
  Stop      Ctrl+C

`)
}

/** On the command line of the installed service. An account of an earlier start stays as it is. */
async function makeAccount(ofApi: Parameters<typeof command>[1]): Promise<void> {
  const cli = join(workspace, 'node_modules/.bin/keyhaven')
  const args = ['accounts', 'create', '--email', demo.email, '--role', 'writer', '--json']
  const environment = {
    ...ofApi.environment,
    KEYHAVEN_URL: `http://localhost:${EXAMPLE_API_PORT}/auth`,
    KEYHAVEN_ACCESS: './access.ts',
  }
  const made = await command([cli, ...args], { ...ofApi, environment }, demo.password)
  if (made.code !== 0 && !made.problem.includes('"conflict"'))
    throw new Error(`the demo account can’t be made: ${made.problem}`)
}
