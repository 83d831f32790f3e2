import { readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { packageNames, root } from './root.ts'

/** The names that each door exports equal those in exported.json; `--update` writes them anew. */
const doors: Record<string, string[]> = {}
for (const name of packageNames) {
  const manifest = JSON.parse(readFileSync(`${root}/packages/${name}/package.json`, 'utf8')) as {
    exports: Record<string, { types: string }>
  }
  for (const [door, { types }] of Object.entries(manifest.exports)) {
    const file = `${root}/packages/${name}/${types}`
    doors[`@keyhaven/${name}${door.slice(1)}`] = namesIn(file).toSorted()
  }
}
const snapshot = `${root}/tools/exported.json`
const found = `${JSON.stringify(doors, undefined, 2)}\n`
if (process.argv.includes('--update')) writeFileSync(snapshot, found)
else if (!isDeepStrictEqual(JSON.parse(readFileSync(snapshot, 'utf8')), doors)) {
  console.error(`Exported names have changed. If that is meant, run: npm run exported\n${found}`)
  process.exitCode = 1
}

/** Names in a built declaration file: what it declares, and what it passes on. */
function namesIn(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const names: string[] = []
  for (const [, list = ''] of text.matchAll(/export (?:type )?\{([^}]*)\}/g)) {
    for (const one of list.split(',')) names.push(one.trim().replace(/^.* as /, ''))
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
