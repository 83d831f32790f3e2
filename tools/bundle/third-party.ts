import { readdirSync, readFileSync } from 'node:fs'
import type { Metafile } from 'esbuild'
import { root } from '../root.ts'

/** Names, versions and licences of the packages whose code is in the output; empty if there are none. */
export function thirdParty({ outputs }: Metafile): string {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]
      return folder === undefined || bytesInOutput === 0 ? [] : [folder]
    }),
  )
  const folders = [...new Set(used)].toSorted()
  if (folders.length === 0) return ''
  return [
    'The scripts of this package contain code of the packages below, under these licences.\n',
    ...folders.map(noticeOf),
  ].join('\n')
}

function noticeOf(folder: string): string {
  const place = `${root}/${folder}`
  const { name, version, license } = JSON.parse(readFileSync(`${place}/package.json`, 'utf8')) as {
    readonly name: string
    readonly version: string
    readonly license: string
  }
  const files = readdirSync(place).filter((file) => /^(licen[cs]e|notice)/i.test(file))
  if (files.length === 0) throw new Error(`${name} has no licence file: its code can't be bundled`)
  const texts = files.toSorted().map((file) => readFileSync(`${place}/${file}`, 'utf8').trim())
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`
}
