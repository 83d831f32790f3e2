import { part } from './demand.ts'
import type { Part } from './demand.ts'

/** Demands of OWASP ASVS 5.0.0 (CC BY-SA 4.0): ids are its, words ours. */
export const asvs: readonly Part[] = [
  part(
    'ASVS 5.0.0, V3: web frontend',
    `
    3.1.1 expected features of browsers are written down | written: security/asvs.md
    3.2.1 answers can't be rendered in the wrong context | like: HTTP-4 AS-8
    3.2.2 text is inserted as text | written: security/asvs.md
    3.2.3 no clobbering of the DOM | cannot: the client library looks up no element of the document and writes no HTML
    3.3.1 cookies are Secure and prefixed | like: CK-2
    3.3.2 SameSite by purpose | like: CK-3
    3.3.3 host-only cookies | like: CK-2
    3.3.4 the session cookie is HttpOnly and in no body | like: BFF-2 BFF-11
    3.3.5 cookies of at most 4,096 bytes | like: CK-1
    3.4.1 HSTS for a year or more | like: HTTP-4
    3.4.2 origins of CORS are listed | like: CSRF-7
    3.4.3 a content security policy | like: HTTP-4
    3.4.4 nosniff everywhere | like: HTTP-4
    3.4.5 a referrer policy | like: HTTP-4
    3.4.6 frame-ancestors on every answer | like: HTTP-4
    3.4.7 reports of policy violations | not built: a console
    3.4.8 COOP on documents | like: H31
    3.5.1 an anti-forgery token where no preflight protects | like: CSRF-1 CSRF-2
    3.5.2 calls that rely on a preflight can't skip it | like: CSRF-5
    3.5.3 nothing sensitive by safe methods | like: CSRF-1 CSRF-3
    3.5.4 applications on hosts of their own | written: security/asvs.md
    3.5.5 messages between windows are checked | cannot: the client takes no message from another window
    3.5.6 no JSONP | cannot: no answer of the service is a script
    3.5.7 no personal data in scripts | cannot: the service sends every caller the same scripts
    3.5.8 resources are embeddable only as meant | like: HTTP-4 AS-8
    3.6.1 external assets have integrity | cannot: the service and the client load nothing from other hosts
    3.7.1 supported techniques only | written: security/asvs.md
    3.7.2 redirects to other hosts by a list | cannot: the service redirects nowhere
    3.7.3 a notice before an external page | cannot: the service links to no external page
    3.7.4 HSTS preload | cannot: the service owns a path of its host, so the list is for the owner of the domain
    3.7.5 what happens without a feature is written down | written: security/asvs.md
    `,
  ),
  part(
    'ASVS 5.0.0, V6: authentication',
    `
    6.1.1 limits and their reasons are written down | written: reference/limits.md
    6.1.2 context words for passwords are written down | written: security/asvs.md
    6.1.3 the ways in are written down | written: security/asvs.md
    6.2.1 passwords of 8 characters or more
    6.2.2 people can change their password
    6.2.3 a change needs the current password
    6.2.4 common passwords are refused
    6.2.5 no rules of composition
    6.2.6 a masked field | written: security/asvs.md
    6.2.7 paste and managers work | written: security/asvs.md
    6.2.8 verified exactly as received
    6.2.9 64 characters and more are allowed
    6.2.10 no change by the calendar | cannot: no password has an end in time
    6.2.11 context words are refused
    6.2.12 breached passwords are refused
    6.3.1 guessing is slowed down
    6.3.2 no default accounts | cannot: no installation makes an account by itself
    6.3.3 a second factor
    6.3.4 each way in is written down and equally strong | written: security/asvs.md
    6.3.5 notice of suspicious attempts
    6.3.6 mail is no factor | cannot: no sign-in by mail exists
    6.3.7 notice after a change of credentials
    6.3.8 no answer reveals who has an account, at registration too | like: H11 H57
    6.4.1 first secrets are random and short-lived
    6.4.2 no hints and no security questions | cannot: an account has neither hints nor questions
    6.4.3 a reset keeps the second factor
    6.4.4 a lost factor needs as much proof as a new one
    6.4.5 reminders of renewal | cannot: no credential of a person has to be renewed
    6.4.6 an administrator never chooses the password
    6.5.1 codes work once
    6.5.2 look-up secrets are hashed
    6.5.3 codes and seeds are random
    6.5.4 codes of 20 bits or more
    6.5.5 codes are short-lived
    6.5.6 any factor can be revoked
    6.5.7 biometrics only as a second factor | cannot: the device of a user checks the biometric and signs; the service gets none
    6.5.8 TOTP against trusted time
    6.6.1 SMS only with alternatives | cannot: the service sends no SMS
    6.6.2 codes are bound to their request
    6.6.3 guessing of codes is limited
    6.6.4 push messages can't flood | cannot: the service sends no push messages
    6.7.1 certificates are protected | cannot: no sign-in by certificate exists
    6.7.2 challenges of 64 bits or more
    6.8.1 an identity is provider and subject | not built: sign-in by other providers
    6.8.2 assertions are always verified | not built: sign-in by other providers
    6.8.3 SAML assertions work once | cannot: the service takes no SAML
    6.8.4 the strength of a provider's sign-in is checked | not built: sign-in by other providers
    `,
  ),
  part(
    'ASVS 5.0.0, V7: sessions',
    `
    7.1.1 limits of sessions are written down | written: reference/settings.md
    7.1.2 the number of sessions is written down | written: security/asvs.md
    7.1.3 federated sessions are written down | not built: sign-in by other providers
    7.2.1 the service verifies session tokens | like: SES-2
    7.2.2 dynamic tokens | like: SES-1
    7.2.3 128 random bits or more | like: SES-1
    7.2.4 a new one at each sign-in | like: SES-1
    7.3.1 an idle limit | like: SES-3
    7.3.2 an absolute limit | like: SES-3
    7.4.1 an ended session is unusable, signed tokens too | like: SES-2
    7.4.2 disabling ends all sessions | like: SES-4
    7.4.3 other sessions end after a change of the password | like: SES-4
    7.4.4 a visible sign-out | written: security/asvs.md
    7.4.5 administrators end sessions | like: SES-5
    7.5.1 authentication before a change of what authenticates | like: 6.2.3
    7.5.2 people end sessions after a new proof | written: security/asvs.md
    7.5.3 step-up before sensitive acts | like: SES-6
    7.6.1 lives of federated sessions | not built: sign-in by other providers
    7.6.2 no session without an act of the person | like: CSRF-6
    `,
  ),
  part(
    'ASVS 5.0.0, V9: signed tokens',
    `
    9.1.1 the signature before the content | like: JOSE-5 JOSE-13
    9.1.2 a list of algorithms | like: JOSE-5 JOSE-7
    9.1.3 keys from known places | like: JOSE-8 JOSE-9
    9.2.1 times are honoured | like: JOSE-18
    9.2.2 the kind is checked | like: JOSE-20
    9.2.3 the audience is checked | like: JOSE-19
    9.2.4 each token has its audiences | like: AT-4
    `,
  ),
  part(
    'ASVS 5.0.0, V10: OAuth and OpenID Connect',
    `
    10.1.1 tokens only where they are needed | like: BFF-1
    10.1.2 answers belong to a flow of this browser | not built: sign-in by other providers
    10.2.1 the client is protected against forgery | not built: sign-in by other providers
    10.2.2 the client is protected against mix-up | not built: sign-in by other providers
    10.2.3 the client requests only the scopes that it needs | not built: sign-in by other providers
    10.3.1 an API checks the audience | like: JOSE-19
    10.3.2 an API decides by subject and scope | like: AT-7
    10.3.3 an API knows a person by issuer and subject | like: JOSE-19
    10.3.4 an API checks strength and age
    10.3.5 sender-constrained access tokens | not built: sender-constrained tokens
    10.4.1 exact redirect URIs | not built: registered OAuth clients
    10.4.2 a code works once | not built: registered OAuth clients
    10.4.3 a code is short-lived | not built: registered OAuth clients
    10.4.4 needed grants only
    10.4.5 replay of refresh tokens
    10.4.6 PKCE | not built: registered OAuth clients
    10.4.7 open registration of clients | not built: registered OAuth clients
    10.4.8 refresh tokens have an absolute end
    10.4.9 people revoke refresh tokens
    10.4.10 confidential clients authenticate
    10.4.11 needed scopes of a client
    10.4.12 response modes of a client | not built: registered OAuth clients
    10.4.13 pushed requests | not built: registered OAuth clients
    10.4.14 sender-constrained tokens only | not built: sender-constrained tokens
    10.4.15 integrity of authorization details | not built: registered OAuth clients
    10.4.16 clients authenticate by keys | not built: registered OAuth clients
    10.5.1 replay of ID tokens | not built: sign-in by other providers
    10.5.2 a person by the subject | not built: sign-in by other providers
    10.5.3 the issuer of metadata | not built: sign-in by other providers
    10.5.4 the audience is the client | not built: sign-in by other providers
    10.5.5 logout tokens | not built: sign-in by other providers
    10.6.1 response types | not built: registered OAuth clients
    10.6.2 forced logout | not built: registered OAuth clients
    10.7.1 consent each time | not built: registered OAuth clients
    10.7.2 a clear text of consent | not built: registered OAuth clients
    10.7.3 consents can be revoked | not built: registered OAuth clients
    `,
  ),
  part(
    'ASVS 5.0.0, others',
    `
    1.2.4 queries have parameters
    1.2.5 no injection into a shell | cannot: the service starts no other program
    1.3.6 no requests to chosen addresses | cannot: the service calls no address that a request names
    1.3.12 no expression that runs away
    1.5.3 parsers of one format agree
    2.2.1 input is validated by what is allowed | like: HTTP-6
    2.2.2 validated on the server | like: HTTP-6
    2.3.1 steps in their order only | cannot: no act has more than one step
    2.3.3 transactions
    2.3.4 locks for what exists once
    2.4.1 limits against automation | like: 6.3.1
    4.1.1 the right content type | like: HTTP-4
    4.1.3 headers of proxies can't be set by users | like: HTTP-3
    4.1.4 supported methods only | like: HTTP-5
    4.2.1 no smuggling of requests
    4.2.5 nothing over-long is built | like: CK-9
    8.2.1 functions are authorised
    8.2.2 objects are authorised
    8.2.3 members are authorised | like: 15.3.3
    8.3.1 enforced on the server | like: 8.2.1
    8.3.2 changes of authorisation apply at once
    8.4.1 tenants are apart | cannot: an installation has one issuer with keys of its own, and no tenants inside
    11.2.3 128 bits of strength | like: JOSE-14
    11.2.4 constant time | cannot: no test can measure it, so secrets are compared as hashes or by timingSafeEqual
    11.2.5 no padding oracle | cannot: nothing that a stranger sends is decrypted
    11.4.2 a current hash of passwords
    11.5.1 random secrets | like: SES-1
    13.3.1 no secret in code or builds | like: H55
    13.4.2 no debug mode in production
    13.4.4 no TRACE | like: HTTP-5
    13.4.5 figures are closed
    14.2.1 no secret in a URL | like: AT-6
    14.2.2 nothing sensitive in caches
    14.3.2 no-store | like: AT-8
    14.3.3 nothing sensitive in browser storage | like: SES-7
    15.3.3 no mass assignment
    15.3.4 addresses from trusted sources | like: HTTP-3
    15.3.6 no pollution of prototypes | like: JOSE-24
    15.3.7 no pollution of parameters
    15.4.2 check and act are one
    16.2.5 no credential in logs
    16.3.1 sign-ins are logged
    16.3.2 refusals are logged
    16.4.1 log data is encoded
    16.5.1 generic errors | like: HTTP-7
    16.5.3 fail closed
    `,
  ),
]
