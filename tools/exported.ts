import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { chosenPackages, packageNames, root } from './root.ts'
import { runStep } from './step.ts'

// The names that each door exports equal those in exported.json, for the packages that are named (all
// where none is). `--update` builds, and writes them all anew. Reads what the build declares.

/** Exported names by door: `@keyhaven/core/access`. */
type Doors = Record<string, readonly string[]>

const snapshot = `${root}/tools/exported.json`
if (process.argv.includes('--update')) await update()
else compare(chosenPackages(process.argv.slice(2)))

async function update(): Promise<void> {
  if (await runStep({ name: 'build', command: [process.execPath, 'tools/build.ts'] })) {
    writeFileSync(snapshot, `${JSON.stringify(doorsOf(packageNames), undefined, 2)}\n`)
  } else process.exitCode = 1
}

function compare(names: readonly string[]): void {
  const found = doorsOf(names)
  const kept = JSON.parse(readFileSync(snapshot, 'utf8')) as Doors
  const ours = (door: string): boolean => names.includes(door.split('/')[1] ?? '')
  const faults: string[] = []
  for (const door of new Set([...Object.keys(kept).filter(ours), ...Object.keys(found)])) {
    const [before, now] = [kept[door] ?? [], found[door] ?? []]
    const added = now.filter((name) => !before.includes(name)).map((name) => `+${name}`)
    const gone = before.filter((name) => !now.includes(name)).map((name) => `-${name}`)
    if (added.length + gone.length > 0) faults.push(`${door}: ${[...added, ...gone].join(' ')}`)
  }
  if (faults.length === 0) return
  console.error(`${faults.join('\n')}\nIf that is meant, run: npm run exported`)
  process.exitCode = 1
}

/** What these packages give away now. */
function doorsOf(names: readonly string[]): Doors {
  const doors: Doors = {}
  for (const name of names) {
    const manifest = JSON.parse(readFileSync(`${root}/packages/${name}/package.json`, 'utf8')) as {
      exports: Record<string, { types: string }>
    }
    for (const [door, { types }] of Object.entries(manifest.exports)) {
      const file = `${root}/packages/${name}/${types}`
      doors[`@keyhaven/${name}${door.slice(1)}`] = namesIn(file).toSorted()
    }
  }
  return doors
}

/** Names in a built declaration file: what it declares, and what it passes on. */
function namesIn(file: string): string[] {
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm run build`)
  const text = readFileSync(file, 'utf8')
  const names: string[] = []
  for (const [, list = ''] of text.matchAll(/export (?:type )?\{([^}]*)\}/g)) {
    for (const one of list.split(',')) {
      names.push(
        one
          .trim()
          .replace(/^type /, '')
          .replace(/^.* as /, ''),
      )
    }
  }
  for (const [, , name = ''] of text.matchAll(
    /export (?:declare )?(function|const|interface|type|class) (\w+)/g,
  )) {
    names.push(name)
  }
  for (const [, from = ''] of text.matchAll(/export \* from '(.*)'/g)) {
    names.push(...namesIn(new URL(from.replace(/\.(js|ts)$/, '.d.ts'), `file://${file}`).pathname))
  }
  return [...new Set(names.filter((name) => name !== ''))]
}
