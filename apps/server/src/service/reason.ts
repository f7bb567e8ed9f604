/**
 * Why something at the other end of a line did not answer, in words for whoever runs the service. Codes alone are read: a message may
 * quote data.
 */

const CERTIFICATE = "its certificate is not trusted here: name the file of your authority in NODE_EXTRA_CA_CERTS";
const SPEAKS_HTTP = "that port does not speak https";
const UNREACHABLE = "there is no way to that host from here";
const LATE = "no answer in time";

const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program uses this port; give another with --port",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "not allowed: ports below 1024 need rights",
  ECONNREFUSED: "nobody listens there: is it running, and on this port?",
  ECONNRESET: "the connection was closed",
  UND_ERR_SOCKET: "the connection was closed: does that port speak https?",
  ENOTFOUND: "no such host: check the name",
  EAI_AGAIN: "no such host: check the name, and the name server",
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ETIMEDOUT: LATE,
  UND_ERR_CONNECT_TIMEOUT: LATE,
  OAUTH_TIMEOUT: LATE,
  EPROTO: SPEAKS_HTTP,
  ERR_SSL_WRONG_VERSION_NUMBER: SPEAKS_HTTP,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  CERT_HAS_EXPIRED: "its certificate is over",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  OAUTH_RESPONSE_IS_NOT_CONFORM: "it answers, but not as an OpenID provider: check the issuer",
  OAUTH_RESPONSE_IS_NOT_JSON: "it answers, but not as an OpenID provider: check the issuer",
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED:
    "it writes its issuer in another way: copy it letter by letter, with or without the last slash",
  OAUTH_HTTP_REQUEST_FORBIDDEN: "its addresses must begin with https",
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: "its clock and the clock of this machine differ",
  OAUTH_RESPONSE_BODY_ERROR: "it refused: client id, secret or code",
  "28P01": "wrong user or password",
  "28000": "this user may not sign in from here",
  "3D000": "no such database",
  "42501": "this user may not make tables there: let it own the database",
  ERR_INVALID_URL: "no address that can be read: in a password, write @ as %40, / as %2F, # as %23",
  "53100": "the disk of the database is full",
  "53300": "the database has too many connections",
  "57P03": "the database is starting or stopping",
};

/** The code of the error that lies deepest, as the system or a library gives it; undefined where none has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error.cause;
  const { code } = error as NodeJS.ErrnoException;
  return codeOf(inner) ?? (typeof code === "string" ? code : undefined);
}

/** In words where the code is known, else the code, else the name of the error. */
export function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : "unknown";
  const code = codeOf(error);
  if (name === "TimeoutError") return LATE;
  return WORDS[code ?? ""] ?? code ?? name;
}
