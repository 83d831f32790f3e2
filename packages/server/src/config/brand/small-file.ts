import { readFile, stat } from 'node:fs/promises'

/** The bytes of a file; `undefined` if it has more than `most`. A device or a pipe may never end, so none is opened. */
export async function smallFile(
  path: string,
  most: number,
): Promise<Buffer<ArrayBuffer> | undefined> {
  const stats = await stat(path)
  if (!stats.isFile()) throw new Error('it is not a file')
  return stats.size > most ? undefined : await readFile(path)
}
