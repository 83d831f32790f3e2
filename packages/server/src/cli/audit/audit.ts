import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { errorMessage } from '@keyhaven/core/errors'
import { exportAudit, verifyExport } from '../../flows/audit/export.ts'
import { verifyAudit } from '../../flows/audit/verify.ts'
import type { Verified } from '../../model/verified.ts'
import { brokenAuditMessage, wholeAuditMessage } from './audit-messages.ts'
import { withInstallation } from '../installation.ts'
import { jsonLine } from '../plain.ts'
import { printResult, report } from '../report.ts'
import { wholeNumber } from '../whole-number.ts'
import { writeNewFile, writeStandardOutput } from '../write-new-file.ts'

interface VerifyFlags {
  readonly from?: string
  readonly file?: string
  readonly json?: boolean
}

/**
 * `keyhaven audit verify`: checks the chain and reports the first broken row. Exit 1 if there is
 * one.
 */
export function auditVerify({ from, file, json }: VerifyFlags): Promise<void> {
  const first = wholeNumber('--from', from, 1)
  return withInstallation(async ({ database, audit }) => {
    const verified =
      file === undefined
        ? await verifyAudit(database, audit, first)
        : await verifyExport(audit.key, linesOf(file))
    print(verified, json)
  })
}

function print(verified: Verified, json: boolean | undefined): void {
  const { broken } = verified
  if (broken !== undefined) process.exitCode = 1
  if (broken === undefined || json) {
    printResult(json, { whole: broken === undefined, ...verified }, () =>
      wholeAuditMessage(verified),
    )
  } else report(new Error(brokenAuditMessage(broken)), false)
}

interface ExportFlags {
  readonly after?: string
  readonly json?: boolean
}

/** `keyhaven audit export`: writes one row a line with its seal; the last line is the head. */
export function auditExport(file: string, { after, json }: ExportFlags): Promise<void> {
  const last = wholeNumber('--after', after, 0)
  return withInstallation(async ({ database, audit }) => {
    const lines = exportLines(exportAudit(database, audit, last))
    if (file === '-') return writeStandardOutput(lines)
    const rows = (await writeNewFile(file, lines)) - 1
    printResult(json, { file, rows }, () => [`${rows} rows are in ${file}`])
  })
}

async function* exportLines(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield jsonLine(value)
}

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  } catch (error) {
    const what = errorMessage(error)
    throw new Error(`${file} can’t be read (${what}): name an export.`, { cause: error })
  }
}
