import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join, matchesGlob, relative } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { cleanEnvironment } from '@keyhaven/stage/processes/clean-environment'
import { makeCertificate } from '@keyhaven/stage/proxies/https-sites'
import { nginxExample, startNginx } from '@keyhaven/stage/proxies/nginx'
import type { Nginx } from '@keyhaven/stage/proxies/nginx'
import { folderOf, give, imageEnvironment, runAs } from '@keyhaven/stage/processes/run-as'
import { postgresPrograms, startPostgres } from '@keyhaven/stage/databases/postgres'
import type { Postgres } from '@keyhaven/stage/databases/postgres'
import { answers, freePort, root, until } from '@keyhaven/stage/processes/process'
import type { RunningProcess } from '@keyhaven/stage/processes/process'
import { setCookies } from '@keyhaven/stage/http/set-cookies'

const work = mkdtempSync(join(tmpdir(), 'keyhaven-image-'))
const read = (file: string): string => readFileSync(join(root, 'deploy', file), 'utf8')
const { version } = JSON.parse(
  readFileSync(join(root, 'packages/server/package.json'), 'utf8'),
) as { version: string }
// Other users enter it
chmodSync(work, 0o755)
const steps = [...read('Dockerfile').matchAll(/^([A-Z]+) (.+)$/gm)].map(([, word, rest]) => ({
  word,
  rest: rest ?? '',
}))
const stepsOf = (word: string): string[] =>
  steps.filter((step) => step.word === word).map(({ rest }) => rest)

/** What `COPY . .` would take; what the build writes is taken over from here, as it takes half a minute. */
function copyContext(to: string): void {
  const ignored = read('Dockerfile.dockerignore').trim().split('\n')
  const left = ignored.filter((pattern) => pattern !== '**/dist')
  expect(left.length).toBe(ignored.length - 1)
  const filter = (file: string): boolean =>
    !left.some((pattern) => matchesGlob(relative(root, file), pattern))
  cpSync(root, to, { recursive: true, filter })
}

function inShell(line: string, cwd: string): void {
  const options = { shell: true, cwd, env: cleanEnvironment(), encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync(line, { ...options, timeout: 200_000 })
  if (status !== 0) throw new Error(`${line} failed:\n${stdout}${stderr}`)
}

/** The last stage's folder, made as the file says, outside a container. */
function makeImage(): string {
  const [build, app] = [join(work, 'build'), join(work, 'app')]
  const [first, ...more] = stepsOf('RUN').filter((line) => !line.includes('/data'))
  expect(first).toBe('npm run build')
  inShell('npm run build', root)
  copyContext(build)
  for (const line of more) inShell(line, build)
  mkdirSync(app)
  for (const step of stepsOf('COPY').filter((rest) => rest.startsWith('--from=build '))) {
    const [, from = '', to = ''] = step.split(' ')
    cpSync(from.replace('/build', build), join(app, to), { recursive: true })
  }
  return app
}

let app = ''
beforeAll(() => {
  app = makeImage()
}, 400_000)
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('deploy/Dockerfile', () => {
  it('starts from a Node that is new enough, and ends as a user that is not root', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      engines: { node: string }
    }
    for (const from of stepsOf('FROM')) expect(from).toMatch(/^node:24-/)
    expect(engines.node).toContain('^24')
    expect(stepsOf('USER')).toEqual(['node'])
  })

  it('leaves nothing in it but the service and what that needs', () => {
    expect(readdirSync(app).toSorted()).toEqual(['node_modules', 'package.json', 'packages'])
    const own = ['core', 'guard', 'server']
    expect(readdirSync(join(app, 'packages')).toSorted()).toEqual(own)
    expect(readdirSync(join(app, 'node_modules/@keyhaven')).toSorted()).toEqual(own)
    for (const name of ['express', 'react', 'vitest', 'typescript']) {
      expect(existsSync(join(app, 'node_modules', name)), name).toBe(false)
    }
  })

  it('has the command on its path, and labels that name its version', () => {
    const tenant = { uid: 1000, gid: 1000, umask: '0022' }
    const asked = runAs(tenant, ['keyhaven', '--version'], { folder: app, environment: image() })
    return asked.exited.then((code) => {
      expect({ code, output: asked.output() }).toEqual({ code: 0, output: `${version}\n` })
      expect(stepsOf('LABEL')).toContain(`org.opencontainers.image.version="${version}"`)
    })
  })

  it('starts the service, whose health check holds as long as it runs', async () => {
    const port = await freePort()
    const environment = {
      ...image(),
      KEYHAVEN_URL: 'https://app.example/auth',
      KEYHAVEN_EMAIL_VERIFICATION: 'off',
      KEYHAVEN_PORT: String(port),
      KEYHAVEN_DATA: folderOf(join(work, 'data'), [1000, 1000], 0o700),
    }
    const tenant = { uid: 1000, gid: 1000, umask: '0022' }
    const [check = ''] = stepsOf('HEALTHCHECK').map((rest) => rest.slice(rest.indexOf('[')))
    const healthy = (): Promise<number | null> =>
      runAs(tenant, JSON.parse(check) as string[], { folder: app, environment }).exited
    const service = runAs(tenant, [...entry(), ...command()], { folder: app, environment })
    try {
      await until('it is ready', () => answers(`http://127.0.0.1:${port}/auth/health/ready`))
      expect(await healthy()).toBe(0)
    } finally {
      expect(await service.stop(), service.output()).toBe(0)
    }
    expect(await healthy()).toBe(1)
  })
})

