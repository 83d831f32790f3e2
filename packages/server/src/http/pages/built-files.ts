import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Answer } from '../endpoint.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'

/** Types of the files that are served as they are, by the end of their names. */
const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** A file of the build. Scripts and styles are the same for everyone, so they are compressed once. */
interface BuiltFile {
  readonly text: string
  readonly zipped: Uint8Array<ArrayBuffer> | undefined
}

/** The build's files by name. */
export type BuiltFiles = ReadonlyMap<string, BuiltFile>

/** Reads all files of the build; there are none in a bundle of an application, which leaves them behind. */
export function builtFiles(folder: URL): BuiltFiles {
  try {
    return new Map(
      readdirSync(folder).map((name) => {
        const text = readFileSync(new URL(name, folder), 'utf8')
        return [name, { text, zipped: name.endsWith('.html') ? undefined : gzipSync(text) }]
      }),
    )
  } catch {
    return new Map()
  }
}

/** Answers with a script or a stylesheet; `undefined` for every other name. */
export function answerFile(
  files: BuiltFiles,
  name: string,
  { request, site }: { readonly request: ServiceRequest; readonly site: Site },
): Answer | undefined {
  const file = files.get(name)
  const type = types[name.slice(name.lastIndexOf('.') + 1)]
  if (file === undefined || type === undefined) return undefined
  const headers = {
    'content-type': type,
    // The name of a script changes with its content
    'cache-control': 'public, max-age=31536000, immutable',
    vary: `${site.standingHeaders['vary']}, Accept-Encoding`,
  }
  return file.zipped && acceptsGzip(request)
    ? { status: 200, bytes: file.zipped, headers: { ...headers, 'content-encoding': 'gzip' } }
    : { status: 200, text: file.text, headers }
}

function acceptsGzip(request: ServiceRequest): boolean {
  const codings = String(request.header('accept-encoding') ?? '').split(',')
  return codings.some((one) => /^ *gzip *(; *q=(1|0\.\d*[1-9]).*)?$/i.test(one))
}
