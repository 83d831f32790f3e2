import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from '../root.ts'

// Every function of the server's stores that writes takes a row that its transaction holds locked
// (`Locked<…>`), so that "read, then write" without a lock does not compile. What stays outside is
// listed here, each with a reason.

const outside: Readonly<Record<string, string>> = {
  'accounts.ts insertAccount': 'the row is new: unique keys decide between two at once',
  'attempts.ts insertAttempt': 'the row is new: unique keys decide between two at once',
  'attempts.ts dropAttemptsBefore': 'drops attempts whose time is over for good',
  'audit/audit.ts appendAudit': 'appends only',
  'audit/audit.ts appendAudits': 'appends only',
  'credentials/credential-ends.ts dropEndedCredentials': 'drops credentials that ended a month ago',
  'credentials/delegations.ts useForeignToken':
    'the row is new: its unique key decides between two at once',
  'credentials/delegations.ts dropForeignTokensBefore': 'drops notes of tokens that have expired',
  'factors/challenges.ts putChallenge':
    'one statement replaces a value that only its own subject uses',
  'factors/challenges.ts useChallenge': 'one statement compares the value and deletes it',
  'factors/challenges.ts dropChallengesBefore': 'drops challenges whose time is over for good',
  'factors/factors.ts dropEnrolmentsBefore': 'drops set-ups that were never confirmed in time',
  'devices.ts carryDevices': 'one statement replaces a value that opens nothing',
  'devices.ts dropDevicesBefore': 'drops browsers whose cookie is over for good',
  'guards.ts putReports': 'one statement replaces what this process wrote before',
  'guards.ts dropReportsBefore': 'one statement drops rows that a later one replaces',
  'installation.ts factOf': 'one statement writes the fact only if there is none',
  'jobs.ts addJobs': 'one statement writes rows only if there are none',
  'jobs.ts claimJob': 'locks the row itself, without waiting',
  'jobs.ts keepClaim': 'one statement compares the claim and sets its end',
  'jobs.ts releaseJob': 'one statement compares the claim and ends it',
  'kept-time.ts raiseTime': 'one statement compares and sets',
  'keys.ts dropKeysBefore': 'one statement drops keys whose time is over for good',
  'links.ts insertLink': 'the row is new: no other one has its token',
  'links.ts dropLinksBefore': 'drops links whose time is over for good',
  'delivery/mail-hour.ts lockMailHour': 'locks the fact itself',
  'delivery/mails.ts demoteMails':
    'one statement moves rows; which lane they are in changes when they are sent',
  'delivery/mails.ts deleteMails': 'one statement drops rows; the answer is how many were there',
  'delivery/mails.ts insertMail': 'appends only',
  'delivery/mails.ts postponeMail': 'one statement compares the claim and ends it',
  'delivery/mails.ts releaseMails': 'one statement a row compares the claim and ends it',
  'delivery/notices.ts publishNotices': 'locks the fact that names the newest one',
  'delivery/outbox.ts appendOutbox': 'appends only',
  'delivery/outbox.ts postpone': 'one statement sets a time; a delivery meanwhile deletes the row',
  'revocation-effects.ts insertEffect': 'appends only',
  'revocations.ts appendRevocations': 'appends only',
  'revocations.ts dropEffectsBefore': 'drops effects whose time is over for good',
  'revocations.ts noteDropped': 'one statement raises a number and never lowers it',
  'revocations.ts dropRevocationsBefore': 'drops entries whose time is over for good',
  'tokens.ts dropTokensBefore': 'one statement drops tokens whose time is over for good',
}

const writes = /\b(insertInto|updateTable|deleteFrom|inserting|insertingAll)\(|\bupdate audit\b/
const faults: string[] = []
const seen = new Set<string>()
const folder = 'packages/server/src/stores'
for (const file of globSync('**/*.ts', { cwd: join(root, folder) }).toSorted()) {
  const text = readFileSync(join(root, folder, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const statements = source.statements.filter(ts.isVariableStatement).flatMap(writersOf)
  for (const { name, isExported } of statements) if (isExported) check(file, name)
  const names = new Set(statements.map(({ name }) => name))
  const callsOne = (body: string): boolean =>
    [...body.matchAll(/\b(\w+)\(db\b/g)].some(([, name = '']) => names.has(name))
  source.forEachChild((node) => {
    if (!ts.isFunctionDeclaration(node) || node.name === undefined) return
    const body = node.body?.getText() ?? ''
    if (!writes.test(body) && !callsOne(body)) return
    if (node.parameters.some((parameter) => parameter.type?.getText().includes('Locked<'))) return
    check(file, node.name.text)
  })
}
function check(file: string, writer: string): void {
  const name = `${file} ${writer}`
  if (name in outside) seen.add(name)
  else faults.push(`${folder}/${name}: writes without a Locked row; take one, or list it here`)
}

/** Statements of a module that are prepared once, and write. */
function writersOf(statement: ts.VariableStatement) {
  const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  return statement.declarationList.declarations
    .filter(({ initializer }) => initializer !== undefined && writes.test(initializer.getText()))
    .map(({ name }) => ({ name: name.getText(), isExported: isExported === true }))
}

for (const name of Object.keys(outside)) {
  if (!seen.has(name))
    faults.push(`tools/check/locked-writes.ts: ${name} is no function that writes without a lock`)
}
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
