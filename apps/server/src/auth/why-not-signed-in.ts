/** Why a sign-in at the identity provider did not come through: in words for the person, who can mend none of it but trying again. */
import { isAway } from "../job/patience.ts";
import { codeOf } from "../service/reason.ts";

export interface NotSignedIn {
  readonly status: 401 | 503;
  readonly text: string;
  /** The provider's own word for it (RFC 6749, 5.2), for the log; absent where it gave none. */
  readonly word?: string;
}

const TELL = "Tell whoever runs this service.";
const UNKNOWN_CLIENT = ["invalid_client", "unauthorized_client"];

export function whyNotSignedIn(error: unknown): NotSignedIn {
  const given = (error as { readonly error?: unknown } | null)?.error;
  const word = typeof given === "string" && /^[a-z_]{1,60}$/.test(given) ? given : undefined;
  return { ...explain(codeOf(error) ?? "", error, word), ...(word === undefined ? {} : { word }) };
}

function explain(code: string, error: unknown, word = ""): Omit<NotSignedIn, "word"> {
  if (UNKNOWN_CLIENT.includes(word) || code === "OAUTH_WWW_AUTHENTICATE_CHALLENGE")
    return { status: 503, text: `The identity provider does not accept this service: client id or secret. ${TELL}` };
  if (code === "OAUTH_JWT_TIMESTAMP_CHECK_FAILED")
    return { status: 503, text: `The clocks of this service and of the identity provider differ. ${TELL}` };
  if (code === "OAUTH_AUTHORIZATION_RESPONSE_ERROR")
    return { status: 401, text: "You turned back at the identity provider, or it did not let you in." };
  if (code === "OAUTH_TIMEOUT" || isAway(error) || isAway((error as Error | null)?.cause))
    return { status: 503, text: "The identity provider does not answer. Try again in a minute." };
  return { status: 401, text: "The identity provider's answer does not belong to this sign-in." };
}
