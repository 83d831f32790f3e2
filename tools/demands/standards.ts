import { part } from './demand.ts'
import type { Part } from './demand.ts'

/** Demands that the standards make, by area. */
export const standards: readonly Part[] = [
  part(
    'Signed and encrypted tokens (RFC 7515 to 7519, 8725, 9864)',
    `
    JOSE-1 a signed token has three segments, an encrypted one five, anything else is refused unread | in part: encrypted tokens
    JOSE-2 each segment is canonical base64url
    JOSE-3 serialisations in JSON are refused
    JOSE-4 strict UTF-8, an object, no repeated member, bounded depth and size
    JOSE-5 the algorithm is on the list of this issuer and kind, exactly as written
    JOSE-6 a key has one algorithm, which the header must name
    JOSE-7 a public key is never a secret for HMAC
    JOSE-8 no key comes from the header, and none is fetched because of it
    JOSE-9 a kid is looked up among known keys and used for nothing else
    JOSE-10 critical extensions are understood or refused
    JOSE-11 a token with an unencoded payload is refused
    JOSE-12 the algorithm comes from the protected header | cannot: only the compact form is read, whose one header is the protected one
    JOSE-13 ECDSA and Ed25519 signatures have their exact form and range
    JOSE-14 keys are long enough and random
    JOSE-15 an encrypted token without a valid signed one inside is refused | not built: encrypted tokens
    JOSE-16 both layers of a nested token are checked | not built: encrypted tokens
    JOSE-17 weak and costly kinds of encryption are refused | not built: encrypted tokens
    JOSE-18 times are whole numbers in range, exp is required, the life is bounded
    JOSE-19 issuer, audience and subject are exact
    JOSE-20 typ names the kind of token
    JOSE-21 a jti has 128 random bits and is unique
    JOSE-22 the published key set holds public keys only, each described
    JOSE-23 rotation keeps old tokens good, and a withdrawn key refuses at once
    JOSE-24 claims are untrusted input: never reflected raw, no way into objects
    `,
  ),
  part(
    'Access tokens (RFC 9068, 6750)',
    `
    AT-1 typ at+jwt and the claims of RFC 9068 in every token
    AT-2 a default audience, and unambiguous scopes for several
    AT-3 the subject of a client can't be that of a person
    AT-4 other kinds of tokens open nothing at an API
    AT-5 one token a request, a bearer decides alone
    AT-6 a token in the query is ignored
    AT-7 401 and 403 with the right WWW-Authenticate
    AT-8 answers with or to tokens are never stored
    AT-9 a cookie with a token is Secure, and protected against forgery
    AT-10 short life, own audience, least scope
    `,
  ),
  part(
    'Authorization server (RFC 6749, 7636, 9700, 9207, 8414)',
    `
    AS-1 redirect URIs are compared exactly | not built: registered OAuth clients
    AS-2 an invalid client or redirect URI gets a page, never a redirect | not built: registered OAuth clients
    AS-3 PKCE with S256 is required | not built: registered OAuth clients
    AS-4 a code works once, for ten minutes at most | not built: registered OAuth clients
    AS-5 no implicit and no password grant
    AS-6 each authorization answer names the issuer | not built: registered OAuth clients
    AS-7 no CORS at the authorization endpoint | not built: registered OAuth clients
    AS-8 sign-in and consent can't be framed | in part: registered OAuth clients
    AS-9 after a form with credentials the redirect is 303 | not built: registered OAuth clients
    AS-10 the token endpoint takes forms, authenticates clients, counts failures
    AS-11 refresh tokens rotate; reuse ends the family
    AS-12 metadata at the well-known places, one issuer everywhere
    AS-13 consent is requested, shown and can be revoked | not built: registered OAuth clients
    AS-14 client assertions have one audience and work once | not built: registered OAuth clients
    AS-15 headers that proxies set count from trusted proxies only
    `,
  ),
  part(
    'Browser-based apps (RFC 10017)',
    `
    BFF-1 tokens never reach scripts of the page
    BFF-2 the session cookie is Secure, HttpOnly, Strict, host-only and prefixed
    BFF-3 a cookie that holds a token is encrypted | not built: encrypted tokens
    BFF-4 a defence against forgery on every call, those without a body too
    BFF-5 SameSite alone is no defence: siblings share the site
    BFF-6 proxying goes to listed hosts only | cannot: the service passes no request on to another host
    BFF-7 the session ends with what renews it
    BFF-8 refresh tokens of public pages rotate and end | like: AS-11
    BFF-9 a browser client has no secret | not built: registered OAuth clients
    BFF-10 no implicit grant; messages between windows check both origins | cannot: no such grant exists, and the client listens to no other window
    BFF-11 sign-out ends cookie and session; a call shows whether one exists, without tokens
    `,
  ),
  part(
    'Cookies (RFC 10025)',
    `
    CK-1 one Set-Cookie a name, below 4,096 bytes
    CK-2 prefixes and what they demand
    CK-3 SameSite is always written
    CK-4 the service decides when a session ends, not the cookie's age
    CK-5 split headers and repeated names: order decides nothing
    CK-6 a host's cookies reach all of its ports | cannot: browsers send them to every port, so the guide advises to trust every program on the host
    CK-7 clearing uses the same name, path and attributes
    CK-8 Partitioned only for embedded use | cannot: embedded use is no feature, so the attribute is never set
    CK-9 all cookies together stay far below 16 KiB
    CK-10 no personal data in clear in a cookie
    `,
  ),
  part(
    'Cross-site request forgery (Fetch Metadata, ASVS 3.5)',
    `
    CSRF-1 each unsafe request with a cookie needs the XSRF token
    CSRF-2 the token is bound to the session
    CSRF-3 Sec-Fetch-Site same-site and cross-site are refused
    CSRF-4 the origin is exact, null and none are refused
    CSRF-5 form types and method overrides are refused
    CSRF-6 sign-in and sign-up are protected too
    CSRF-7 CORS goes by an exact list
    CSRF-8 answers that differ by these headers say so in Vary
    CSRF-9 unsafe requests carry a value that belongs to the session
    `,
  ),
  part(
    'Sessions (SP 800-63B-4, ASVS V7)',
    `
    SES-1 256 random bits, new at each sign-in, and the former session ends
    SES-2 sign-out counts on the server at once
    SES-3 idle and absolute limits on the server
    SES-4 a password change and a lock end other sessions
    SES-5 people list and end their sessions, administrators any
    SES-6 sensitive changes need a recent proof
    SES-7 nothing in storage, nothing in URLs
    SES-8 a remembered browser replaces no authentication | cannot: each sign-in needs the password, in every browser
    SES-9 no way back from https to http
    `,
  ),
  part(
    'Revocation, introspection, exchange',
    `
    REV-1 revocation by RFC 7009
    INT-1 introspection by RFC 7662, for authorised callers
    INT-2 signed introspection answers (RFC 9701) | not built: registered OAuth clients
    TX-1 token exchange never widens (RFC 8693)
    TSL-1 token status list | not built: registered OAuth clients
    DPOP-1 proofs of possession (RFC 9449) | not built: sender-constrained tokens
    NAT-1 native apps (RFC 8252) | not built: registered OAuth clients
    DEV-1 device grant (RFC 8628, 10027) | not built: registered OAuth clients
    `,
  ),
  part(
    'OpenID Connect and security events',
    `
    OIDC-1 ID tokens are checked in every part | not built: sign-in by other providers
    OIDC-2 an account is issuer and subject, never an address | not built: sign-in by other providers
    OIDC-3 UserInfo is of the same subject | not built: sign-in by other providers
    OIDC-4 state and nonce work once, in one browser | not built: sign-in by other providers
    OIDC-5 discovery is of the configured issuer, and bounded | not built: sign-in by other providers
    OIDC-6 demanded strength is verified in the answer | not built: sign-in by other providers
    OIDC-7 back-channel logout | not built: sign-in by other providers
    OIDC-8 logout by the relying party goes to exact addresses | not built: registered OAuth clients
    OIDC-9 prompt=none shows nothing | not built: registered OAuth clients
    SET-1 the form of security events | not built: webhooks
    SET-2 pushed events are answered and never tokens | not built: webhooks
    SET-3 events act on sessions at once | not built: webhooks
    `,
  ),
  part(
    'Device binding and passkeys',
    `
    DBSC-1 a session is offered to be bound to a device | not built: sender-constrained tokens
    DBSC-2 foreign and repeated proofs are refused | not built: sender-constrained tokens
    DBSC-3 a bound cookie lives for minutes | not built: sender-constrained tokens
    DBSC-4 tested with made-up proofs | not built: sender-constrained tokens
    FED-1 FedCM checks its callers | cannot: the service is no provider of FedCM, which is optional
    WA-1 each part of a passkey's answer is checked
    WA-2 a passkey is reported unknown only if it is gone
    `,
  ),
  part(
    'HTTP (RFC 9110 to 9112)',
    `
    HTTP-1 repeated sensitive headers are 400
    HTTP-2 absolute URLs come from settings, never from headers
    HTTP-3 forwarded addresses count from trusted proxies only
    HTTP-4 no-store, nosniff, CSP and the other standing headers
    HTTP-5 no silent redirect to https, unknown methods 405
    HTTP-6 bodies, headers, times and connections are bounded
    HTTP-7 errors hold no stack, version, SQL, key or token
    `,
  ),
]
