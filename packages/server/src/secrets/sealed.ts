import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { CipherKey } from 'node:crypto'

/** Seals bytes with AES-256-GCM. The text opens only with the same `label`. */
export function seal(key: CipherKey, label: string, plain: Uint8Array): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(label))
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Opens what `seal` made. @throws Error if the key or the label differs. */
export function unseal(key: CipherKey, label: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  decipher.setAAD(Buffer.from(label)).setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
}