const image = (): Record<string, string> => imageEnvironment(stepsOf('ENV'), app)
const entry = (): string[] => stepsOf('ENTRYPOINT').flatMap((list) => JSON.parse(list) as string[])
const command = (): string[] => stepsOf('CMD').flatMap((list) => JSON.parse(list) as string[])

/** What a balancer that keeps idle connections for 60 s needs. */
async function expectPatience(port: number): Promise<void> {
  const { headers } = await fetch(`http://127.0.0.1:${port}/auth/health/live`)
  const patience = Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1])
  expect(patience).toBeGreaterThan(60)
}

/** The log: every line on standard error is JSON, and access was found. */
function expectLog(service: RunningProcess): void {
  const lines = service.output().trim().split('\n')
  const text = lines.filter((line) => !line.startsWith('{'))
  expect(text).toEqual(['keyhaven: ready at https://app.example/auth'])
  expect(service.output()).not.toContain('no access module')
  expect(service.output()).not.toContain('KEYHAVEN_TRUST_PROXY is not set')
}

/** Containers and pods: no engine is here, so each runs as its file says, as the user and with the files it would have. */
describe('the files of deploy, started as their platforms start them', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres({ durable: false })
    const client = new Client(postgres.url('postgres'))
    await client.connect()
    for (const name of ['compose', 'kubernetes']) {
      await client.query(`create role ${name} login`)
      await client.query(`create database ${name} owner ${name}`)
    }
    await client.end()
    for (const name of ['access.ts', 'access.mts']) {
      cpSync(join(root, 'examples/notes/access.ts'), join(app, name))
    }
  })
  afterAll(() => postgres?.close())

  const databaseOf = (name: string): string =>
    `postgres://${name}@127.0.0.1:${postgres.port}/${name}`
  const atHome = (text: string): string => text.replace('/app/', `${app}/`)

  it('Compose: two services behind nginx, a command in one of them, and a backup (operator 11, 24)', async () => {
    interface Service {
      readonly command: string[]
      readonly environment: Record<string, string>
      readonly user: string
      readonly healthcheck: { readonly test: readonly string[] }
    }
    const file = parse(read('compose/compose.yaml'), { merge: true }) as {
      services: Record<string, Service>
    }
    const { environment, ...one } = file.services['keyhaven-1'] as Service
    const [uid = 0, gid = 0] = one.user.split(':').map(Number)
    const tenant = { uid, gid, umask: '0022' }
    const place = folderOf(join(work, 'compose'), [0, 0], 0o755)
    folderOf(join(place, 'secrets'), [0, 0], 0o755)
    // The line of the comment, with the owner and mode that it leaves
    const [line = ''] = /\(umask 077;.*$/m.exec(read('compose/compose.yaml')) ?? []
    inShell(process.getuid?.() === 0 ? line : line.replace(/; chown.*/, ''), place)
    const ports = [await freePort(), await freePort()] as const
    const of = (which: 0 | 1): Record<string, string> => ({
      ...image(),
      ...environment,
      KEYHAVEN_PORT: String(ports[which]),
      KEYHAVEN_HOST: '127.0.0.1',
      KEYHAVEN_DATA: folderOf(join(place, `data-${which}`), [uid, gid], 0o700),
      KEYHAVEN_DATABASE: databaseOf('compose'),
      KEYHAVEN_MASTER_KEY_FILE: join(place, 'secrets/master.key'),
      KEYHAVEN_ACCESS: atHome(environment['KEYHAVEN_ACCESS'] ?? ''),
      KEYHAVEN_TRUST_PROXY: '127.0.0.1',
    })
    const inside = (words: readonly string[]): RunningProcess =>
      runAs(tenant, words, { folder: app, environment: of(0) })
    const services = ([0, 1] as const).map((which) =>
      runAs(tenant, [...entry(), ...one.command], { folder: app, environment: of(which) }),
    )
    const made = await makeCertificate(['app.example'])
    writeFileSync(join(place, 'key.pem'), made.key)
    writeFileSync(join(place, 'certificate.pem'), made.certificate)
    const [http, https] = [await freePort(), await freePort()]
    let nginx: Nginx | undefined
    try {
      for (const port of ports) {
        const url = `http://127.0.0.1:${port}/auth/health/ready`
        await until('it is ready', () => answers(url)).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${services.map((s) => s.output()).join('\n')}`)
        })
        await expectPatience(port)
      }
      nginx = await startNginx(
        () => 'return 204;',
        nginxExample({ services: ports, http, https, folder: place }),
      )
      const signedUp = await postThrough(https, made.certificate)
      expect(signedUp).toEqual({ status: 201, secure: true })
      const check = one.healthcheck.test.slice(1).map((word) => word.replace('4000', `${ports[0]}`))
      expect(await inside(check).exited).toBe(0)
      const [, verb = ''] =
        /docker compose exec keyhaven-1 (.*)$/m.exec(read('compose/compose.yaml')) ?? []
      const created = inside(verb.split(' '))
      expect(await created.exited, created.output()).toBe(0)
      expect(created.output()).toContain('created ada@example.com')
      const backup = (file.services['backup'] as Service).command.map((word) =>
        word
          .replace('--host=postgres', `--host=127.0.0.1`)
          .replace('=keyhaven', '=compose')
          .replace(/^keyhaven$/, 'compose'),
      )
      const copy = spawnSync(join(postgresPrograms() ?? '', backup[0] ?? ''), backup.slice(1), {
        env: { ...process.env, PGPORT: String(postgres.port) },
      })
      expect(copy.status, String(copy.stderr)).toBe(0)
      expect(copy.stdout.subarray(0, 5).toString()).toBe('PGDMP')
    } finally {
      await nginx?.close()
      for (const service of services) expect(await service.stop(), service.output()).toBe(0)
    }
    services.forEach(expectLog)
  })

  it('Kubernetes: a pod with what the platform injects, its files’ owners, its probes and a command (reports F4, operator 11, 23)', async () => {
    interface Container {
      readonly args: string[]
      readonly env: readonly { name: string; value?: string }[]
      readonly startupProbe: { httpGet: { path: string } }
      readonly livenessProbe: { httpGet: { path: string } }
      readonly readinessProbe: { httpGet: { path: string } }
    }
    const documents = parseAllDocuments(read('kubernetes/keyhaven.yaml'))
    const set = documents
      .map((one) => one.toJS() as { kind: string; spec: { template: { spec: Pod } } })
      .find(({ kind }) => kind === 'StatefulSet')
    interface Pod {
      readonly containers: readonly [Container]
      readonly securityContext: { runAsUser: number; runAsGroup: number; fsGroup: number }
    }
    const pod = set?.spec.template.spec as Pod
    const [container] = pod.containers
    const { runAsUser: uid, runAsGroup: gid, fsGroup } = pod.securityContext
    const tenant = { uid, gid, umask: '0022' }
    const place = folderOf(join(work, 'kubernetes'), [0, 0], 0o755)
    const key = join(place, 'master.key')
    writeFileSync(key, randomBytes(32).toString('base64url'))
    // A secret with defaultMode 0400 and fsGroup: root's, and the group may read it
    give(key, [0, fsGroup], 0o440)
    const port = await freePort()
    const environment: Record<string, string> = {
      ...image(),
      // Of Services in its namespace, and of the cluster's own
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      KEYHAVEN_SERVICE_HOST: '10.96.0.12',
      KEYHAVEN_SERVICE_PORT: '4000',
      KEYHAVEN_SERVICE_PORT_HTTP: '4000',
      KEYHAVEN_PORT_4000_TCP: 'tcp://10.96.0.12:4000',
      KEYHAVEN_PORT_4000_TCP_ADDR: '10.96.0.12',
      KEYHAVEN_EACH_SERVICE_HOST: 'None',
      ...Object.fromEntries(container.env.map(({ name, value = '' }) => [name, value])),
      KEYHAVEN_HOST: '127.0.0.1',
      KEYHAVEN_PORT: String(port),
      // A volume with fsGroup is root's, and the group's to write, with setgid
      KEYHAVEN_DATA: folderOf(join(place, 'data'), [0, fsGroup], 0o2775),
      KEYHAVEN_DATABASE: databaseOf('kubernetes'),
      KEYHAVEN_MASTER_KEY_FILE: key,
      KEYHAVEN_TRUST_PROXY: '127.0.0.1',
    }
    environment['KEYHAVEN_ACCESS'] = atHome(environment['KEYHAVEN_ACCESS'] ?? '')
    const pods = (words: readonly string[]): RunningProcess =>
      runAs(tenant, words, { folder: app, environment })
    const service = pods([...entry(), ...container.args])
    try {
      const { startupProbe, livenessProbe, readinessProbe } = container
      for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
        await until('the probe holds', () =>
          answers(`http://127.0.0.1:${port}${httpGet.path}`),
        ).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${service.output()}`)
        })
      }
      await expectPatience(port)
      const [, verb = ''] =
        /keyhaven-0 -- (.* --json)/.exec(read('kubernetes/monitoring.yaml')) ?? []
      const added = pods(verb.split(' '))
      expect(await added.exited, added.output()).toBe(0)
      const [, json = ''] = /(\{"name".*\})/.exec(added.output()) ?? []
      const { key: guardKey } = JSON.parse(json) as { key: string }
      const monitor = parse(read('kubernetes/monitoring.yaml')) as {
        spec: { podMetricsEndpoints: readonly [{ path: string }] }
      }
      const [{ path }] = monitor.spec.podMetricsEndpoints
      const scraped = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { authorization: `Bearer ${guardKey}` },
      })
      expect(scraped.status).toBe(200)
    } finally {
      expect(await service.stop(), service.output()).toBe(0)
    }
    expectLog(service)
  })

  it('systemd: the unit with its user, umask and credential, and the command beside it (operator 11)', async () => {
    const unit = read('systemd/keyhaven.service')
    const all = (name: string): string[] =>
      [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value ?? '')
    // Of the range of systemd's dynamic users
    const tenant = { uid: 61_200, gid: 61_200, umask: all('UMask')[0] ?? '' }
    const place = folderOf(join(work, 'systemd'), [0, 0], 0o755)
    const etc = folderOf(join(place, 'etc'), [0, 0], 0o755)
    const credentials = folderOf(join(place, 'credentials'), [tenant.uid, tenant.gid], 0o500)
    const here = (text: string): string =>
      text
        .replaceAll('/etc/keyhaven', etc)
        .replaceAll('/opt/keyhaven', app)
        .replaceAll('/usr/bin/node', process.execPath)
        .replaceAll('/var/lib/keyhaven', join(place, 'state'))
        .replaceAll('%d', credentials)
    // The lines that the comment tells to type
    for (const line of unit.matchAll(/^#   (\(umask 077; openssl.*|printf .*)$/gm)) {
      inShell(here(line[1] ?? ''), place)
    }
    cpSync(join(etc, 'master.key'), join(credentials, 'master.key'))
    give(join(credentials, 'master.key'), [tenant.uid, tenant.gid], 0o400)
    const state = folderOf(join(place, 'state'), [tenant.uid, tenant.gid], 0o700)
    const port = await freePort()
    const pairs = (text: string): Record<string, string> =>
      Object.fromEntries(
        here(text)
          .split(/\s+/)
          .filter(Boolean)
          .map((pair) => pair.split(/=(.*)/s, 2) as [string, string]),
      )
    const settings = {
      ...pairs(all('Environment').join(' ')),
      ...pairs(readFileSync(join(etc, 'keyhaven.env'), 'utf8')),
      KEYHAVEN_PORT: String(port),
    }
    const service = runAs(tenant, here(all('ExecStart')[0] ?? '').split(' '), {
      folder: state,
      environment: settings,
    })
    try {
      await until('it is ready', () => answers(`http://127.0.0.1:${port}/auth/health/ready`)).catch(
        (error: unknown) => {
          throw new Error(`${String(error)}\n${service.output()}`)
        },
      )
      await expectPatience(port)
      // No systemd runs here: in its place something that gives the command what the options name
      const wrapper = read('systemd/keyhaven')
      const given = [...wrapper.matchAll(/--property=(\w+)=(\S+)/g)].map(([, name, value]) => [
        name,
        value,
      ])
      for (const [name = '', value = ''] of given.filter(([name]) => name !== 'User')) {
        expect(all(name), name).toEqual([value])
      }
      const bin = folderOf(join(place, 'bin'), [0, 0], 0o755)
      writeFileSync(join(bin, 'keyhaven'), here(wrapper))
      writeFileSync(
        join(bin, 'systemd-run'),
        `#!/bin/sh
while :; do
  case $1 in
    --setenv=*) export "\${1#--setenv=}" ;;
    --property=EnvironmentFile=*) set -a; . "\${1#--property=EnvironmentFile=}"; set +a ;;
    --property=LoadCredential=*) export CREDENTIALS_DIRECTORY=${credentials} ;;
    --*) ;;
    *) break ;;
  esac
  shift
done
exec "$@"
`,
      )
      for (const name of ['keyhaven', 'systemd-run']) give(join(bin, name), [0, 0], 0o755)
      const args = [
        'accounts',
        'create',
        '--email',
        'ada@example.com',
        '--name',
        'Ada King',
        '--json',
      ]
      const added = runAs(tenant, [join(bin, 'keyhaven'), ...args], {
        folder: state,
        environment: { PATH: `${bin}:${process.env['PATH']}` },
      })
      expect(await added.exited, added.output()).toBe(0)
      // Also an argument with a blank
      expect(added.output()).toContain('"name":"Ada King"')
    } finally {
      expect(await service.stop(), service.output()).toBe(0)
    }
    expectLog(service)
  })
})

/** A sign-up through nginx, as a browser sends it. */
function postThrough(port: number, ca: string): Promise<{ status: number; secure: boolean }> {
  const body = JSON.stringify({ email: 'bob@example.com', password: 'correct horse battery' })
  const headers = {
    host: 'app.example',
    origin: 'https://app.example',
    'content-type': 'application/json',
  }
  const place = { host: '127.0.0.1', servername: 'app.example', port, ca, path: '/auth/accounts' }
  return new Promise((resolve, reject) => {
    request({ ...place, method: 'POST', headers }, (answer) => {
      const secure = setCookies(answer).every(({ attributes }) => attributes.includes('Secure'))
      resolve({ status: answer.statusCode ?? 0, secure })
    })
      .on('error', reject)
      .end(body)
  })
}
