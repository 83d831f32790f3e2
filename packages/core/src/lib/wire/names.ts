/** Media type in the `typ` header of every access token (RFC 9068 §2.1). */
export const ACCESS_TOKEN_TYPE = 'at+jwt'

/** Request header that carries the XSRF token; Angular's HttpClient and axios send it by themselves. */
export const XSRF_HEADER = 'X-XSRF-TOKEN'

/** Cookie, readable by the page, that those libraries copy the XSRF token from. No server trusts it. */
export const XSRF_COOKIE = 'XSRF-TOKEN'

/** Request header with value `1`: the request is answered and may renew, but does not extend the idle limit. */
export const BACKGROUND_HEADER = 'Keyhaven-Background'

/** Path of the metadata document, relative to the issuer (RFC 8414, read relative to our mount path). */
export const METADATA_PATH = '/.well-known/oauth-authorization-server'

/** Path of the public keys, relative to the issuer (RFC 7517). */
export const JWKS_PATH = '/.well-known/jwks.json'

/** Path of the feed of revocations, relative to the issuer. Needs a guard key. */
export const REVOCATIONS_PATH = '/revocations'

/** Path that a guard reports its applied position to, relative to the issuer. */
export const APPLIED_PATH = '/revocations/applied'

/** Request header of a guard at the feed: the version of the entries that it reads. Without it: 1, which has no `era`. */
export const FEED_VERSION_HEADER = 'Keyhaven-Feed'

/** The version of the feed that has entries of the kind `era`. */
export const FEED_VERSION = '2'

/** How every guard key begins; 43 letters and digits follow. */
export const GUARD_KEY_PREFIX = 'khg_'

/** How the id of every API key begins; 16 letters and digits follow. A key is its id, `_` and its secret. */
export const API_KEY_PREFIX = 'kh_'

/** How the key of every machine begins; 43 letters and digits follow. */
export const MACHINE_KEY_PREFIX = 'khm_'

/** How every refresh token begins. */
export const REFRESH_TOKEN_PREFIX = 'khr_'

/** Path of the token endpoint, relative to the issuer (RFC 6749 §3.2). */
export const TOKEN_PATH = '/oauth/token'

/** Path of the revocation of a token by its client, relative to the issuer (RFC 7009). */
export const REVOKE_PATH = '/oauth/revoke'

/** Path of the introspection, relative to the issuer (RFC 7662). Needs a guard key. */
export const INTROSPECT_PATH = '/oauth/introspect'

/** How every ticket begins; 43 characters of base64url follow. */
export const TICKET_PREFIX = 'kht_'

/** The query parameter of a ticket, the only credential that is read from an address. */
export const TICKET_PARAMETER = 'ticket'

/** Path at which a guard redeems a ticket, relative to the issuer. Needs a guard key. */
export const REDEEM_PATH = '/tickets/redeem'
