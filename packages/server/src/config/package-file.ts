import { readFileSync } from 'node:fs'

/**
 * A file of this package by its path there. Sources two folders deep and the build's `dist/lib` have the
 * package at the same distance; a bundle of an application leaves such files behind.
 */
export function packageFile(path: string): URL {
  return new URL(`../../${path}`, import.meta.url)
}

/** The script of a thread, as it runs here: the source, or what the build made of it. */
export function threadScript(source: string): URL {
  if (import.meta.url.endsWith('.ts')) return packageFile(`src/${source}`)
  const name = source.replace(/.*\/|\.ts$/g, '')
  return packageFile(`dist/lib/${name}.js`)
}

/** The version of this package; `unknown` inside a bundle, which does not include package.json. */
export function packageVersion(): string {
  try {
    const text = readFileSync(packageFile('package.json'), 'utf8')
    return (JSON.parse(text) as { version: string }).version
  } catch {
    return 'unknown'
  }
}
