import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What runs and builds leave in a folder, and what npm installs there. */
const own = /^(node_modules|dist|build|notes\.sqlite.*|keyhaven-data.*|\..*)$/

/**
 * Makes one folder like another, and keeps what the programs have written there. Files that are the same stay as they
 * are, so that a server that watches them does nothing.
 */
export function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  const wanted = readdirSync(from, { withFileTypes: true }).filter(({ name }) => !own.test(name))
  const names = wanted.map(({ name }) => name)
  for (const name of readdirSync(to)) {
    if (!names.includes(name) && !own.test(name)) rmSync(join(to, name), { recursive: true })
  }
  for (const one of wanted) {
    const [source, target] = [join(from, one.name), join(to, one.name)]
    if (one.isDirectory()) copyFolder(source, target)
    else if (!existsSync(target) || !readFileSync(source).equals(readFileSync(target)))
      cpSync(source, target)
  }
}
