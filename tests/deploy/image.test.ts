import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, matchesGlob, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cleanEnvironment } from '../stage/clean-environment.ts'
import { answers, freePort, root, run, until } from '../stage/process.ts'

const work = mkdtempSync(join(tmpdir(), 'keyhaven-image-'))
const read = (file: string): string => readFileSync(join(root, 'deploy', file), 'utf8')
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

  it('starts the service, which stops when it is asked to', async () => {
    const words = [...stepsOf('ENTRYPOINT'), ...stepsOf('CMD')].flatMap(
      (list) => JSON.parse(list) as string[],
    )
    const [node, ...rest] = words
    expect(node).toBe('node')
    const port = await freePort()
    const set = stepsOf('ENV').map((line) => line.split('=') as [string, string])
    const service = run([process.execPath, ...rest], {
      folder: app,
      environment: {
        ...Object.fromEntries(set),
        KEYHAVEN_URL: 'https://app.example/auth',
        KEYHAVEN_EMAIL_VERIFICATION: 'off',
        KEYHAVEN_PORT: String(port),
        KEYHAVEN_DATA: join(work, 'data'),
      },
    })
    try {
      await until('it is ready', () => answers(`http://127.0.0.1:${port}/auth/health/ready`))
    } finally {
      expect(await service.stop(), service.output()).toBe(0)
    }
  })
})
