import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cleanEnvironment } from '@keyhaven/stage/processes/clean-environment'
import { packageNames, root } from '../root.ts'
import { copyFolder } from './copy.ts'

/** Where the examples are installed with the packed packages, as in a project of its own. */
export const workspace: string = join(root, '.work/examples')

/** Minutes that npm may take for the first installation. */
const LIMIT = 10

interface Manifest {
  readonly version?: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: object
  readonly peerDependencies?: object
}

/** What is installed. */
interface State {
  readonly members: readonly string[]
  /** Of everything that npm decides by. */
  readonly manifests: string
  /** Of the packed packages, by their names. */
  readonly tarballs: Readonly<Record<string, string>>
}

const statePath = join(workspace, 'installed.json')
const example = (name: string, ...path: string[]): string => join(root, 'examples', name, ...path)
const tarball = (name: string): string => join(root, 'packed', `${name}.tgz`)
const hashOf = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16)

export function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest
}

/** Names of the examples that are one framework's page: those with a development server. */
export const exampleNames: readonly string[] = readdirSync(join(root, 'examples')).filter(
  (name) =>
    existsSync(example(name, 'package.json')) &&
    readManifest(example(name, 'package.json')).scripts?.['dev'] !== undefined,
)

/**
 * Copies the API and these examples to the scratch workspace, and installs there what is missing, with the packages
 * that `npm run pack` has written. What was installed once stays.
 */
export async function prepareExamples(
  names: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const before = readState()
  const kept = before.members.filter((name) => existsSync(example(name, 'package.json')))
  const members = [...new Set([...kept, 'api', ...names])].toSorted()
  for (const name of [...members, 'look']) copyFolder(example(name), join(workspace, name))
  const manifests = manifestsOf(members)
  const tarballs = Object.fromEntries(
    packageNames.map((name) => [name, hashOf(readFileSync(tarball(name)))]),
  )
  const renewed = packageNames.filter((name) => tarballs[name] !== before.tarballs[name])
  if (manifests === before.manifests && renewed.length === 0) return
  // An interrupted installation counts as none
  rmSync(statePath, { force: true })
  if (manifests === before.manifests) renewed.forEach(unpack)
  else {
    writeRoot(members, tarballs)
    await install(say)
  }
  writeFileSync(statePath, JSON.stringify({ members, manifests, tarballs } satisfies State))
}

function readState(): State {
  if (!existsSync(statePath)) return { members: [], manifests: '', tarballs: {} }
  return JSON.parse(readFileSync(statePath, 'utf8')) as State
}

/** A new build of our packages only replaces their files, unless they need other packages than before. */
function manifestsOf(members: readonly string[]): string {
  const ours = packageNames.map((name) => {
    const file = join(root, 'packages', name, 'package.json')
    const { version, dependencies, peerDependencies } = readManifest(file)
    return { version, dependencies, peerDependencies }
  })
  const theirs = members.map((name) => readFileSync(example(name, 'package.json'), 'utf8'))
  return hashOf(JSON.stringify([ours, members, theirs]))
}

function unpack(name: string): void {
  const folder = join(workspace, 'node_modules/@keyhaven', name)
  for (const file of readdirSync(folder)) {
    if (file !== 'node_modules') rmSync(join(folder, file), { recursive: true })
  }
  const how = ['xzf', tarball(name), '--strip-components=1', '-C', folder]
  const { status, stderr } = spawnSync('tar', how, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${tarball(name)} can’t be unpacked: ${stderr}`)
}

/** The manifest of the workspace. The names of tarballs have their hashes, so that npm takes no former one. */
function writeRoot(members: readonly string[], tarballs: State['tarballs']): void {
  const folder = join(workspace, 'packed')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const dependencies = packageNames.map((name) => {
    const file = `packed/${name}-${tarballs[name]}.tgz`
    copyFileSync(tarball(name), join(workspace, file))
    return [`@keyhaven/${name}`, `file:${file}`] as const
  })
  const manifest = {
    name: 'keyhaven-examples',
    private: true,
    type: 'module',
    workspaces: members,
    dependencies: Object.fromEntries(dependencies),
  }
  writeFileSync(join(workspace, 'package.json'), JSON.stringify(manifest, undefined, 2))
  copyFileSync(join(root, '.npmrc'), join(workspace, '.npmrc'))
}

async function install(say: (line: string) => void): Promise<void> {
  say('installing the packages of the examples (once, one to three minutes)')
  const child = spawn('npm', ['install', '--prefer-offline', '--loglevel', 'http'], {
    cwd: workspace,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT * 60_000,
  })
  const problems: string[] = []
  let answers = 0
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('npm http')) answers++
    else problems.push(line)
  })
  child.stdout.resume()
  const began = performance.now()
  const progress = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1000)
    say(`${seconds} s, ${answers} files of packages loaded`)
  }, 5000)
  const code = await new Promise((resolve) => child.on('close', resolve).on('error', resolve))
  clearInterval(progress)
  if (code === 0) return
  const why = child.killed ? `npm took longer than ${LIMIT} minutes` : problems.join('\n')
  throw new Error(`the examples can’t be installed: connect to a network, then try again.\n${why}`)
}
