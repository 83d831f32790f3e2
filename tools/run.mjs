// The one bootstrap of every npm script. It runs under whatever Node the machine has (20 or newer),
// so it has no dependencies and no new syntax. In order: a Node that is new enough, the packages of
// the lock file, the `keyhaven` command, then tools/<task>.ts under that Node.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [task = '', ...args] = process.argv.slice(2)
const packaged = `tools/node/node_modules/node-${process.platform}-${process.arch}/bin/node`

const node = isNewEnough(process.versions.node) ? process.execPath : packagedNode()
installPackages()
writeCommand()
runTask()

/** `node:sqlite` without a warning, and types that are stripped: ^24.15 or 26. */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major >= 26 || (major === 24 && minor >= 15)
}

function packagedNode() {
  const bin = join(root, packaged)
  if (existsSync(bin)) return bin
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    fail(
      `Node ${process.versions.node} is too old: install Node 24.15 or newer, then run this again.`,
    )
  }
  say(
    `this machine has Node ${process.versions.node}; fetching Node 24 as a package (about 55 MB, once)`,
  )
  npm(process.execPath, join(root, 'tools/node'))
  // It is an optional package, so npm succeeds even if it could not be fetched
  if (!existsSync(bin)) {
    fail(
      'Node 24 could not be fetched. Connect to a network, or point npm at a registry that you can reach (npm config set registry …), then run this again; or install Node 24.15 or newer yourself.',
    )
  }
  return bin
}

function installPackages() {
  const lock = join(root, 'package-lock.json')
  if (!existsSync(lock))
    fail('package-lock.json is missing: get the whole repository, then run this again.')
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex')
  const stamp = join(root, 'node_modules/.keyhaven-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say('installing packages (one to two minutes, once; npm prints nothing meanwhile)')
  npm(node, root)
  writeFileSync(stamp, wanted)
}

function npm(under, cwd) {
  const cli = process.env.npm_execpath
  const [command, first] = cli && cli.endsWith('.js') ? [under, [cli]] : ['npm', []]
  // Two more tries, but not the minute of waiting between them that npm would take
  const patience = ['--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=5000']
  const result = spawnSync(command, [...first, 'ci', ...patience], {
    cwd,
    env: innerEnvironment(under),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (result.status === 0) return
  fail(
    `npm ci failed in ${cwd}: the lines above say why. Without a network? Connect, or point npm at a registry that you can reach, then run this again.`,
  )
}

/**
 * npm hands its own settings down as npm_config_*; the inner npm must read the .npmrc of its folder
 * instead. What a person set to reach a registry stays.
 */
function innerEnvironment(under) {
  const kept =
    /^npm_config_(registry|proxy|https_proxy|http_proxy|noproxy|cafile|ca|cache|userconfig)$/i
  const env = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^npm_(config|package|lifecycle|command)/i.test(name) || kept.test(name)) env[name] = value
  }
  return { ...env, PATH: dirname(under) + delimiter + (env.PATH || '') }
}

/** `node_modules/.bin/keyhaven` runs the sources of this checkout: one process, no launcher with a child. */
function writeCommand() {
  const place = join(root, 'node_modules/.bin/keyhaven')
  const script = `#!/bin/sh
# Written by tools/run.mjs: becomes the Node that is new enough, with the service's sources.
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
node="$root/${packaged}"
[ -x "$node" ] || node='${process.execPath.replace(/'/g, `'\\''`)}'
[ -x "$node" ] || node=node
exec "$node" --conditions=keyhaven-source "$root/packages/server/src/cli/main.ts" "$@"
`
  if (existsSync(place) && readFileSync(place, 'utf8') === script) return
  // By renaming: replaces npm's own link, dangling or not, and never what that link points to
  writeFileSync(`${place}.${process.pid}`, script, { mode: 0o755 })
  renameSync(`${place}.${process.pid}`, place)
}

function runTask() {
  const script = join(root, `tools/${task}.ts`)
  if (!/^[a-z]+$/.test(task) || !existsSync(script))
    fail(`there is no task '${task}': see the scripts in package.json.`)
  const child = spawn(node, ['--conditions=keyhaven-source', script, ...args], {
    cwd: root,
    env: {
      // Whatever is started from here on finds its sources compiled by the one before
      NODE_COMPILE_CACHE: join(root, '.work/compile-cache'),
      ...process.env,
      PATH: dirname(node) + delimiter + process.env.PATH,
    },
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`the task '${task}' can’t be started: ${error.message}`))
  child.on('exit', (code, signal) => {
    process.exitCode = code === null ? 128 + constants.signals[signal] : code
  })
  // A killed npm can't pass a signal on: what it started must not outlive it
  const before = starters()
  setInterval(() => {
    if (starters() !== before) child.kill('SIGTERM')
  }, 1000).unref()
}

/** Who started this: npm, or the shell that npm put between and npm behind it. */
function starters() {
  const shell = `/proc/${process.ppid}/stat`
  if (!process.env.npm_lifecycle_event || !existsSync(shell)) return String(process.ppid)
  try {
    // "pid (name) state parent …"
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(shell, 'utf8')) || []
    return /^(ba|da)?sh$/.test(name) ? `${process.ppid} ${parent}` : String(process.ppid)
  } catch {
    return String(process.ppid)
  }
}

function say(text) {
  process.stderr.write(`keyhaven: ${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(1)
}
