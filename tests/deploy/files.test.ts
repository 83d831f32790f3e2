import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settingsPage } from '@keyhaven/server/reference'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { root } from '@keyhaven/stage/processes/process'

const read = (file: string): string => readFileSync(join(root, 'deploy', file), 'utf8')

const { version } = JSON.parse(
  readFileSync(join(root, 'packages/server/package.json'), 'utf8'),
) as { version: string }

/** Every setting that there is, and what it is when left out. */
const settings = new Map(
  [...settingsPage().matchAll(/^\| `(KEYHAVEN_\w+)` \| [^|]+ \| ([^|]+) \|/gm)].map(
    ([, name = '', otherwise = '']) => [name, otherwise],
  ),
)

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string }
}

interface Pod {
  readonly terminationGracePeriodSeconds: number
  readonly enableServiceLinks?: boolean
  readonly securityContext: object
  readonly containers: readonly {
    readonly image: string
    readonly ports: readonly { name: string; containerPort: number }[]
    readonly env: readonly { name: string; value?: string; valueFrom?: object }[]
    readonly startupProbe: Probe
    readonly livenessProbe: Probe
    readonly readinessProbe: Probe
    readonly lifecycle: { preStop: { sleep: { seconds: number } } }
    readonly securityContext: object
    readonly volumeMounts: readonly { name: string; mountPath: string }[]
  }[]
  readonly volumes: readonly { name: string; secret?: { defaultMode?: number } }[]
}

/** What stands around the pods. */
interface Around {
  readonly rules?: readonly {
    readonly host: string
    readonly http: {
      readonly paths: readonly { readonly path: string; readonly backend: { service: object } }[]
    }
  }[]
  readonly podSelector?: { readonly matchLabels: object }
  readonly selector?: { readonly matchLabels: object }
}

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly replicas?: number
    readonly clusterIP?: string
    readonly serviceName?: string
    readonly template?: { readonly metadata?: { labels: object }; readonly spec: Pod }
    readonly ports?: readonly { port: number; targetPort: string }[]
    readonly volumeClaimTemplates?: readonly { metadata: { name: string } }[]
  }
}

