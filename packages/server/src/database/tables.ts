import type { AccountRoleTable } from './tables/account-role.ts'
import type { AccountTable } from './tables/account.ts'
import type { ApiKeyTable } from './tables/api-key.ts'
import type { AttemptTable } from './tables/attempt.ts'
import type { AuditTable } from './tables/audit.ts'
import type { CredentialTable } from './tables/credential.ts'
import type { DelegationTable, ForeignTokenTable } from './tables/delegation.ts'
import type { ErasureTable } from './tables/erasure.ts'
import type { DeviceTable } from './tables/device.ts'
import type { ChallengeTable, FactorTable, RecoveryCodeTable } from './tables/factor.ts'
import type { GuardReportTable, GuardTable } from './tables/guard.ts'
import type { InstallationTable } from './tables/installation.ts'
import type { JobTable } from './tables/job.ts'
import type { LinkTable } from './tables/link.ts'
import type { MachineTable } from './tables/machine.ts'
import type { MailTable } from './tables/mail.ts'
import type { NoticeTable, OutboxTable } from './tables/outbox.ts'
import type { MigrationTable } from './tables/migration.ts'
import type { RefreshFamilyTable } from './tables/refresh-family.ts'
import type {
  PendingRevocationTable,
  RevocationCounterTable,
  RevocationEffectTable,
  RevocationTable,
} from './tables/revocation.ts'
import type { ServiceKeyTable } from './tables/service-key.ts'
import type { SessionTable } from './tables/session.ts'
import type { SigningKeyTable } from './tables/signing-key.ts'
import type { TicketTable } from './tables/ticket.ts'
import type { TokenTable } from './tables/token.ts'

/** Every table by name. */
export interface Tables {
  accounts: AccountTable
  account_roles: AccountRoleTable
  credentials: CredentialTable
  sessions: SessionTable
  refresh_families: RefreshFamilyTable
  api_keys: ApiKeyTable
  delegations: DelegationTable
  tickets: TicketTable
  tokens: TokenTable
  foreign_tokens: ForeignTokenTable
  machines: MachineTable
  attempts: AttemptTable
  links: LinkTable
  erasures: ErasureTable
  devices: DeviceTable
  factors: FactorTable
  recovery_codes: RecoveryCodeTable
  challenges: ChallengeTable
  signing_keys: SigningKeyTable
  service_keys: ServiceKeyTable
  installation: InstallationTable
  revocations: RevocationTable
  pending_revocations: PendingRevocationTable
  revocation_effects: RevocationEffectTable
  revocation_counter: RevocationCounterTable
  audit: AuditTable
  guards: GuardTable
  guard_reports: GuardReportTable
  jobs: JobTable
  outbox: OutboxTable
  mails: MailTable
  notices: NoticeTable
  keyhaven_migrations: MigrationTable
}
