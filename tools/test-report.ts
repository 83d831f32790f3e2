import { readFileSync } from 'node:fs'

/** What a run of tests came to. */
export interface Count {
  readonly passed: number
  /** With what was skipped, for nothing is meant to be. */
  readonly failed: number
}

/** One file of a run, with all that it took. */
export interface FileTime {
  readonly file: string
  readonly project: string
  readonly seconds: number
}

export interface Report extends Count {
  readonly files: readonly FileTime[]
  /** What has failed and why, a line each. */
  readonly failures: readonly string[]
}

/** Reads a report. A run that died has left none; one without tests has failed. */
export function readReport(file: string): Report {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report
    return report.passed + report.failed > 0 ? report : { ...report, failed: 1 }
  } catch {
    return { passed: 0, failed: 1, files: [], failures: [] }
  }
}