interface Composed {
  readonly image: string
  readonly environment?: Readonly<Record<string, string>>
  readonly read_only?: boolean
  readonly user?: string
  readonly cap_drop?: readonly string[]
  readonly stop_grace_period?: string
  readonly secrets?: readonly string[]
  readonly volumes?: readonly string[]
  readonly networks?: Readonly<Record<string, { readonly ipv4_address?: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
}

describe('the examples of deployment', () => {
  it('name only settings that there are', () => {
    expect(settings.size).toBeGreaterThan(20)
    const named = globSync('deploy/**/*', { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap(({ parentPath, name }) => [
        ...readFileSync(join(parentPath, name), 'utf8').matchAll(/\bKEYHAVEN_\w+/g),
      ])
      .map(([variable]) => variable)
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((variable) => !settings.has(variable))).toEqual([])
  })

  it('agree about the port and the paths of the probes', () => {
    const port = settings.get('KEYHAVEN_PORT') ?? ''
    expect(read('Dockerfile')).toContain(`ENV KEYHAVEN_PORT=${port}\n`)
    expect(read('Dockerfile')).toContain(`EXPOSE ${port}\n`)
    for (const name of ['keyhaven-1', 'keyhaven-2']) {
      expect(read('nginx/keyhaven.conf')).toContain(`server ${name}:${port} `)
      expect(read('caddy/Caddyfile')).toContain(`${name}:${port}`)
    }
  })
})

describe('deploy/kubernetes', () => {
  const documents = parseAllDocuments(read('kubernetes/keyhaven.yaml'))
  const manifests = documents.map((document) => document.toJS() as Manifest)
  const set = manifests.find(({ kind }) => kind === 'StatefulSet')
  const pod = set?.spec.template?.spec
  const [container] = pod?.containers ?? []
  if (pod === undefined || container === undefined) throw new Error('there is no pod')

  it('is YAML without a fault', () => {
    for (const { errors, warnings } of documents) expect([...errors, ...warnings]).toEqual([])
    expect(manifests.map(({ kind }) => kind)).toEqual([
      'Service',
      'Service',
      'StatefulSet',
      'PodDisruptionBudget',
    ])
  })
  it('gives each pod a name by a headless Service, and runs an image with a tag (operator 23)', () => {
    const [service, headless] = manifests.filter(({ kind }) => kind === 'Service')
    expect(service?.spec.clusterIP).toBeUndefined()
    expect(headless?.spec.clusterIP).toBe('None')
    expect(set?.spec.serviceName).toBe(headless?.metadata.name)
    expect(container.image).toBe(`keyhaven:${version}`)
  })
  it('trusts no whole network of pods (operator 23)', () => {
    const trusted = container.env.find(({ name }) => name === 'KEYHAVEN_TRUST_PROXY')?.value ?? ''
    for (const network of trusted.split(',')) {
      expect(Number(network.split('/')[1] ?? 32)).toBeGreaterThanOrEqual(24)
    }
  })
  it('has an Ingress, a NetworkPolicy and a PodMonitor that fit it', () => {
    const others = ['network', 'monitoring'].flatMap((name) =>
      parseAllDocuments(read(`kubernetes/${name}.yaml`)),
    )
    for (const { errors, warnings } of others) expect([...errors, ...warnings]).toEqual([])
    const found = others.map((one) => one.toJS() as { kind: string; spec: Around })
    expect(found.map(({ kind }) => kind)).toEqual(['Ingress', 'NetworkPolicy', 'PodMonitor'])
    const [ingress, policy, monitor] = found.map(({ spec }) => spec)
    const url = new URL(container.env.find(({ name }) => name === 'KEYHAVEN_URL')?.value ?? '')
    const [rule] = ingress?.rules ?? []
    expect(rule?.host).toBe(url.host)
    const paths = rule?.http.paths ?? []
    expect(paths.map(({ path }) => path)).toContain(`${url.pathname}/`)
    for (const { backend } of paths) {
      expect(backend.service).toEqual({ name: 'keyhaven', port: { name: 'http' } })
    }
    const labels = set?.spec.template?.metadata?.labels
    expect(policy?.podSelector?.matchLabels).toEqual(labels)
    expect(monitor?.selector?.matchLabels).toEqual(labels)
  })
  it('runs two, not as root, on a file system that is not theirs to write', () => {
    expect(set?.spec.replicas).toBe(2)
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true })
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })
  it('gets no variables of Services, and keeps the key from others (reports F4, source 12, H55)', () => {
    expect(pod.enableServiceLinks).toBe(false)
    const secrets = pod.volumes.filter(({ secret }) => secret !== undefined)
    expect(secrets.map(({ secret }) => secret?.defaultMode)).toEqual([0o400])
  })
  it('probes what answers, at the path of the URL, and gives a stop its 10 s', () => {
    const { env, ports, startupProbe, livenessProbe, readinessProbe } = container
    const value = (name: string) => env.find((one) => one.name === name)?.value
    const mount = new URL(value('KEYHAVEN_URL') ?? '').pathname
    expect(startupProbe.httpGet.path).toBe(`${mount}/health/live`)
    expect(livenessProbe.httpGet.path).toBe(`${mount}/health/live`)
    expect(readinessProbe.httpGet.path).toBe(`${mount}/health/ready`)
    expect(ports).toEqual([{ name: 'http', containerPort: Number(value('KEYHAVEN_PORT')) }])
    expect(manifests[0]?.spec.ports?.[0]?.port).toBe(Number(value('KEYHAVEN_PORT')))
    const { seconds } = container.lifecycle.preStop.sleep
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(seconds + 10)
  })
  it('takes master key and database from a secret, and mounts only volumes that it has', () => {
    const { env, volumeMounts } = container
    const file = env.find(({ name }) => name === 'KEYHAVEN_MASTER_KEY_FILE')?.value ?? ''
    expect(volumeMounts.some(({ mountPath }) => file.startsWith(`${mountPath}/`))).toBe(true)
    expect(env.find(({ name }) => name === 'KEYHAVEN_DATABASE')).toMatchObject({
      valueFrom: { secretKeyRef: { name: 'keyhaven', key: 'database' } },
    })
    const claims = set?.spec.volumeClaimTemplates?.map(({ metadata }) => metadata.name) ?? []
    const volumes = [...pod.volumes.map(({ name }) => name), ...claims]
    expect(volumeMounts.map(({ name }) => name).toSorted()).toEqual(volumes.toSorted())
  })
})

describe('deploy/compose', () => {
  const { services, secrets, volumes } = parse(read('compose/compose.yaml'), { merge: true }) as {
    services: Readonly<Record<string, Composed>>
    secrets: object
    volumes: object
  }
  const two = ['keyhaven-1', 'keyhaven-2'].map((name) => services[name])

  it('runs two alike on one PostgreSQL, behind nginx', () => {
    expect(Object.keys(services)).toEqual([
      'keyhaven-1',
      'keyhaven-2',
      'postgres',
      'backup',
      'nginx',
    ])
    for (const one of two) {
      expect(one).toMatchObject({
        image: `keyhaven:${version}`,
        read_only: true,
        cap_drop: ['ALL'],
      })
      expect(one?.user).not.toMatch(/^(0|root)/)
      expect(Number.parseInt(one?.stop_grace_period ?? '', 10)).toBeGreaterThan(10)
    }
    expect(two[0]?.environment).toEqual(two[1]?.environment)
  })
  it('keeps the addresses that nginx has resolved, and trusts only nginx (operator 24)', () => {
    const addresses = ['keyhaven-1', 'keyhaven-2', 'nginx'].map(
      (name) => services[name]?.networks?.['default']?.ipv4_address,
    )
    expect(new Set(addresses).size).toBe(3)
    expect(addresses).not.toContain(undefined)
    expect(two[0]?.environment?.['KEYHAVEN_TRUST_PROXY']).toBe(addresses[2])
  })
  it('probes the path of the URL, and knows each secret and volume that is named', () => {
    const { environment = {}, healthcheck, secrets: used = [] } = two[0] ?? { image: '' }
    const url = new URL(environment['KEYHAVEN_URL'] ?? '')
    const probe = `http://127.0.0.1:${environment['KEYHAVEN_PORT']}${url.pathname}/health/ready`
    expect(healthcheck?.test.join(' ')).toContain(`'${probe}'`)
    expect(environment['KEYHAVEN_MASTER_KEY_FILE']).toBe(`/run/secrets/${used[0]}`)
    expect(Object.keys(secrets)).toEqual(used)
    const named = Object.values(services).flatMap((service) => service.volumes ?? [])
    const own = named
      .map((text) => text.split(':')[0] ?? '')
      .filter((name) => !name.startsWith('.'))
    expect(own).toEqual(Object.keys(volumes))
  })
})

describe('deploy/systemd', () => {
  it('is a unit that systemd takes, and stops after the service has had its 10 s', () => {
    const unit = read('systemd/keyhaven.service')
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(10)
    expect(unit).toContain('\nRestartPreventExitStatus=78\n')
    const folder = mkdtempSync(join(tmpdir(), 'keyhaven-unit-'))
    const file = join(folder, 'keyhaven.service')
    // Whether the program is there is a matter of the operator's machine
    writeFileSync(file, unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`))
    const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
    rmSync(folder, { recursive: true })
    expect(verified.stderr.split('\n').filter((line) => line.includes('keyhaven'))).toEqual([])
    expect(verified.status).toBe(0)
  })
  it('takes from the service what it does not need: systemd rates its exposure below 2 of 10', () => {
    const file = join(root, 'deploy/systemd/keyhaven.service')
    const rated = spawnSync('systemd-analyze', ['security', '--offline=yes', file], {
      encoding: 'utf8',
    })
    const [, level = ''] =
      /Overall exposure level for keyhaven\.service: ([\d.]+)/.exec(rated.stdout) ?? []
    expect(Number(level)).toBeGreaterThan(0)
    expect(Number(level)).toBeLessThan(2)
  })
})
